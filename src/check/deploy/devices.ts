/** Which device a name means on the target, and what lies on it. */
import type { DeviceSeen, DeviceUser } from '../../model/advice/checked-deploy.ts';
import type { Target, TargetDisk } from '../../model/advice/deploy-target.ts';

/** Names of what is no disk to install on. */
const notDisks = /^(?:loop|ram|zram|dm-|md|sr|fd|zd|nbd)\d/;

/** `/dev/sda`, any link to it, `/dev/mapper/name`, `/dev/group/volume` of LVM. Null: it is not there. */
export function findDevice(path: string, target: Target): TargetDisk | null {
  const device = deviceOf(path, target);
  return target.disks.find(({ name }) => `/dev/${name}` === device) ?? null;
}

function deviceOf(path: string, { links, disks }: Target): string {
  const link = links.find((one) => one.path === path);
  if (link !== undefined) return link.device;
  const [, group, volume] = /^\/dev\/(?!mapper\/|disk\/)([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const mapping = path.startsWith('/dev/mapper/')
    ? path.slice('/dev/mapper/'.length)
    : group !== undefined && volume !== undefined
      ? // dm_build_dm_name() of LVM.
        `${group.replaceAll('-', '--')}-${volume.replaceAll('-', '--')}`
      : null;
  const mapped = mapping === null ? undefined : disks.find((disk) => disk.mapping === mapping);
  return mapped === undefined ? path : `/dev/${mapped.name}`;
}

export function deviceSeen({ name, bytes, model, readOnly }: TargetDisk, target: Target): DeviceSeen {
  const device = `/dev/${name}`;
  return { device, bytes, model, readOnly, byId: byIdOf(device, target) };
}

/** A name that says what it is, before one that is a number only; none that a line of configuration could not have. */
function byIdOf(device: string, { links }: Target): string | null {
  const names = links
    .filter((link) => link.device === device && /^\/dev\/disk\/by-id\/[\w.:+@,=-]+$/.test(link.path))
    .map(({ path }) => path)
    .toSorted();
  return (
    names.find((path) => !/\/(?:wwn|nvme-eui|nvme-nvme|scsi-[0-9a-f]|dm-|lvm-)/.test(path)) ??
    names[0] ??
    null
  );
}

/** Those that a system can be put on. */
export function wholeDisks({ disks }: Target): readonly TargetDisk[] {
  return disks.filter(({ name, partOf }) => partOf === null && !notDisks.test(name));
}

/** Who uses a device, its parts or what is made of them: mounted, swap, a pool, an open LUKS device, an array. */
export function usersOf(disk: TargetDisk, target: Target): readonly DeviceUser[] {
  const names = madeOf(disk.name, target.disks);
  const users: DeviceUser[] = [];
  const real = (path: string) => deviceOf(path, target);
  for (const name of names) {
    const device = `/dev/${name}`;
    const held = target.disks.find((one) => one.name === name);
    for (const { source, mountPoint } of target.mounts)
      if (real(source) === device) users.push({ kind: 'mount', device, mountPoint });
    if (target.swaps.some((swap) => real(swap) === device)) users.push({ kind: 'swap', device });
    for (const { name: pool, members } of target.pools)
      if (members.some((member) => real(member) === device)) users.push({ kind: 'pool', device, pool });
    if (held === undefined || held.below.length === 0) continue;
    const { mapping, mappingId } = held;
    if (mapping !== null && mappingId?.startsWith('CRYPT-') === true)
      users.push({ kind: 'luks', device, name: mapping });
    else users.push({ kind: 'held', device, by: mapping ?? name });
  }
  return users;
}

/** Itself, its partitions, and what lies on any of these; a loop in what the target says ends it. */
function madeOf(name: string, disks: readonly TargetDisk[]): ReadonlySet<string> {
  const names = new Set([name]);
  for (const one of names)
    for (const { name: other, partOf, below } of disks)
      if (partOf === one || below.includes(one)) names.add(other);
  return names;
}
