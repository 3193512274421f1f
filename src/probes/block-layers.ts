/** What lies below a block device, by sysfs: partitions, dm, md, down to disks. */
import { orNull } from '../base/problem.ts';
import type { Files } from '../platform/ports.ts';

type Sysfs = Pick<Files, 'read' | 'list' | 'link'>;

export interface Layer {
  readonly device: string;
  readonly bytes: number;
  /** Of a partition its disk. */
  readonly disk: string | null;
}

const sectorBytes = 512;
/** Deeper than any stack that somebody builds. */
const mostLayers = 32;

const directory = (name: string) => `/sys/class/block/${name.replaceAll('/', '!')}`;

/** The disks: what has nothing below. Empty: there is no such device. */
export function disksBelow(files: Sysfs, device: string): readonly string[] {
  return walk(files, device).filter((name) => below(files, name).length === 0);
}

/** The device and what is below it, from the top. */
export function layersBelow(files: Sysfs, device: string): readonly Layer[] {
  return walk(files, device).map((name) => ({
    device: name,
    bytes: numberIn(files, name, 'size') * sectorBytes,
    disk: isPartition(files, name) ? (below(files, name)[0] ?? null) : null,
  }));
}

/** Kernel name of `major:minor`; null where it is no block device. */
export function deviceOf(files: Sysfs, number: string): string | null {
  return (
    orNull(files.link(`/sys/dev/block/${number}`))
      ?.split('/')
      .at(-1)
      ?.replaceAll('!', '/') ?? null
  );
}

/** Its file in /dev. */
export function deviceFile(name: string): string {
  return `/dev/${name.replaceAll('!', '/')}`;
}

function walk(files: Sysfs, device: string): readonly string[] {
  const found: string[] = [];
  const open = files.link(directory(device)).ok ? [device] : [];
  for (let name = open.shift(); name !== undefined && found.length < mostLayers; name = open.shift()) {
    if (found.includes(name)) continue;
    found.push(name);
    open.push(...below(files, name));
  }
  return found;
}

/** `../../devices/…/block/sda/sda1`: the directory of a partition lies in its disk's. */
function below(files: Sysfs, name: string): readonly string[] {
  if (!isPartition(files, name)) return orNull(files.list(`${directory(name)}/slaves`)) ?? [];
  const disk = orNull(files.link(directory(name)))
    ?.split('/')
    .at(-2);
  return disk === undefined ? [] : [disk];
}

function isPartition(files: Sysfs, name: string): boolean {
  return files.read(`${directory(name)}/partition`).ok;
}

function numberIn(files: Sysfs, name: string, file: string): number {
  return Number(orNull(files.read(`${directory(name)}/${file}`))?.trim() ?? 0) || 0;
}
