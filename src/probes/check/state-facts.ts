/** Cheap signs of the store's own state, and the limits of memory that are ours. */
import { ok, orNull, type Result } from '../../base/problem.ts';
import type { MemoryLimit, StateFacts } from '../../model/advice/rebuild-facts.ts';
import { parseCgroup2Mount, parseCgroupBytes, parseCgroupPath } from '../../parse/cgroup.ts';
import { mountOf, parseMounts } from '../../parse/mountinfo-mounts.ts';
import { rowNumber } from '../../parse/row-number.ts';
import type { Files } from '../../platform/ports.ts';
import { nixCommand } from '../nix-config.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';

const database = '/nix/var/nix/db/db.sqlite';
/** sqlite.org/fileformat2.html, 1.3. */
const magic = 'SQLite format 3\0';
const slowly = { deadlineMs: 5000 };

export async function readState(files: Files): Promise<StateFacts> {
  const mountinfo = await files.readSlow('/proc/self/mountinfo', { ...slowly, maxBytes: 1 << 20 });
  return {
    readOnly: mountinfo.ok ? ok(isReadOnly(mountinfo.value)) : mountinfo,
    database: await readDatabase(files),
  };
}

/**
 * NixOS mounts /nix/store on itself and read-only for everybody but the daemon, which is as it should be: its file
 * system itself takes writes.
 */
export function isReadOnly(mountinfo: string): boolean {
  const mounts = parseMounts(mountinfo);
  const state = mountOf('/nix/var/nix/db', mounts);
  const store = mountOf('/nix/store', mounts);
  return state?.readOnly === true || state?.superReadOnly === true || store?.superReadOnly === true;
}

/** What Nix says where the daemon does not answer; null: it does. The word is the old one, and the new Nix knows it. */
export async function askDaemon(context: ProbeContext): Promise<Result<string | null>> {
  const asked = await runProgram(context, [...nixCommand, 'store', 'ping', '--store', 'daemon'], {
    from: 'nix',
  });
  if (!asked.ok) return asked;
  const { exitCode, stderr } = asked.value;
  if (exitCode === 0) return ok(null);
  const said = stderr.find((line) => line.startsWith('error:'));
  return ok(said?.replace(/^error:\s*/, '') ?? `nix ended with ${exitCode}`);
}

async function readDatabase(files: Files): Promise<StateFacts['database']> {
  const found = await files.ownerSlow(database, { ...slowly, follow: true });
  if (!found.ok) return found;
  const head = await files.readSlow(database, { ...slowly, maxBytes: magic.length });
  return ok({ bytes: found.value.bytes, sqlite: head.ok ? head.value.startsWith(magic) : null });
}

/** Null: none is set, or it cannot be seen. */
export function readMemoryLimit(files: Files): MemoryLimit | null {
  const own = parseCgroupPath(orNull(files.read('/proc/self/cgroup')) ?? '');
  const mount = parseCgroup2Mount(orNull(files.read('/proc/self/mountinfo')) ?? '');
  if (own === null || mount === null) return null;
  let tightest: MemoryLimit | null = null;
  for (let path = own; path !== '' && path !== '/'; path = path.slice(0, path.lastIndexOf('/'))) {
    const read = (name: string): Result<string> => files.read(`${mount}${path}/${name}`);
    const limitBytes = parseCgroupBytes(orNull(read('memory.max')) ?? '');
    const currentBytes = parseCgroupBytes(orNull(read('memory.current')) ?? '');
    if (limitBytes === null || currentBytes === null) continue;
    // The cache of files goes first.
    const cacheBytes = rowNumber(orNull(read('memory.stat')) ?? '', 'inactive_file ') ?? 0;
    const usedBytes = Math.max(0, currentBytes - cacheBytes);
    if (tightest === null || limitBytes - usedBytes < tightest.limitBytes - tightest.usedBytes)
      tightest = { cgroup: path, limitBytes, usedBytes };
  }
  return tightest;
}
