/** Which systems this machine has booted, as far back as its journal goes. */
import { fail, ok, type Result } from '../../base/problem.ts';
import { type BootRecord, bootLine, parseBootRecord } from '../../parse/boot-records.ts';
import type { Ports, Spawn } from '../../platform/ports.ts';

const command = [
  ...['--no-pager', '--quiet', '--output=json', '--output-fields=MESSAGE', '--reverse', '--lines=200'],
  ...[`--grep=${bootLine}`, '_TRANSPORT=kernel'],
];
/** A journal of gigabytes is searched from its end. */
const timeoutMs = 15_000;
const asked = new WeakMap<Spawn, Promise<Result<readonly BootRecord[]>>>();

/** Newest first; asked once. Whoever may not read the journal of the system gets a Problem. */
export function readBootHistory({
  files,
  spawn,
}: Pick<Ports, 'files' | 'spawn'>): Promise<Result<readonly BootRecord[]>> {
  if (!files.live)
    return Promise.resolve(fail('unsupported', 'journalctl', 'this is another root directory'));
  let history = asked.get(spawn);
  if (history === undefined) {
    history = read(spawn);
    asked.set(spawn, history);
  }
  return history;
}

async function read(spawn: Spawn): Promise<Result<readonly BootRecord[]>> {
  const run = await spawn.run('journalctl', command, { timeoutMs });
  if (!run.ok) return run;
  const records = run.value.stdout.split('\n').flatMap((line) => parseBootRecord(line) ?? []);
  if (records.length > 0) return ok(records);
  const [said = 'it has no boot of a NixOS'] = run.value.stderr.split('\n').filter((line) => line !== '');
  return fail(run.value.exitCode === 0 ? 'gone' : 'malformed', 'journalctl', said);
}
