/**
 * The composition root: command line and environment in, one mode out. The only reader of process.argv and
 * process.env. What a command does not need is not loaded.
 */
import { statSync } from 'node:fs';
import manifest from '../../package.json' with { type: 'json' };
import type { Parsed } from '../cli/parse.ts';
import { type CommandId, defaultFlags } from '../cli/table.ts';
import { dropAmbient, inherited } from '../platform/ambient.ts';
import { systemClock } from '../platform/clock.ts';
import { elevation } from '../platform/elevation.ts';
import { exitProcess } from '../platform/exit.ts';
import { createFiles } from '../platform/files.ts';
import { createHardening } from '../platform/harden.ts';
import { withHome } from '../platform/home.ts';
import { createKernelLog } from '../platform/kernel-log.ts';
import { nameProcess } from '../platform/name-process.ts';
import { createNative } from '../platform/native.ts';
import { createOwnFiles } from '../platform/own-files.ts';
import { createPriorities } from '../platform/priorities.ts';
import { createSessionPriority } from '../platform/session-priority.ts';
import { createSignals } from '../platform/signals.ts';
import { createSpawn } from '../platform/spawn.ts';
import { launcherSettings } from './environment.ts';
import { lookOf } from './look.ts';
import type { Mode } from './mode.ts';

export interface StartOptions {
  readonly process: NodeJS.Process;
  /** Of the pool: enough for reads that hang, and one that waits for pressure. */
  readonly threads: number;
  /** The usual start needs no parser: these words alone mean this command. */
  readonly usual: { readonly words: readonly string[]; readonly command: CommandId };
  readonly loadMode: (command: CommandId) => Mode | Promise<Mode>;
}

export async function start({ process, threads, usual, loadMode }: StartOptions): Promise<void> {
  nameProcess('nixpulse');
  const words = process.argv.splice(2);
  const environment = withHome({ ...process.env });
  const started = createSessionPriority(environment['NIXPULSE_SESSION_NICE']);
  process.once('exit', started);
  const complain = (message: string) => void process.stderr.write(`nixpulse: ${message}\n`);
  const write = createWrite(process, complain);
  const fail = (exitCode: number, message: string) => {
    complain(message);
    process.exitCode = exitCode;
  };

  const elevated = elevation(process);
  if (elevated !== null) return fail(3, elevated);
  if (!(await dropAmbient())) complain(inherited);
  const parsed = await parse(words, usual);
  if (parsed.kind === 'print') return write(parsed.text);
  if (parsed.kind === 'misuse') return fail(2, parsed.message);
  const { invocation } = parsed;
  if (!statSync(invocation.root, { throwIfNoEntry: false })?.isDirectory()) {
    return fail(2, `option '--root': '${invocation.root}' is not a directory`);
  }
  const look = lookOf({ invocation, environment, process });
  prepareProcess(process, threads, look.color);
  const files = createFiles({ root: invocation.root, clock: systemClock });
  const native = createNative();
  const hardening = createHardening({ pid: native.pid });
  const ownFiles = createOwnFiles({ clock: systemClock });
  const spawn = createSpawn(hardening);
  const signals = createSignals({ files, pid: native.pid });
  const priorities = createPriorities({ files, clock: systemClock, pid: native.pid });
  const pending = [() => files.pending, () => ownFiles.pending, () => priorities.pending];
  const run = await loadMode(invocation.command);
  const code = await run({
    invocation,
    ports: {
      ...{ files, clock: systemClock, spawn, signals, priorities, ownFiles, native },
      ...(files.live && { kernelLog: createKernelLog() }),
    },
    look,
    environment,
    hardening,
    process,
    version: manifest.version,
    ownTools: { names: [] },
    started,
    complain,
    write,
    countPending: (count) => void pending.push(count),
  });
  await exitProcess(code, () => pending.reduce((sum, count) => sum + count(), 0));
}

async function parse(words: readonly string[], usual: StartOptions['usual']): Promise<Parsed> {
  if (words.length === usual.words.length) {
    const same = words.every((word, index) => word === usual.words[index]);
    const invocation = { ...defaultFlags, command: usual.command, operand: null };
    if (same) return { kind: 'run', invocation };
  }
  const { parseCommandLine } = await import('../cli/parse.ts');
  return parseCommandLine(words, manifest.version);
}

/**
 * Before the pool's first use and before Ink is loaded: enough threads for reads that hang; no CI variable
 * (Ink would draw nothing); colours as we decided them, whatever chalk would find in the environment.
 */
function prepareProcess({ env }: NodeJS.Process, threads: number, color: boolean): void {
  env['UV_THREADPOOL_SIZE'] = String(threads);
  for (const name of launcherSettings) delete env[name];
  delete env['CI'];
  delete env['CONTINUOUS_INTEGRATION'];
  env['FORCE_COLOR'] = color ? '1' : '0';
}

/** Nobody reads any more (`| head`): that is no failure, and nothing is left to do. A full disk is one. */
function createWrite({ stdout, exit }: NodeJS.Process, complain: (message: string) => void) {
  let listening = false;
  const failed = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') exit(0);
    complain(`cannot write: ${error.message}`);
    exit(1);
  };
  return (text: string): Promise<void> => {
    if (!listening) stdout.on('error', failed);
    listening = true;
    return new Promise((resolve) => stdout.write(text, (error) => error || resolve()));
  };
}
