/**
 * The composition root: command line and environment in, one mode out. The only reader of process.argv
 * and process.env. What a command does not need is not loaded.
 */
import { existsSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import type { Parsed } from './cli/parse.ts';
import { type CommandId, defaultFlags, type Invocation, isVerb } from './cli/table.ts';
import { showsColor, showsUnicode } from './cli/terminal.ts';
import { dropAmbient, inherited } from './platform/ambient.ts';
import { systemClock } from './platform/clock.ts';
import { elevation } from './platform/elevation.ts';
import { exitProcess } from './platform/exit.ts';
import { createFiles } from './platform/files.ts';
import { createHardening } from './platform/harden.ts';
import { collectHeap } from './platform/heap.ts';
import { withHome } from './platform/home.ts';
import { forgetLauncher } from './platform/launcher.ts';
import { createNative } from './platform/native.ts';
import { createOwnFiles } from './platform/own-files.ts';
import type { Ports } from './platform/ports.ts';
import { createPressureTriggers } from './platform/pressure-triggers.ts';
import { createRecordingFiles } from './platform/recording-files.ts';
import { createSignals } from './platform/signals.ts';
import { createSpawn } from './platform/spawn.ts';
import { createSources } from './watch/sources.ts';

const words = process.argv.splice(2);
const environment = withHome({ ...process.env });
const { stdin, stdout } = process;
const hardening = createHardening({ pid: process.pid });
const recordingFiles = createRecordingFiles({ clock: systemClock });

async function main(): Promise<void> {
  const elevated = elevation(process);
  if (elevated !== null) {
    complain(elevated);
    process.exitCode = 3;
    return;
  }
  if (!(await dropAmbient())) complain(inherited);
  const parsed = await parse();
  if (parsed.kind === 'print') return print(parsed.text);
  if (parsed.kind === 'misuse') return misuse(parsed.message);
  const { invocation } = parsed;
  if (!statSync(invocation.root, { throwIfNoEntry: false })?.isDirectory()) {
    return misuse(`option '--root': '${invocation.root}' is not a directory`);
  }
  const surroundings = { environment, terminal: stdout.isTTY === true };
  const color = showsColor(invocation.color, surroundings);
  const unicode = showsUnicode(invocation.ascii, surroundings);
  prepareProcess(color);
  const files = createFiles({ root: invocation.root, clock: systemClock });
  const native = createNative();
  const ports: Ports = {
    files,
    clock: systemClock,
    spawn: createSpawn(hardening),
    signals: createSignals({ files, pid: native.pid }),
    ownFiles: createOwnFiles({ clock: systemClock }),
    native,
  };
  const { command } = invocation;
  const run = isVerb(command) ? runCommand : (modes[command] ?? runHeadless);
  const code = await run(invocation, ports, { color, unicode });
  exitProcess(code, files.stuck + recordingFiles.stuck + ports.ownFiles.stuck);
}

type Run = (invocation: Invocation, ports: Ports, look: Look) => Promise<number>;
const modes: Readonly<Partial<Record<CommandId, Run>>> = {
  dashboard: runDashboard,
  record: runRecorder,
  replay: runReplay,
  demo: runDemo,
  rescue: runRescue,
};

/** No words, the usual start, needs no parser. */
async function parse(): Promise<Parsed> {
  if (words.length === 0) {
    return { kind: 'run', invocation: { ...defaultFlags, command: 'dashboard', operand: null } };
  }
  const { parseCommandLine } = await import('./cli/parse.ts');
  return parseCommandLine(words, manifest.version);
}

/**
 * Before the pool's first use and before Ink is loaded: enough threads for reads that hang; no CI variable
 * (Ink would draw nothing); colours as we decided them, whatever chalk would find in the environment.
 */
function prepareProcess(color: boolean): void {
  process.env.UV_THREADPOOL_SIZE = '11';
  forgetLauncher(process.env);
  delete process.env.CI;
  delete process.env.CONTINUOUS_INTEGRATION;
  process.env.FORCE_COLOR = color ? '1' : '0';
}

interface Look {
  readonly color: boolean;
  readonly unicode: boolean;
}

function sourcesOf(invocation: Invocation, ports: Ports) {
  const load = () => import('systeminformation');
  return createSources(ports, invocation.source, {
    inventory: load,
    portable: { load, loadAverages: loadavg },
  });
}

async function runDashboard(invocation: Invocation, ports: Ports, look: Look): Promise<number> {
  if (!stdin.isTTY || !stdout.isTTY) {
    complain('the dashboard needs a terminal; without one: nixpulse snapshot');
    return 2;
  }
  const [{ runDashboard }, { createMeans }, { recordingsDirectory }] = await Promise.all([
    import('./modes/dashboard/dashboard.tsx'),
    import('./perform/means.ts'),
    import('./watch/recordings-directory.ts'),
  ]);
  const { sources, readForest, lowDetail } = await sourcesOf(invocation, ports);
  const directory = recordingsDirectory(invocation.dir, environment, ports.native.uid);
  return runDashboard({
    clock: ports.clock,
    sources,
    stdin,
    stdout,
    stderr: process.stderr,
    ...look,
    intervalScale: invocation.interval,
    readOnly: invocation.readOnly,
    means: createMeans(ports, readForest, environment),
    lowDetail,
    survival: { hardening, choice: invocation.harden, collect: collectHeap },
    ...(ports.files.live && { triggers: createPressureTriggers() }),
    ...(records(invocation, ports) && { recording: recordingIn(directory, ports) }),
  });
}

/** With flags before the word; `nixpulse rescue` starts a bundle of its own (`rescue.ts`). */
async function runRescue(invocation: Invocation, ports: Ports, look: Look): Promise<number> {
  const { startRescue } = await import('./modes/rescue/start-rescue.ts');
  const { stderr } = process;
  const triggers = createPressureTriggers();
  return startRescue({
    ...{ invocation, ports, environment, look, hardening, triggers },
    ...{ stdin, stdout, stderr, process },
  });
}

/** Another machine's figures are recorded only where somebody says where to. */
function records({ record, dir }: Invocation, { files }: Ports): boolean {
  return record && (files.live || dir !== null);
}

function recordingIn(directory: string, { native }: Ports) {
  return { files: recordingFiles, directory, writer: manifest.version, pid: native.pid };
}

async function runRecorder(invocation: Invocation, ports: Ports): Promise<number> {
  const [{ runRecord }, { recordingsDirectory }, { sources, lowDetail }] = await Promise.all([
    import('./modes/record/run-record.ts'),
    import('./watch/recordings-directory.ts'),
    sourcesOf(invocation, ports),
  ]);
  const directory = recordingsDirectory(invocation.dir, environment, ports.native.uid);
  return runRecord({
    clock: ports.clock,
    sources,
    intervalScale: invocation.interval,
    recording: recordingIn(directory, ports),
    lowDetail,
    survival: { hardening, choice: invocation.harden, collect: collectHeap },
    process,
    say: complain,
  });
}

async function runReplay(invocation: Invocation, ports: Ports, look: Look): Promise<number> {
  const { recordingsDirectory } = await import('./watch/recordings-directory.ts');
  const path = invocation.operand ?? recordingsDirectory(null, environment, ports.native.uid);
  return showRecording({ invocation, path, look, screen: {} });
}

async function runDemo(invocation: Invocation, _ports: Ports, look: Look): Promise<number> {
  const path = join(import.meta.dirname, 'demo.nixpulse');
  if (!existsSync(path)) {
    complain('this copy has no demo in it: npm run build makes it complete');
    return 1;
  }
  const endText = 'That was it. Space plays it again, q quits; `nixpulse` shows your own machine, live.';
  return showRecording({ invocation, path, look, screen: { plays: true, title: 'demo', endText } });
}

async function showRecording({ invocation, path, look, screen }: Showing): Promise<number> {
  const { replay } = await import('./modes/replay/replay-command.ts');
  const { at, json, readOnly } = invocation;
  const terminal = { clock: systemClock, stdin, stdout, stderr: process.stderr, ...look, readOnly };
  return replay({
    name: invocation.command === 'demo' ? 'demo' : 'replay',
    files: recordingFiles,
    path,
    at,
    own: invocation.command === 'replay' && invocation.operand === null,
    json,
    complain,
    write,
    screen: { ...terminal, ...screen },
  });
}

interface Showing {
  readonly invocation: Invocation;
  readonly path: string;
  readonly look: Look;
  readonly screen: { readonly plays?: boolean; readonly title?: string; readonly endText?: string };
}

/** Long enough for two looks to tell who is who; no rate is wanted. */
const verbLookMs = 150;

async function runCommand(invocation: Invocation, ports: Ports): Promise<number> {
  const [{ runVerb }, { createMeans }, { createVerbIo }, { lookTwice }, { derive }, set] = await Promise.all([
    import('./modes/verb/run-verb.ts'),
    import('./perform/means.ts'),
    import('./modes/verb/verb-io.ts'),
    import('./watch/look-twice.ts'),
    import('./model/derive.ts'),
    sourcesOf(invocation, ports),
  ]);
  const { sources, settled } = set;
  await ports.signals.rehearse();
  try {
    return await runVerb({
      invocation,
      means: createMeans(ports, set.readForest, environment),
      look: () => lookTwice({ sources, clock: ports.clock, intervalMs: verbLookMs, derive, settled }),
      io: createVerbIo({ process, write }),
    });
  } finally {
    for (const source of sources) source.close();
  }
}

async function runHeadless(invocation: Invocation, ports: Ports, look: Look): Promise<number> {
  const [{ takeModel }, { derive }, { sources, settled }] = await Promise.all([
    import('./watch/look-twice.ts'),
    import('./model/derive.ts'),
    sourcesOf(invocation, ports),
  ]);
  const intervalMs = invocation.interval * 1000;
  const model = await takeModel({ sources, clock: ports.clock, intervalMs, derive, settled });
  await write(`${await formatted()}\n`);
  return 0;

  async function formatted(): Promise<string> {
    if (invocation.command === 'status') {
      const { formatStatus } = await import('./format/status.ts');
      return formatStatus(model, { tmux: invocation.tmux, unicode: look.unicode });
    }
    if (invocation.json) {
      const { formatSnapshotJson } = await import('./format/json.ts');
      return formatSnapshotJson(model).trimEnd();
    }
    const [{ formatSnapshotText }, { ansiPaint, noPaint }] = await Promise.all([
      import('./format/snapshot-text.ts'),
      import('./format/paint.ts'),
    ]);
    return formatSnapshotText(model, {
      columns: stdout.columns ?? 120,
      color: look.color ? ansiPaint : noPaint,
      unicode: look.unicode,
    });
  }
}

async function print(text: string): Promise<void> {
  await write(text);
}

function misuse(message: string): void {
  complain(message);
  process.exitCode = 2;
}

function complain(message: string): void {
  process.stderr.write(`nixpulse: ${message}\n`);
}

let listening = false;

/** Nobody reads any more (`| head`): that is no failure, and nothing is left to do. A full disk is one. */
function failed(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  complain(`cannot write: ${error.message}`);
  process.exit(1);
}

function write(text: string): Promise<void> {
  if (!listening) stdout.on('error', failed);
  listening = true;
  return new Promise((resolve) => stdout.write(text, (error) => error || resolve()));
}

void main();
