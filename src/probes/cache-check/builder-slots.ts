/**
 * How busy a builder is with what this machine sends to it: build-remote holds a flock on
 * `/nix/var/nix/current-load/<address>-<slot>` for each build, and one on `<address>.upload-lock` while it copies inputs
 * there (build-remote.cc); both can be seen by everybody.
 */
import { isLoadOf, loadFileOf } from '../../model/caches/load-file.ts';
import { isLockOn, parseLocks } from '../../parse/locks.ts';
import type { ProbeContext } from '../probe.ts';

const directory = '/nix/var/nix/current-load';
const mostFiles = 256;
/** There are as many locks as builds and outputs. */
const locksBytes = 1 << 20;

export interface BuilderLoad {
  readonly busy: number;
  readonly waiting: number;
}

/** By address; null: it cannot be seen. What was never built on has no file, and no load. */
export async function readBuilderLoads(
  addresses: readonly string[],
  { ports: { files } }: Pick<ProbeContext, 'ports'>,
): Promise<ReadonlyMap<string, BuilderLoad> | null> {
  const text = await files.readSlow('/proc/locks', { maxBytes: locksBytes });
  const names = await files.listSlow(directory, { deadlineMs: 3000 });
  if (!text.ok || (!names.ok && names.problem.kind !== 'gone')) return null;
  const locks = parseLocks(text.value).filter(({ kind }) => kind === 'FLOCK');
  const loadFiles = (names.ok ? names.value : []).flatMap((name) => {
    const file = loadFileOf(name);
    return file === null ? [] : { name, file };
  });
  const loads = new Map<string, BuilderLoad>();
  for (const address of new Set(addresses)) {
    let busy = 0;
    let waiting = 0;
    const own = loadFiles.filter(({ file }) => isLoadOf(file, address, addresses)).slice(0, mostFiles);
    for (const { name, file } of own) {
      const owner = await files.ownerSlow(`${directory}/${name}`);
      if (!owner.ok) continue;
      const on = locks.filter((lock) => isLockOn(lock.file, owner.value));
      if (file.use === 'slot') busy += Number(on.some((lock) => !lock.waiting));
      else waiting += on.filter((lock) => lock.waiting).length;
    }
    loads.set(address, { busy, waiting });
  }
  return loads;
}
