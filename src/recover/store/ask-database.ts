/** Has the program work on the store's database (platform/store-database): last in line, ended with us. */
import { parseJsonObject } from '../../base/fields.ts';
import { fail, ok, type Result } from '../../base/problem.ts';
import type { DatabaseOrder, DatabaseReports } from '../../model/recover/store-database.ts';
import { type ProgramOutput, runProgram } from '../../probes/run-program.ts';
import type { RecoverContext } from '../step.ts';
import { placesOf } from './places.ts';

type Do = DatabaseOrder['do'];

export interface AskOptions {
  /** Of the big lock: `alone` keeps all others of Nix out, and is had only where none has the store open. */
  readonly lock?: 'alone' | 'beside';
  readonly mostMs: number;
}

const minute = 60_000;
/** A database of gigabytes on a disk that errs. */
export const longMs = 240 * minute;
export const shortMs = 5 * minute;
const taken = 75;
const lacksSqlite = /No such built-in module|bad option|not provide an export|backup\) is not a function/;

/** `exhausted`: somebody else of Nix has the store open. */
export async function askDatabase<D extends Do>(
  order: Extract<DatabaseOrder, { readonly do: D }>,
  context: RecoverContext,
  { lock, mostMs }: AskOptions,
): Promise<Result<DatabaseReports[D]>> {
  const { ports, cancelled, report } = context;
  const program = await programOf(context);
  const words = ['--no-warnings', '--experimental-sqlite', program, JSON.stringify(order)];
  const late = new AbortController();
  const cancelWait = ports.clock.after(mostMs, () => late.abort());
  const said: string[] = [];
  let answer: Readonly<Record<string, unknown>> = {};
  const run = await runProgram(
    { ports, cancelled: AbortSignal.any([cancelled, late.signal]) },
    lock === undefined
      ? [process.execPath, ...words]
      : [...lockWords(lock, context), process.execPath, ...words],
    {
      ...{ environment: { NODE_OPTIONS: '' }, from: 'util-linux' },
      onLine(line, stream) {
        if (stream === 'stderr') {
          if (said.length < 50) said.push(line);
          return;
        }
        const told = parseJsonObject(line) ?? {};
        if (typeof told['progress'] === 'string') report({ text: told['progress'] });
        else answer = told;
      },
    },
  );
  cancelWait();
  if (!run.ok) return run;
  if (late.signal.aborted) return fail('timeout', 'SQLite', `not done after ${mostMs / minute} minutes`);
  if ('done' in answer) return ok(answer['done'] as DatabaseReports[D]);
  return fail(...failureOf(run.value, answer['failed'], said, lock !== undefined));
}

/** Whether nobody has the store open: the lock is had for a moment. */
export async function isFree(context: RecoverContext): Promise<Result<boolean>> {
  const run = await runProgram(context, [...lockWords('alone', context), 'true'], {
    from: 'util-linux',
  });
  if (!run.ok) return run;
  const { exitCode, stderr } = run.value;
  if (exitCode === 0) return ok(true);
  return exitCode === taken ? ok(false) : fail('malformed', 'flock', stderr[0]);
}

function failureOf(
  { exitCode, signal }: ProgramOutput,
  failed: unknown,
  said: readonly string[],
  isLocked: boolean,
): Parameters<typeof fail> {
  if (typeof failed === 'string') return ['malformed', 'SQLite', failed];
  if (isLocked && exitCode === taken)
    return [
      'exhausted',
      'the store',
      'somebody of Nix has it open: a client, a build, a worker of the daemon',
    ];
  if (said.some((line) => lacksSqlite.test(line)))
    return ['unsupported', 'Node.js', 'this one has no SQLite: 22.16 and newer do'];
  const last = said.find((line) => /Error|error/.test(line)) ?? said.at(-1);
  return ['malformed', 'SQLite', last ?? `ended by ${signal ?? exitCode}`];
}

function lockWords(lock: 'alone' | 'beside', context: RecoverContext): [string, ...string[]] {
  const how = lock === 'alone' ? '--exclusive' : '--shared';
  const wait = lock === 'alone' ? ['--nonblock'] : ['--wait', '60'];
  return ['flock', '--no-fork', how, ...wait, '--conflict-exit-code', `${taken}`, placesOf(context).bigLock];
}

/** Beside us in the bundle, or as it is written. */
async function programOf({ ports }: RecoverContext): Promise<string> {
  const built = `${import.meta.dirname}/store-database.cjs`;
  const found = await ports.files.ownerSlow(built);
  return found.ok ? built : `${import.meta.dirname}/../../platform/store-database/program.ts`;
}
