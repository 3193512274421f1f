/**
 * A program that a probe starts: last in line for CPU and disk, in a process group of its own that ends with the probe
 * and with nixpulse, its output bounded.
 */
import { fail, ok, type Result } from '../base/problem.ts';
import { runCancellable } from '../nix-store/cancellable.ts';
import { findLowPriority, type LowPriority } from '../nix-store/low-priority.ts';
import type { Spawn } from '../platform/ports.ts';
import type { ProbeContext } from './probe.ts';

export interface ProgramOutput {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** More came than was kept. */
  readonly cut: boolean;
}

export interface ProgramOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Characters of output that are kept. */
  readonly mostOutput?: number;
  /** Its pid: `nice` and `ionice` become the program. */
  readonly onStart?: (pid: number) => void;
  /** Lines as they come; where it is given none are kept. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Package that has it, for those who lack it: `smartmontools`. */
  readonly from?: string;
}

const mostByDefault = 4 << 20;
/** Never translated, never paged. */
const plain = { LC_ALL: 'C', PAGER: 'cat' };

/** `unsupported` where the program is not there, with how to get it. An exit code is a value. */
export async function runProgram(
  context: Pick<ProbeContext, 'ports' | 'cancelled'>,
  [file, ...args]: readonly [string, ...string[]],
  options: ProgramOptions = {},
): Promise<Result<ProgramOutput>> {
  const { mostOutput = mostByDefault, from, environment, onLine, onStart } = options;
  const { spawn } = context.ports;
  if (!(await isThere(spawn, file))) return notInstalled(file, from);
  const low = await lowPriorityOf(spawn);
  const kept = { stdout: [] as string[], stderr: [] as string[] };
  let length = 0;
  let cut = false;
  const end = await runCancellable({ ...context, group: true }, low([file, ...args]), {
    ...(onStart === undefined ? {} : { onStart }),
    environment: { ...plain, ...environment },
    onLine(line, stream) {
      if (onLine !== undefined) return onLine(line, stream);
      length += line.length + 1;
      if (length > mostOutput) cut = true;
      else kept[stream].push(line);
    },
  });
  if (!end.ok) return end.problem.kind === 'gone' ? notInstalled(file, from) : end;
  return ok({ ...end.value, ...kept, cut });
}

export function notInstalled(file: string, from: string | undefined): Result<never> {
  return fail(
    'unsupported',
    file,
    from === undefined ? 'not installed' : `not installed: nix shell nixpkgs#${from}`,
  );
}

/** Behind `nice` a program that is missing would be one that has failed. */
async function isThere(spawn: Spawn, file: string): Promise<boolean> {
  if (file.startsWith('/')) return true;
  const found = await spawn.run('sh', ['-c', 'command -v -- "$0" >/dev/null', file], { timeoutMs: 5000 });
  return !found.ok || found.value.exitCode === 0;
}

const found = new WeakMap<Spawn, Promise<LowPriority>>();

/** Tried out once. */
export function lowPriorityOf(spawn: Spawn): Promise<LowPriority> {
  let low = found.get(spawn);
  if (low === undefined) {
    low = findPrefix(spawn);
    found.set(spawn, low);
  }
  return low;
}

/** Killed with us, however we end: setpriv(1) of util-linux 2.33 and newer. It becomes the program. */
const mortal = ['setpriv', '--pdeathsig', 'KILL'] as const;

async function findPrefix(spawn: Spawn): Promise<LowPriority> {
  const [file, ...args] = mortal;
  const [low, tried] = await Promise.all([
    findLowPriority(spawn),
    spawn.run(file, [...args, 'true'], { timeoutMs: 2000 }),
  ]);
  const works = tried.ok && tried.value.exitCode === 0;
  return (command) => (works ? [...mortal, ...low(command)] : low(command));
}
