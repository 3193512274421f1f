/** What maintainers ask for of the machine, as far as it was seen (nix-info(1) prints the same kind of lines). */
import type { Environment } from '../model/incident/incident.ts';
import type { Model } from '../model/model.ts';

const mostSystems = 4;

/** Null: nobody was there to tell. */
export function sandboxOf({ builds }: Pick<Model, 'builds'>): boolean | null {
  const known = builds.map(({ sandboxed }) => sandboxed).filter((one) => one !== null);
  return known.length === 0 ? null : known.every((one) => one);
}

/** With those that are known already; the same list where there is no other. */
export function systemsOf({ builds }: Pick<Model, 'builds'>, known: readonly string[]): readonly string[] {
  const all = [...new Set([...known, ...builds.flatMap(({ system }) => system ?? [])])];
  return all.length === known.length ? known : all.slice(0, mostSystems);
}

/** `sandbox`, `systems`: of the builds that were seen. */
export function environmentOf(
  { memory, daemon, filesystems, disks }: Model,
  { sandbox, systems }: Pick<Environment, 'sandbox' | 'systems'>,
): Environment {
  return {
    memoryTotalBytes: memory.totalBytes,
    swapTotalBytes: memory.swapTotalBytes,
    daemon: daemon.running,
    sandbox,
    systems,
    filesystems: filesystems.map(({ path, type, totalBytes, availableBytes }) => {
      return { path, type, totalBytes, availableBytes };
    }),
    disks: disks.filter(({ slaves }) => slaves.length === 0).map(({ device, model }) => ({ device, model })),
  };
}
