/**
 * How busy a builder is with what this machine sends to it: build-remote holds a flock on
 * `/nix/var/nix/current-load/<address>-<slot>` for each build, and one on `<address>.upload-lock` while it copies inputs
 * there (build-remote.cc); both can be seen by everybody.
 */
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
  const loads = new Map<string, BuilderLoad>();
  for (const address of new Set(addresses)) {
    let busy = 0;
    let waiting = 0;
    const own = names.ok ? loadFilesOf(address, names.value).slice(0, mostFiles) : [];
    for (const { name, use } of own) {
      const owner = await files.ownerSlow(`${directory}/${name}`);
      if (!owner.ok) continue;
      const on = locks.filter(({ file }) => isLockOn(file, owner.value));
      if (use === 'slot') busy += Number(on.some((lock) => !lock.waiting));
      else waiting += on.filter((lock) => lock.waiting).length;
    }
    loads.set(address, { busy, waiting });
  }
  return loads;
}

/** `/` of an address is `_`; newer Nix writes its parameters behind it, in another order than the settings have them. */
export function loadFilesOf(
  address: string,
  names: readonly string[],
): readonly { readonly name: string; readonly use: 'slot' | 'upload' }[] {
  const bare = address.replace(/\?.*$/, '').replaceAll('/', '_');
  return names.flatMap((name) => {
    if (!name.startsWith(bare)) return [];
    const rest = /^(?:\?.*)?(?:-(?<slot>\d+)|\.upload-lock)$/.exec(name.slice(bare.length));
    return rest === null ? [] : { name, use: rest.groups?.['slot'] === undefined ? 'upload' : 'slot' };
  });
}
