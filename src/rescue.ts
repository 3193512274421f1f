/**
 * The composition root of `nixpulse rescue`: a bundle of its own, so that neither React nor Ink is read from
 * a disk that hardly answers. Beside main.ts the only reader of process.argv and process.env.
 */
import { statSync } from 'node:fs';
import manifest from '../package.json' with { type: 'json' };
import type { Parsed } from './cli/parse.ts';
import { defaultFlags } from './cli/table.ts';
import { showsColor, showsUnicode } from './cli/terminal.ts';
import { startRescue } from './modes/rescue/start-rescue.ts';
import { dropAmbient, inherited } from './platform/ambient.ts';
import { systemClock } from './platform/clock.ts';
import { elevation } from './platform/elevation.ts';
import { exitProcess } from './platform/exit.ts';
import { createFiles } from './platform/files.ts';
import { createHardening } from './platform/harden.ts';
import { withHome } from './platform/home.ts';
import { forgetLauncher } from './platform/launcher.ts';
import { createNative } from './platform/native.ts';
import { createOwnFiles } from './platform/own-files.ts';
import { createPressureTriggers } from './platform/pressure-triggers.ts';
import { createSignals } from './platform/signals.ts';
import { createSpawn } from './platform/spawn.ts';

const words = process.argv.splice(2);
const environment = withHome({ ...process.env });
const { stdin, stdout, stderr } = process;

async function main(): Promise<void> {
  const elevated = elevation(process);
  if (elevated !== null) return end(3, elevated);
  if (!(await dropAmbient())) stderr.write(`nixpulse: ${inherited}\n`);
  const parsed = await parse();
  if (parsed.kind === 'print') {
    stdout.write(parsed.text);
    return;
  }
  if (parsed.kind === 'misuse') return end(2, parsed.message);
  const { invocation } = parsed;
  if (!statSync(invocation.root, { throwIfNoEntry: false })?.isDirectory()) {
    return end(2, `option '--root': '${invocation.root}' is not a directory`);
  }
  // Before the pool's first use: enough threads for reads that hang, and one that waits for pressure.
  forgetLauncher(process.env);
  process.env.UV_THREADPOOL_SIZE = '9';
  const surroundings = { environment, terminal: stdout.isTTY === true };
  const files = createFiles({ root: invocation.root, clock: systemClock });
  const native = createNative();
  const hardening = createHardening({ pid: native.pid });
  const ownFiles = createOwnFiles({ clock: systemClock });
  const code = await startRescue({
    invocation,
    ports: {
      files,
      clock: systemClock,
      spawn: createSpawn(hardening),
      signals: createSignals({ files, pid: native.pid }),
      ownFiles,
      native,
    },
    environment,
    hardening,
    triggers: createPressureTriggers(),
    look: {
      color: showsColor(invocation.color, surroundings),
      unicode: showsUnicode(invocation.ascii, surroundings),
    },
    stdin,
    stdout,
    stderr,
    process,
  });
  exitProcess(code, files.stuck + ownFiles.stuck);
}

/** The word alone, the usual start, needs no parser. */
async function parse(): Promise<Parsed> {
  if (words.length === 1) {
    return { kind: 'run', invocation: { ...defaultFlags, command: 'rescue', operand: null } };
  }
  const { parseCommandLine } = await import('./cli/parse.ts');
  return parseCommandLine(words, manifest.version);
}

function end(code: number, message: string): void {
  stderr.write(`nixpulse: ${message}\n`);
  process.exitCode = code;
}

void main();
