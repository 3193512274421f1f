/**
 * Puts a rebuilt database in the place of a damaged one, whose files stay beside it under another name. Killed anywhere
 * it leaves the one or the other; asked again it goes on. Nobody else has it open: who asks holds Nix's big lock.
 */
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
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
  putBack(database, aside);
  const fresh = `${database}.rebuilt`;
  const report = await rebuild({ ...options, from: database, to: fresh, whole: true });
  linkSync(database, aside);
  for (const log of logs)
    if (existsSync(`${database}${log}`)) renameSync(`${database}${log}`, `${aside}${log}`);
  renameSync(fresh, database);
  sync(database.slice(0, database.lastIndexOf('/')));
  return report;
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
