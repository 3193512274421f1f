/** What sysfs knows of block devices: names, partitions, what lies below a device, model and size. */
import { orNull } from '../base/problem.ts';
import type { BlockDeviceRaw } from '../model/sample.ts';
import type { Files } from '../platform/ports.ts';

export interface BlockDevices {
  isPartition(name: string): boolean;
  /** Kernel name of `major:minor`, null when there is none. */
  byNumber(number: string): string | null;
  /** Kernel name of a device file: `/dev/mapper/root` is `dm-0`. */
  byPath(path: string): Promise<string | null>;
  /** Hardware below a device, through partitions, dm, md and bcache; itself when nothing is below. */
  hardwareBelow(name: string): readonly string[];
  /** The device and all below it except partitions. */
  stackOf(name: string): readonly string[];
  /** All devices of the btrfs that this one belongs to. */
  btrfsMembers(name: string): readonly string[];
  facts(name: string, atMs: number): BlockDeviceRaw;
}

/** A model never changes, a size or name hardly ever does. */
const factsLastMs = 60_000;
/** Where sysfs is not at hand (a captured tree), names tell: sda1, vdb2, nvme0n1p1, mmcblk0p2. */
const partitionName = /^(?:(?:sd|vd|xvd|hd)[a-z]+\d+|(?:nvme\d+n\d+|mmcblk\d+|md\d+|loop\d+|nbd\d+)p\d+)$/;

export function createBlockDevices(files: Files): BlockDevices {
  const partitions = new Map<string, boolean>();
  const known = new Map<string, { readonly atMs: number; readonly facts: BlockDeviceRaw }>();

  /** diskstats prints `cciss/c0d0` for what sysfs calls `cciss!c0d0`. */
  const directory = (name: string) => `/sys/class/block/${name.replaceAll('/', '!')}`;
  const attribute = (name: string, file: string): string | null =>
    orNull(files.read(`${directory(name)}/${file}`))?.trim() || null;
  const exists = (name: string) => files.link(directory(name)).ok;
  const slavesOf = (name: string) => orNull(files.list(`${directory(name)}/slaves`)) ?? [];

  function isPartition(name: string): boolean {
    const before = partitions.get(name);
    if (before !== undefined) return before;
    const answer = exists(name) ? attribute(name, 'partition') !== null : partitionName.test(name);
    partitions.set(name, answer);
    return answer;
  }

  /** `../../devices/…/block/sda/sda1`: the directory of a partition lies in its disk's. */
  function parentOf(partition: string): string | null {
    const link = orNull(files.link(directory(partition)));
    return link?.split('/').at(-2)?.replaceAll('!', '/') ?? null;
  }

  /** Depth-first; `seen` guards against a loop in a garbled tree. */
  function walk(name: string, seen: Set<string>, visit: (name: string, bottom: boolean) => void): void {
    if (seen.has(name)) return;
    seen.add(name);
    const parent = isPartition(name) ? parentOf(name) : null;
    const below = parent === null ? slavesOf(name) : [parent];
    if (parent === null) visit(name, below.length === 0);
    for (const device of below) walk(device, seen, visit);
  }

  return {
    isPartition,
    byNumber(number) {
      const link = orNull(files.link(`/sys/dev/block/${number}`));
      return link?.split('/').at(-1)?.replaceAll('!', '/') ?? null;
    },
    async byPath(path) {
      let at = path;
      for (let hops = 0; hops < 4 && at.startsWith('/dev/'); hops += 1) {
        const target = orNull(await files.linkSlow(at));
        const name = (target ?? at).split('/').at(-1) ?? '';
        if (name !== '' && exists(name)) return name;
        if (target === null) return null;
        at = target;
      }
      return null;
    },
    hardwareBelow(name) {
      const hardware: string[] = [];
      walk(name, new Set(), (device, bottom) => bottom && hardware.push(device));
      return hardware;
    },
    stackOf(name) {
      const stack: string[] = [];
      walk(name, new Set(), (device) => stack.push(device));
      return stack;
    },
    btrfsMembers(name) {
      for (const id of orNull(files.list('/sys/fs/btrfs')) ?? []) {
        const members = orNull(files.list(`/sys/fs/btrfs/${id}/devices`)) ?? [];
        if (members.includes(name)) return members;
      }
      return [name];
    },
    facts(name, atMs) {
      const before = known.get(name);
      if (before !== undefined && atMs - before.atMs < factsLastMs) return before.facts;
      const rotational = attribute(name, 'queue/rotational');
      const sectors = attribute(name, 'size');
      const facts: BlockDeviceRaw = {
        device: name,
        model:
          attribute(name, 'device/model') ?? (name.startsWith('mmc') ? attribute(name, 'device/name') : null),
        title: attribute(name, 'dm/name') ?? attribute(name, 'md/level'),
        rotational: rotational === null ? null : rotational === '1',
        // Always in units of 512 bytes, whatever the device's own sector size.
        sizeBytes: sectors === null ? null : Number(sectors) * 512,
        slaves: slavesOf(name),
      };
      known.set(name, { atMs, facts });
      return facts;
    },
  };
}
