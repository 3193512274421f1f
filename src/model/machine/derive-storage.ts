/** Storage: file systems of interest, and disks with their names and what they carry. */

import type { Disk, Filesystem } from '../model.ts';
import type { FilesystemRaw, StorageRaw } from '../sample.ts';
import type { DiskRates } from './derive-disks.ts';

/** A space that could not be read keeps its old numbers beside the problem. Unchanged rows are kept. */
export function deriveFilesystems(raw: StorageRaw, before: readonly Filesystem[]): readonly Filesystem[] {
  const rows = raw.filesystems.map((filesystem) => {
    const last = before.find(
      (old) => old.path === filesystem.path && old.mountPoint === filesystem.mountPoint,
    );
    const row = deriveFilesystem(filesystem, last ?? null);
    return last !== undefined && sameRow(row, last) ? last : row;
  });
  return rows.length === before.length && rows.every((row, i) => row === before[i]) ? before : rows;
}

function deriveFilesystem(raw: FilesystemRaw, last: Filesystem | null): Filesystem {
  const { path, mountPoint, type, device, disks, space } = raw;
  const names = { path, mountPoint, type, device, disks };
  const level = last?.level ?? 'ok';
  if (!space.ok) {
    return {
      ...names,
      totalBytes: last?.totalBytes ?? null,
      availableBytes: last?.availableBytes ?? null,
      freeInodesPercent: last?.freeInodesPercent ?? null,
      ...(last?.freeInodes === undefined ? {} : { freeInodes: last.freeInodes }),
      level,
      problem: space.problem,
    };
  }
  const { totalBytes, availableBytes, inodes, freeInodes } = space.value;
  return {
    ...names,
    totalBytes,
    availableBytes,
    // btrfs, ZFS and others have no fixed number of inodes and say 0.
    freeInodesPercent: inodes > 0 ? Math.min(100, (100 * freeInodes) / inodes) : null,
    ...(inodes > 0 ? { freeInodes } : {}),
    level,
    problem: null,
  };
}

/** Disks that carry something first, in the order of the paths; the others as the kernel lists them. */
export function annotateDisks(
  rates: readonly DiskRates[],
  storage: StorageRaw | null,
  models: Readonly<Record<string, string>>,
): readonly Disk[] {
  const carried = carriedPaths(storage);
  const facts = new Map(storage?.devices.map((device) => [device.device, device]));
  const disks = rates.map((row): Disk => {
    const device = facts.get(row.device);
    return {
      ...row,
      title: device?.title ?? null,
      model: device?.model ?? models[row.device] ?? null,
      carries: carried.get(row.device) ?? [],
      slaves: device?.slaves ?? [],
    };
  });
  const rank = new Map([...carried.keys()].map((device, i) => [device, i]));
  const rankOf = (disk: Disk) => rank.get(disk.device) ?? Number.MAX_SAFE_INTEGER;
  return disks.sort((a, b) => rankOf(a) - rankOf(b));
}

/** Device to the paths that lie on it, directly or through devices in between. */
function carriedPaths(storage: StorageRaw | null): ReadonlyMap<string, readonly string[]> {
  const carried = new Map<string, string[]>();
  if (storage === null) return carried;
  const slaves = new Map(storage.devices.map((device) => [device.device, device.slaves]));
  const add = (device: string, path: string): void => {
    const paths = carried.get(device) ?? [];
    if (paths.includes(path)) return;
    carried.set(device, [...paths, path]);
    for (const below of slaves.get(device) ?? []) add(below, path);
  };
  for (const { path, device, disks } of storage.filesystems) {
    if (device !== null) add(device, path);
    for (const disk of disks) add(disk, path);
  }
  for (const device of storage.swap ?? []) add(device, 'swap');
  return carried;
}

function sameRow(a: Filesystem, b: Filesystem): boolean {
  return (
    a.totalBytes === b.totalBytes &&
    a.availableBytes === b.availableBytes &&
    a.freeInodesPercent === b.freeInodesPercent &&
    a.freeInodes === b.freeInodes &&
    a.type === b.type &&
    a.device === b.device &&
    a.disks.join() === b.disks.join() &&
    a.problem?.kind === b.problem?.kind &&
    a.problem?.cause === b.problem?.cause
  );
}
