/** A command that we start: its stderr is the stream, in a file that never makes it wait. */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { withLogFormat } from '../../cli/log-format.ts';
import { createFileFollower } from '../../followers/file-follower.ts';
import type { Follower } from '../../followers/follower.ts';
import { findProgram } from '../../platform/find-program.ts';
import { memoryFirst, openNamelessFile, piecesOf } from '../../platform/nameless-file.ts';
import { openPseudoTerminal } from '../../platform/pseudo-terminal.ts';
import { createStreamFiles } from '../../platform/stream-files.ts';
import { startCommand } from '../../platform/watched-command.ts';
import { launcherSettings } from '../environment.ts';
import type { Given } from '../mode.ts';
import type { Watched } from './watched.ts';

/** After its end, to read what it had written. */
const lastWordsMs = 10_000;

/** A script that is looked at for one option has some hundred lines; a program has none that are read. */
const longestScript = 1 << 20;

export interface CommandPlan {
  /** As they are to be run. */
  readonly words: readonly string[];
  /** What becomes it: `nice -n 19`. */
  readonly prefix?: readonly string[];
  /** As they are to be shown. */
  readonly typed: readonly string[];
  /** Over what it inherits. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The dashboard is to take the terminal. */
  readonly wantsScreen: boolean;
}

export type Started =
  /** `screen`: the terminal is ours to take; else the command asks there itself. */
  | { readonly kind: 'started'; readonly watched: Watched; readonly screen: boolean }
  /** One line for stderr. */
  | { readonly kind: 'failed'; readonly exitCode: number; readonly message: string };

export async function startWatched(
  given: Given,
  { words, prefix = [], typed, environment: more = {}, wantsScreen }: CommandPlan,
): Promise<Started> {
  const { process, ports, hardening, countPending } = given;
  const environment = { ...commandEnvironment(given), ...more };
  const [program = ''] = words;
  const found = await findProgram(program, environment['PATH']);
  if (found.kind === 'missing') {
    return { kind: 'failed', exitCode: found.exitCode, message: `${program}: ${found.why}` };
  }
  const { stdin, stdout } = process;
  const terminal = wantsScreen ? await openPseudoTerminal(sizeOf(stdout)) : null;
  const screen = terminal !== null;
  const stderr = openNamelessFile(environment);
  // Nothing is taken out of it: of a command that writes much it is for the disk.
  const kept = screen ? openNamelessFile(environment, [tmpdir(), ...memoryFirst(environment)]) : null;
  if (stderr === null || (screen && kept === null)) {
    terminal?.close();
    return { kind: 'failed', exitCode: 1, message: 'no room for a temporary file' };
  }
  const hasTerminal = stdin.isTTY === true;
  const apart = screen || !hasTerminal;
  const startedMs = ports.clock.now();
  const child = startCommand(
    {
      ...{ words: [...prefix, ...words], environment, terminal, apart, stderr },
      stdin: screen && hasTerminal ? 'terminal' : 'inherit',
      stdout: kept ?? 'inherit',
    },
    hardening,
  );
  const files = createStreamFiles();
  countPending(() => files.pending);
  const follower = createFileFollower({
    id: 'command',
    origin: { kind: 'command', words: typed, pid: child.pid },
    writers: 'one',
    clock: ports.clock,
    files,
    file: { handle: files.of(stderr, 'stderr of the command', { writable: true }) },
    keepSmall: { keepBytes: 0, onlyInMemory: false },
  });
  return {
    kind: 'started',
    screen,
    watched: {
      follower,
      pid: child.pid,
      origin: 'command',
      command: { words: typed, startedMs, asked: null },
      ended: child.ended.then(async ({ exitCode, signal }) => {
        // Who was left behind may go on writing.
        await Promise.race([
          follower.end(exitCode),
          new Promise((go) => ports.clock.after(lastWordsMs, () => go(null))),
        ]);
        terminal?.close();
        return { exitCode, signal };
      }),
      signal(name) {
        // Who sits behind sudo is root's: only its terminal reaches it.
        if (name === 'SIGINT' && terminal?.interrupt() === true) return true;
        return child.signal(name) || (name !== 'SIGKILL' && terminal?.interrupt() === true);
      },
      terminal,
      output: () => (kept === null ? [] : piecesOf(kept)),
    } satisfies Watched & { follower: Follower },
  };
}

export function sizeOf({ columns, rows }: Pick<NodeJS.WriteStream, 'columns' | 'rows'>) {
  return { columns: columns || 80, rows: rows || 24 };
}

/** As it was before the launcher and we changed it for ourselves. */
export function commandEnvironment({ environment }: Given): Readonly<Record<string, string | undefined>> {
  const own = new Set<string>(launcherSettings);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !own.has(name)));
}

/** The words with what makes Nix say what it does, where the tool takes it. */
export async function prepareWords(given: Given, words: readonly string[]) {
  const scripts = new Map<string, string>();
  // Asked twice, so that what is read is read beforehand.
  withLogFormat(words, (program) => {
    scripts.set(program, '');
    return false;
  });
  for (const program of scripts.keys()) {
    const found = await findProgram(program, given.environment['PATH']);
    if (found.kind === 'found') scripts.set(program, scriptText(found.path));
  }
  return withLogFormat(words, (program) => scripts.get(program)?.includes('--log-format') === true);
}

/** Empty where it is no script. */
function scriptText(path: string): string {
  try {
    const text = readFileSync(path, 'latin1');
    return text.startsWith('#!') && text.length < longestScript ? text : '';
  } catch {
    return '';
  }
}
