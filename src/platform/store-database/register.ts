/**
 * Paths that are on the disk and that others, or roots, refer to, while the database does not know them: what they
 * refer to is looked up in what they contain, as Nix does it after a build.
 */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { LostReport, RegisterReport } from '../../model/recover/store-database.ts';
import { type Contents, contentsOf, entriesOf, isOnDisk, outputsOf } from './contents.ts';
import { openSettled, openToWrite } from './sqlite.ts';
import { isMade } from './under-way.ts';

export interface RegisterOptions {
  readonly database: string;
  readonly state: string;
  readonly store: string;
  readonly progress: (text: string) => void;
}

/** Links of links: of a result that the collector knows (`gcroots/auto`). */
const mostHops = 8;
const mostLinks = 100_000;

export function lost({ database, state, store }: RegisterOptions): LostReport {
  const opened = openSettled(database);
  try {
    return lostOf(opened, state, store);
  } finally {
    opened.close();
  }
}

export async function register({ database, ...rest }: RegisterOptions): Promise<RegisterReport> {
  const opened = openToWrite(database);
  try {
    return await complete(opened, rest);
  } finally {
    opened.close();
  }
}

/** In one transaction at its end, where none is under way: others go on until then. */
export async function complete(
  database: DatabaseSync,
  { state, store, progress }: Omit<RegisterOptions, 'database'>,
): Promise<RegisterReport> {
  const { referrers, roots } = lostOf(database, state, store);
  const entries = entriesOf(store);
  const known = database.prepare('SELECT 1 FROM ValidPaths WHERE path = ?');
  const found = new Map<string, Contents>();
  const waiting = [...referrers, ...roots];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path) || !isOnDisk(path) || isMade(path)) continue;
    progress(`reads ${path}`);
    const contents = await contentsOf(path, entries);
    found.set(path, contents);
    for (const named of contents.references) if (known.get(named) === undefined) waiting.push(named);
  }
  const own = !database.isTransaction;
  if (own) database.exec('BEGIN IMMEDIATE');
  const isKnown = (path: string) => known.get(path) !== undefined;
  const registered = [...wholeOf(found, isKnown)];
  for (const [path, contents] of registered) addPath(database, path, contents);
  for (const [path] of registered) if (path.endsWith('.drv')) addOutputs(database, path);
  for (const [path] of registered) addDeriver(database, path);
  for (const [path, { references }] of found) addReferences(database, path, references);
  const clean = database.prepare(
    `DELETE FROM Refs WHERE referrer = (SELECT id FROM ValidPaths WHERE path = ?)
     AND reference NOT IN (SELECT id FROM ValidPaths)`,
  );
  for (const path of referrers) {
    const named = [...(found.get(path)?.references ?? [])];
    if (!isMade(path) && named.every(isKnown)) clean.run(path);
  }
  if (own) database.exec('COMMIT');
  return { registered: registered.map(([path]) => path), referrers: referrers.length };
}

/**
 * Those of them that are registered. What is half made now, or went again since it was read, is not what it will be; and
 * what names that would be known without its reference, so that a collection took it away.
 */
function wholeOf(
  found: ReadonlyMap<string, Contents>,
  isKnown: (path: string) => boolean,
): ReadonlyMap<string, Contents> {
  const whole = new Map([...found].filter(([path]) => !isKnown(path) && isOnDisk(path) && !isMade(path)));
  for (let size = -1; size !== whole.size; ) {
    size = whole.size;
    for (const [path, { references }] of whole)
      if (![...references].every((named) => whole.has(named) || isKnown(named))) whole.delete(path);
  }
  return whole;
}

function lostOf(database: DatabaseSync, state: string, store: string): LostReport {
  const known = database.prepare('SELECT 1 FROM ValidPaths WHERE path = ?');
  const roots = rootsIn(state, store).filter((path) => isOnDisk(path) && known.get(path) === undefined);
  return { referrers: referrersToNowhere(database), roots };
}

/** Nobody has signed it, and nobody says who made it: as `nix-store --load-db` does it. */
function addPath(database: DatabaseSync, path: string, { hash, narBytes }: Contents): void {
  database
    .prepare('INSERT INTO ValidPaths (path, hash, registrationTime, narSize) VALUES (?, ?, ?, ?)')
    .run(path, hash, Math.floor(Date.now() / 1000), narBytes);
}

function addOutputs(database: DatabaseSync, path: string): void {
  const add = database.prepare(
    'INSERT OR IGNORE INTO DerivationOutputs (drv, id, path) SELECT id, ?, ? FROM ValidPaths WHERE path = ?',
  );
  for (const { name, made } of outputsOf(path)) add.run(name, made, path);
}

function addDeriver(database: DatabaseSync, path: string): void {
  database
    .prepare(
      `UPDATE ValidPaths SET deriver = (SELECT v.path FROM DerivationOutputs d JOIN ValidPaths v ON v.id = d.drv
       WHERE d.path = ValidPaths.path LIMIT 1) WHERE path = ?`,
    )
    .run(path);
}

function addReferences(database: DatabaseSync, path: string, references: ReadonlySet<string>): void {
  const add = database.prepare(
    'INSERT OR IGNORE INTO Refs (referrer, reference) SELECT a.id, b.id FROM ValidPaths a, ValidPaths b WHERE a.path = ? AND b.path = ?',
  );
  for (const named of references) add.run(path, named);
}

function referrersToNowhere(opened: DatabaseSync): readonly string[] {
  const sql = `SELECT DISTINCT v.path FROM Refs r JOIN ValidPaths v ON v.id = r.referrer
    LEFT JOIN ValidPaths t ON t.id = r.reference WHERE t.id IS NULL`;
  return opened
    .prepare(sql)
    .all()
    .map(({ path }) => String(path));
}

/** What generations, results and roots lead to: paths of the store, whether they are there or not. */
function rootsIn(state: string, store: string): readonly string[] {
  const links: string[] = [];
  const waiting = [`${state}/gcroots`, `${state}/profiles`];
  for (let at = waiting.pop(); at !== undefined && links.length < mostLinks; at = waiting.pop()) {
    if (!existsSync(at)) continue;
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (entry.isDirectory()) waiting.push(`${at}/${entry.name}`);
      else if (entry.isSymbolicLink()) links.push(`${at}/${entry.name}`);
    }
  }
  const targets = links.map((link) => targetOf(link, store)).filter((path) => path !== null);
  return [...new Set(targets)].sort();
}

function targetOf(link: string, store: string): string | null {
  let at = link;
  for (let hop = 0; hop < mostHops; hop += 1) {
    try {
      at = resolve(dirname(at), readlinkSync(at));
    } catch {
      return null;
    }
    if (at.startsWith(`${store}/`)) return `${store}/${at.slice(store.length + 1).split('/')[0]}`;
  }
  return null;
}
