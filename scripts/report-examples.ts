/**
 * `npm run examples`: makes three incidents on the lab's Nix, records them as `nixpulse watch` does, and writes their
 * reports, and that of the demo, into docs/examples/. `npm run examples demo` writes that of the demo alone, anywhere.
 * The others need what the tests on a real Nix need: root and Debian; they take six minutes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatReport } from '../src/format/report/report.ts';
import type { Incident } from '../src/model/incident/incident.ts';
import type { KeptEntry } from '../src/model/intents/outcome.ts';
import { incidentIn } from '../src/modes/report/fold-recording.ts';
import { parseJournal } from '../src/parse/journal.ts';
import { createRecordingFiles } from '../src/platform/recording-files.ts';
import { openRecording } from '../src/record/open-recording.ts';

const program = fileURLToPath(new URL('../bin/nixpulse', import.meta.url));
export const demoFile = fileURLToPath(new URL('../src/modes/demo/incident.nixpulse', import.meta.url));
const target = fileURLToPath(new URL('../docs/examples/', import.meta.url));

/** As the demo's machine has it: the version of the kernel without its vendor's suffix. */
function unnamed(incident: Incident): Incident {
  const kernel = incident.host.kernel?.replace(/^(\d+(?:\.\d+)*).*$/, '$1') ?? null;
  return { ...incident, host: { ...incident.host, name: 'lab', kernel } };
}

/** `recorded`: what it is called in the report. */
export async function exampleOf(
  path: string,
  recorded: string,
  entries: readonly KeptEntry[] = [],
): Promise<string> {
  const opened = await openRecording(createRecordingFiles(), path);
  if (!opened.ok) throw new Error(`${path}: ${opened.problem.cause ?? opened.problem.kind}`);
  const incident = await incidentIn(opened.value, { asked: { fromMs: null, toMs: null }, entries });
  if (incident === null) throw new Error(`${path}: nothing in it can be read`);
  return formatReport(unnamed(incident), { unicode: true, recorded, version: '0.1.0', statusMs: null });
}

interface Example {
  readonly name: string;
  readonly what: 'leak' | 'wait' | 'fill';
  /** Seconds for which the good build goes on. */
  readonly steady: number;
  /** Shell that makes the trouble, and becomes the words that follow. */
  readonly within: string;
  /** Build that is killed once it is called stuck. */
  readonly kill?: string;
}

const examples: readonly Example[] = [
  {
    name: 'leak',
    what: 'leak',
    steady: 55,
    // Killed by the kernel at the limit of its cgroup: of all the memory there is nobody here has any to spare.
    within:
      'g=$1; shift; mkdir -p "$g" && echo 400M > "$g/$(test -e "$g/memory.max" && echo memory.max || echo memory.limit_in_bytes)" && echo $$ > "$g/cgroup.procs"; exec "$@"',
  },
  { name: 'stuck-build', what: 'wait', steady: 200, within: 'shift; exec "$@"', kill: 'waiting-1.0' },
  {
    name: 'full-build-directory',
    what: 'fill',
    steady: 45,
    within: 'shift; exec "$@"',
  },
];

/** Recorded before and after. */
const quietMs = 12_000;
/** A build that stands still is called stuck by then. */
const stuckMs = 170_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function make(example: Example, lab: string): Promise<void> {
  const { name, what, steady, within, kill } = example;
  const state = mkdtempSync('/var/tmp/nixpulse-example-');
  const recordings = join(state, 'recordings');
  const cgroup = `/sys/fs/cgroup/${memoryRoot()}nixpulse-example-${process.pid}`;
  const build = ['nix-build', '--no-out-link', '--keep-going', '-j', '4', `${lab}/workloads/incident.nix`];
  const logged = ['--log-format', 'internal-json', '-v'];
  const words = [...build, ...logged, '--argstr', 'what', what, '--argstr', 'steady', String(steady)];
  const env = {
    ...process.env,
    ...{ XDG_STATE_HOME: state, NIX_REMOTE: 'local', NIX_CONF_DIR: `${lab}/etc`, NONCE: `${Date.now()}` },
  };
  const log = join(state, 'log');
  writeFileSync(log, '');
  const recorder = spawn(program, ['record', '--dir', recordings, '--log', log, '--harden', 'off'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await pause(quietMs);
    const child = spawn('bash', ['-c', within, 'bash', cgroup, ...words], {
      env,
      stdio: ['ignore', 'ignore', openSync(log, 'a')],
    });
    const timer =
      kill === undefined
        ? undefined
        : setTimeout(() => {
            const killed = spawnSync(program, ['kill', kill, '--yes'], { env, encoding: 'utf8' });
            if (killed.status !== 0) console.error(`not killed: ${killed.stderr}`);
          }, stuckMs);
    await once(child, 'exit');
    clearTimeout(timer);
    await pause(quietMs);
    recorder.kill('SIGTERM');
    await once(recorder, 'exit');
    const journal = kill === undefined ? '' : readFileSync(join(state, 'nixpulse/journal.jsonl'), 'utf8');
    const { entries } = parseJournal(journal, 100);
    writeFileSync(join(target, `${name}.md`), await exampleOf(recordings, `${name}.nixpulse`, entries));
    console.info(`docs/examples/${name}.md`);
  } finally {
    recorder.kill('SIGKILL');
    spawnSync('rmdir', [cgroup]);
    rmSync(state, { recursive: true, force: true });
  }
}

/** Of version 1 its hierarchy of memory. */
function memoryRoot(): string {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  return /^\S+ \/sys\/fs\/cgroup\/memory cgroup /m.test(mounts) ? 'memory/' : '';
}

async function all(wanted: readonly string[]): Promise<void> {
  mkdirSync(target, { recursive: true });
  if (wanted.length === 0 || wanted.includes('demo'))
    writeFileSync(join(target, 'demo.md'), await exampleOf(demoFile, 'incident.nixpulse'));
  const rest = examples.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (rest.length === 0) return;
  // A build directory that is full is one of our own.
  if (process.env['NIXPULSE_EXAMPLES_INSIDE'] !== '1') {
    const inside = ['--mount', '--propagation', 'private', 'bash', '-c', ownTmp, 'bash'];
    const own = [process.execPath, fileURLToPath(import.meta.url), ...rest.map(({ name }) => name)];
    const env = { ...process.env, NIXPULSE_EXAMPLES_INSIDE: '1', NIXPULSE_LAB_DIR: labDirectory };
    const child = spawn('unshare', [...inside, ...own], { stdio: 'inherit', env });
    const [code] = await once(child, 'exit');
    process.exitCode = code === 0 ? 0 : 1;
    return;
  }
  const [{ bringUpLab }, { takeTurn }] = await Promise.all([
    import('../test/support/lab.ts'),
    import('../test/lab/turn.ts'),
  ]);
  const end = await takeTurn();
  const lab = bringUpLab();
  if (lab.missing !== null) throw new Error(`no incidents here: ${lab.missing}`);
  try {
    for (const example of rest) await make(example, labDirectory);
  } finally {
    // Only if it is ours.
    spawnSync('bash', [fileURLToPath(new URL('../test/lab/down.sh', import.meta.url))]);
    end();
  }
}

const labDirectory = '/var/tmp/nixpulse-lab-examples';
const ownTmp = 'mount -t tmpfs -o size=128m,mode=1777 tmpfs /tmp && exec "$@"';

if (process.argv[1] === fileURLToPath(import.meta.url)) await all(process.argv.slice(2));
