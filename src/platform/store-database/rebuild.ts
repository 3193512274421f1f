/**
 * A new database of what can be read of a damaged one: rows of tables first, then what only an index still has. Paths
 * whose row is lost keep their number, so that all references to them stay; their hash is that of the disk.
 */
import { chmodSync, chownSync, closeSync, fsyncSync, openSync, rmSync, statSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { RebuildReport } from '../../model/recover/store-database.ts';
import { contentsOf, isOnDisk } from './contents.ts';
import { type Gap, prepare, type Row, readable } from './readable.ts';
import { complete } from './register.ts';
import { nixSchema, type SchemaRow } from './schema.ts';
import { openSettled, openToWrite, whyUnreadable } from './sqlite.ts';

export interface RebuildOptions {
  readonly from: string;
  readonly to: string;
  readonly store: string;
  readonly state: string;
  /** False: only to see what would be lost. Nothing of the store is read then. */
  readonly whole: boolean;
  readonly progress: (text: string) => void;
}

const beside = ['', '-journal', '-wal', '-shm'];
/** No path has this number: what refers to it is looked at anew. */
const nowhere = -1;

export async function rebuild(options: RebuildOptions): Promise<RebuildReport> {
  const { from, to, progress } = options;
  removeFiles(to);
  const old = openSettled(from);
  const fresh = openToWrite(to);
  let isWhole = false;
  try {
    fresh.exec('PRAGMA synchronous = off');
    fresh.exec('BEGIN');
    const schema = schemaOf(old);
    for (const { sql } of schema.filter(({ type }) => type === 'table')) fresh.exec(sql);
    const lossy = new Map<string, readonly Gap[]>();
    for (const { name } of schema.filter(({ type }) => type === 'table')) {
      progress(`reads ${name}`);
      lossy.set(name, copyTable(old, fresh, name, options.store));
    }
    keepSequence(old, fresh);
    const lost = lostPaths(old, fresh, options.store);
    const refGaps = (lossy.get('Refs') ?? []).length > 0 ? refsOfIndex(old, fresh) : [];
    const { renewed, gone } = await renew(lost, fresh, options);
    fresh.exec('DELETE FROM Refs WHERE referrer NOT IN (SELECT id FROM ValidPaths)');
    const doubtful = refGaps.reduce((sum, gap) => sum + mark(fresh, gap), 0);
    const found = options.whole ? await complete(fresh, options) : null;
    for (const { sql } of schema.filter(({ type }) => type !== 'table')) fresh.exec(sql);
    fresh.exec('COMMIT');
    const [said] = prepare(fresh, 'PRAGMA integrity_check(1)').all();
    if (said === undefined || Object.values(said)[0] !== 'ok')
      throw new Error('what was read does not make a sound database');
    const paths = Number(firstOf(fresh, 'SELECT count(*) FROM ValidPaths'));
    if (options.whole && paths === 0) throw new Error('nothing can be made of it');
    fresh.close();
    likeTheOld(from, to);
    isWhole = options.whole;
    return { paths, renewed, gone, doubtful, found: found?.registered ?? [] };
  } finally {
    if (fresh.isOpen) fresh.close();
    old.close();
    if (!isWhole) removeFiles(to);
  }
}

export function removeFiles(database: string): void {
  for (const suffix of beside) rmSync(`${database}${suffix}`, { force: true });
}

/** Indexes that SQLite makes by itself have no SQL. Nix's own where it cannot be read. */
function schemaOf(old: DatabaseSync): readonly SchemaRow[] {
  try {
    const rows = prepare(
      old,
      `SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    ).all() as unknown as readonly SchemaRow[];
    return nixSchema.every(({ name }) => rows.some((row) => row.name === name)) ? rows : nixSchema;
  } catch (error) {
    if (whyUnreadable(error) === null) throw error;
    return nixSchema;
  }
}

function copyTable(old: DatabaseSync, fresh: DatabaseSync, table: string, store: string): readonly Gap[] {
  const columns = prepare(fresh, `PRAGMA table_info(${quoted(table)})`)
    .all()
    .map(({ name }) => String(name));
  const insert = fresh.prepare(
    `INSERT OR IGNORE INTO ${quoted(table)} (${columns.map(quoted).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const gaps: Gap[] = [];
  const select = `SELECT rowid AS key, * FROM ${quoted(table)}`;
  for (const row of rowsOf(old, select, (gap) => gaps.push(gap))) {
    if (table === 'ValidPaths' && !isPathRow(row, store)) gaps.push({ from: 0n, to: 0n });
    else insert.run(...columns.map((name) => row[name] as SQLInputValue));
  }
  return gaps;
}

function* rowsOf(old: DatabaseSync, select: string, onGap: (gap: Gap) => void): Generator<Row> {
  try {
    yield* readable(old, { select, key: 'rowid', onGap });
  } catch (error) {
    if (!isHopeless(error)) throw error;
    onGap({ from: 0n, to: null });
  }
}

/** Not even begun: the file is none of SQLite, or its table of contents is gone. */
function isHopeless(error: unknown): boolean {
  return whyUnreadable(error) !== null || /no such (?:index|table)|no query solution/.test(String(error));
}

function isPathRow({ path, hash, narSize }: Row, store: string): boolean {
  return isPathOf(store, path) && /^\w+[:-]\S{20,}$/.test(String(hash)) && typeof narSize !== 'string';
}

function isPathOf(store: string, path: unknown): path is string {
  return typeof path === 'string' && path.startsWith(`${store}/`) && !/[^!-~]/.test(path);
}

/** Numbers that were given once are not given again. */
function keepSequence(old: DatabaseSync, fresh: DatabaseSync): void {
  try {
    for (const { name, seq } of prepare(old, 'SELECT name, seq FROM sqlite_sequence').all())
      fresh
        .prepare('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?')
        .run(seq as SQLInputValue, name as SQLInputValue);
  } catch (error) {
    if (!isHopeless(error)) throw error;
  }
}

/** What the index of paths still has and the table no longer, by number; from both ends up to what is unreadable. */
function lostPaths(old: DatabaseSync, fresh: DatabaseSync, store: string): ReadonlyMap<bigint, string> {
  const lost = new Map<bigint, string>();
  const known = fresh.prepare('SELECT 1 FROM ValidPaths WHERE id = ? OR path = ?');
  for (const order of ['ASC', 'DESC']) {
    const sql = `SELECT id, path FROM ValidPaths INDEXED BY sqlite_autoindex_ValidPaths_1 ORDER BY path ${order}`;
    try {
      for (const { id, path } of prepare(old, sql).iterate())
        if (typeof id === 'bigint' && id > 0n && isPathOf(store, path) && known.get(id, path) === undefined)
          lost.set(id, path);
      break;
    } catch (error) {
      if (!isHopeless(error)) throw error;
    }
  }
  return lost;
}

/** The index of Refs has all of it. What neither of both has. */
function refsOfIndex(old: DatabaseSync, fresh: DatabaseSync): readonly Gap[] {
  const insert = fresh.prepare('INSERT OR IGNORE INTO Refs (referrer, reference) VALUES (?, ?)');
  const gaps: Gap[] = [];
  const select = 'SELECT referrer AS key, referrer, reference FROM Refs INDEXED BY sqlite_autoindex_Refs_1';
  try {
    for (const { referrer, reference } of readable(old, {
      ...{ select, key: 'referrer' },
      onGap: ({ from, to }) => gaps.push({ from: from - 1n, to }),
    }))
      insert.run(referrer as SQLInputValue, reference as SQLInputValue);
    return gaps;
  } catch (error) {
    if (!isHopeless(error)) throw error;
    return [{ from: 0n, to: null }];
  }
}

async function renew(
  lost: ReadonlyMap<bigint, string>,
  fresh: DatabaseSync,
  { whole, progress }: RebuildOptions,
): Promise<Pick<RebuildReport, 'renewed' | 'gone'>> {
  const insert = fresh.prepare(
    'INSERT INTO ValidPaths (id, path, hash, registrationTime, deriver, narSize) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const made = fresh.prepare(
    'SELECT v.path FROM DerivationOutputs d JOIN ValidPaths v ON v.id = d.drv WHERE d.path = ?',
  );
  const renewed: string[] = [];
  const gone: string[] = [];
  for (const [id, path] of lost) {
    if (!isOnDisk(path)) {
      gone.push(path);
      continue;
    }
    progress(`reads ${path}`);
    const { hash, narBytes } = whole ? await contentsOf(path, new Map()) : { hash: 'sha256:', narBytes: 0 };
    const deriver = made.get(path)?.['path'] ?? null;
    insert.run(id, path, hash, Math.floor(Date.now() / 1000), deriver, narBytes);
    renewed.push(path);
  }
  return { renewed, gone };
}

function mark(fresh: DatabaseSync, { from, to }: Gap): number {
  const until = to === null ? '' : ' AND id < ?';
  const sql = `INSERT OR IGNORE INTO Refs (referrer, reference) SELECT id, ${nowhere} FROM ValidPaths WHERE id >= ?${until}`;
  const { changes } = fresh.prepare(sql).run(from, ...(to === null ? [] : [to]));
  return Number(changes);
}

function likeTheOld(from: string, to: string): void {
  const { uid, gid, mode } = statSync(from);
  chmodSync(to, mode & 0o777);
  chownSync(to, uid, gid);
  const descriptor = openSync(to, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function firstOf(database: DatabaseSync, sql: string): unknown {
  const row = prepare(database, sql).get();
  return row === undefined ? null : Object.values(row)[0];
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
