/**
 * Puts a rebuilt database in the place of a damaged one, whose files stay beside it under another name. Killed anywhere
 * it leaves the one or the other; asked again it goes on. Nobody else has it open: who asks holds Nix's big lock.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import type { RebuildReport } from '../../model/recover/store-database.ts';
import { rebuild } from './rebuild.ts';

export interface ReplaceOptions {
  readonly database: string;
  readonly aside: string;
  readonly store: string;
  readonly state: string;
  readonly progress: (text: string) => void;
}

/** Logs of SQLite: applied to whatever has the name they belong to. */
const logs = ['-wal', '-journal', '-shm'];

export async function replace(options: ReplaceOptions): Promise<RebuildReport> {
  const { database, aside } = options;
  for (const name of begunAsides(database)) putBack(database, name);
  putBack(database, aside);
  const fresh = `${database}.rebuilt`;
  const report = await rebuild({ ...options, from: database, to: fresh, whole: true });
  linkSync(database, aside);
  for (const log of logs)
    if (existsSync(`${database}${log}`)) renameSync(`${database}${log}`, `${aside}${log}`);
  renameSync(fresh, database);
  sync(dirname(database));
  return report;
}

/** Further names of the very database: of an attempt that was killed, whatever name this one was told. */
function begunAsides(database: string): readonly string[] {
  const directory = dirname(database);
  const { ino } = statSync(database);
  return readdirSync(directory)
    .filter(
      (name) => name.startsWith(`${basename(database)}.sick`) && !logs.some((log) => name.endsWith(log)),
    )
    .map((name) => `${directory}/${name}`)
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.ino === ino);
}

/** What an attempt that was killed had moved already. */
function putBack(database: string, aside: string): void {
  const moved = statSync(aside, { throwIfNoEntry: false });
  if (moved === undefined) return;
  if (moved.ino !== statSync(database).ino) throw new Error(`${aside} is there already`);
  for (const log of logs)
    if (existsSync(`${aside}${log}`) && !existsSync(`${database}${log}`))
      renameSync(`${aside}${log}`, `${database}${log}`);
  // A second name of the very same file.
  rmSync(aside);
}

function sync(directory: string): void {
  const descriptor = openSync(directory, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
