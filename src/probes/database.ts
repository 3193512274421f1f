/**
 * Whether the database of the store is sound, by SQLite's quick_check (sqlite.org/pragma.html) of a copy: the live one
 * is only ever copied, never opened. A copy is of one moment where no checkpoint came between: then its file has not
 * changed, and what was appended to its log meanwhile is whole or is left out by SQLite.
 */
import { fail, ok, type Result } from '../base/problem.ts';
import type { FileOwner } from '../platform/ports.ts';
import { pause } from './pause.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { runProgram } from './run-program.ts';

const live = '/nix/var/nix/db/db.sqlite';
/** Beside it: the log of WAL, the journal of a Nix without it (use-sqlite-wal = false). */
const besides = ['-wal', '-journal'];
const attempts = 4;
const againMs = 500;
/** Room that is left on the disk of the copy. */
const spareBytes = 256 << 20;
const mostSaid = 20;

export const database: Probe<'database'> = async (_, context) => checkDatabase(live, context);

export async function checkDatabase(from: string, context: ProbeContext): ReturnType<Probe<'database'>> {
  const { stateDirectory } = context;
  if (stateDirectory === undefined) return fail('unsupported', from, 'there is no place for a copy');
  const copy = `${stateDirectory}/database-check.sqlite`;
  try {
    const bytes = await copyDatabase(from, copy, context);
    if (!bytes.ok) return bytes;
    context.progress('lets SQLite check the copy');
    const said = await quickCheck(copy, context);
    if (!said.ok) return said;
    const sound = said.value.length === 1 && said.value[0] === 'ok';
    return ok({ ok: sound, said: sound ? [] : said.value.slice(0, mostSaid), bytes: bytes.value });
  } finally {
    await removeCopy(copy, context);
  }
}

/** Bytes of the database and its log. */
async function copyDatabase(from: string, copy: string, context: ProbeContext): Promise<Result<number>> {
  const { files } = context.ports;
  const directory = copy.slice(0, copy.lastIndexOf('/'));
  const made = await run(['mkdir', '-p', '-m', '700', '--', directory], context);
  if (!made.ok) return made;
  for (let attempt = 0; attempt < attempts && !context.cancelled.aborted; attempt++) {
    if (attempt > 0) await pause(againMs, context);
    context.progress(attempt === 0 ? 'copies the database' : 'copies the database again: it was written to');
    const before = await files.ownerSlow(from);
    if (!before.ok) return before;
    const space = await files.spaceSlow(directory);
    if (space.ok && space.value.availableBytes < before.value.bytes + spareBytes)
      return fail('exhausted', directory, 'no room for a copy');
    await removeCopy(copy, context);
    const copied = await run(['cp', '--', from, copy], context);
    if (!copied.ok) return copied;
    const log = await copyLog(from, copy, context);
    const after = await files.ownerSlow(from);
    if (!after.ok) return after;
    if (log !== null && isUnchanged(before.value, after.value)) return ok(before.value.bytes + log);
  }
  return fail('exhausted', from, 'it is written to all the time');
}

/** Its bytes. Null: it went while it was copied, as it does with the last who has the database open. */
async function copyLog(from: string, copy: string, context: ProbeContext): Promise<number | null> {
  let bytes = 0;
  for (const suffix of besides) {
    const found = await context.ports.files.ownerSlow(`${from}${suffix}`);
    if (!found.ok) continue;
    const copied = await run(['cp', '--', `${from}${suffix}`, `${copy}${suffix}`], context);
    if (!copied.ok) return null;
    bytes += found.value.bytes;
  }
  return bytes;
}

async function removeCopy(copy: string, { ports }: ProbeContext): Promise<void> {
  for (const suffix of ['', ...besides, '-shm']) await ports.ownFiles.remove(`${copy}${suffix}`);
}

function isUnchanged(a: FileOwner, b: FileOwner): boolean {
  return a.inode === b.inode && a.bytes === b.bytes && a.mtimeMs === b.mtimeMs && a.changedMs === b.changedMs;
}

const script = `const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(process.argv[1]);
for (const row of database.prepare('PRAGMA quick_check(${mostSaid})').all()) console.log(Object.values(row)[0]);`;
/** SQLITE_CORRUPT and SQLITE_NOTADB, as SQLite words them: not even checked. */
const broken = /database disk image is malformed|file is not a database/;

/** `ok`, or what is wrong. By the SQLite in this Node, or the program where it has none (before 22.5). */
async function quickCheck(copy: string, context: ProbeContext): Promise<Result<readonly string[]>> {
  const node = [process.execPath, '--no-warnings', '--experimental-sqlite', '-e', script, copy] as const;
  const own = await runProgram(context, node);
  const lacks = own.ok && own.value.stderr.some((line) => /No such built-in module|bad option/.test(line));
  const checked = lacks
    ? await runProgram(context, ['sqlite3', copy, `PRAGMA quick_check(${mostSaid});`], { from: 'sqlite' })
    : own;
  if (!checked.ok) return checked;
  const { exitCode, stdout, stderr } = checked.value;
  if (exitCode === 0 && stdout.length > 0) return ok(stdout);
  const said = stderr.find((line) => broken.test(line));
  if (said !== undefined) return ok([...stdout, broken.exec(said)?.[0] ?? said]);
  return fail(
    context.cancelled.aborted ? 'timeout' : 'malformed',
    'quick_check',
    stderr.find((line) => line !== ''),
  );
}

async function run(command: readonly [string, ...string[]], context: ProbeContext): Promise<Result<void>> {
  const done = await runProgram(context, command);
  if (!done.ok) return done;
  const { exitCode, stderr } = done.value;
  if (exitCode === 0) return ok(undefined);
  const said = stderr[0] ?? `ended with ${exitCode}`;
  return fail(/Permission denied/.test(said) ? 'denied' : 'malformed', command.at(-1) ?? '', said);
}
