/** The disks of the configuration on the target: there, large enough, not in use. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { Target, TargetDisk } from '../../model/advice/deploy-target.ts';
import type { WantedSystem } from '../../model/advice/wanted-system.ts';
import { deviceSeen, findDevice, usersOf, wholeDisks } from './devices.ts';
import { wayOf } from './way.ts';

/** What the deployment guide asks for, in the units that disks are sold in. */
const leastDiskBytes = 20e9;
const GiB = 1024 ** 3;
const leastStoreBytes = 1 * GiB;
const wantedStoreBytes = 5 * GiB;

/** Of the disks that are to be formatted; without a configuration the largest; of a NixOS the room that it has. */
export function spaceItem(target: Target, wanted: WantedSystem | null): CheckItem | null {
  if (wayOf(target) === 'switch') return storeItem(target);
  const named = namedDisks(target, wanted);
  const disks = named.length > 0 ? named : wholeDisks(target);
  if (disks.length === 0) return null;
  const sizes = disks.map(({ bytes }) => bytes);
  const bytes = named.length > 0 ? sizes.reduce((sum, size) => sum + size, 0) : Math.max(...sizes);
  return {
    id: 'target-space',
    subject: null,
    state: bytes < leastDiskBytes ? 'failed' : 'ok',
    found: {
      kind: 'target-space',
      of: named.length > 0 ? 'disks' : 'largest-disk',
      bytes,
      leastBytes: leastDiskBytes,
    },
  };
}

function storeItem({ rooms }: Target): CheckItem | null {
  const room = rooms.find(({ path }) => path === '/nix/store');
  if (room === undefined) return null;
  const { freeBytes: bytes, mountPoint } = room;
  return {
    id: 'target-space',
    subject: mountPoint,
    state: bytes < leastStoreBytes ? 'failed' : bytes < wantedStoreBytes ? 'warning' : 'ok',
    found: { kind: 'target-space', of: 'store', bytes, leastBytes: wantedStoreBytes },
  };
}

function namedDisks(target: Target, wanted: WantedSystem | null): readonly TargetDisk[] {
  const found = (wanted?.disks ?? []).flatMap(({ device }) => findDevice(device, target) ?? []);
  return [...new Set(found)];
}

/** Only disko formats; what is mounted then comes from it. */
export function diskoItem(target: Target, { disks }: WantedSystem): CheckItem | null {
  if (wayOf(target) === 'switch') return null;
  const count = disks?.length ?? null;
  return {
    id: 'disko',
    subject: null,
    state: count === null || count === 0 ? 'failed' : 'ok',
    found: { kind: 'disko', disks: count },
  };
}

/** An item a device: the disks of disko before a format, what must be mounted before a switch. */
export function deviceItems(target: Target, wanted: WantedSystem): readonly CheckItem[] {
  const way = wayOf(target);
  return wantedDevices(target, wanted).map(([wantedBy, device]): CheckItem => {
    const disk = findDevice(device, target);
    const others = disk === null ? wholeDisks(target).map((other) => deviceSeen(other, target)) : [];
    const state = disk === null || (disk.readOnly && way !== 'switch') ? 'failed' : 'ok';
    return {
      id: 'target-device',
      subject: device,
      state,
      found: {
        kind: 'target-device',
        ...{ device, wantedBy, others, way },
        found: disk === null ? null : deviceSeen(disk, target),
      },
    };
  });
}

function wantedDevices(
  target: Target,
  { disks, fileSystems }: WantedSystem,
): readonly (readonly [string, string])[] {
  if (wayOf(target) !== 'switch')
    return (disks ?? []).map(({ name, device }) => [`disko.devices.disk.${name}`, device]);
  return fileSystems
    .filter(({ device, optional }) => device.startsWith('/dev/') && !optional)
    .map(({ mountPoint, device }) => [mountPoint, device]);
}

/** Only an installer can be without them: what runs now is on its disk, and kexec leaves it. */
export function busyItems(target: Target, { disks }: WantedSystem): readonly CheckItem[] {
  if (wayOf(target) !== 'install') return [];
  return (disks ?? []).flatMap(({ device }): readonly CheckItem[] => {
    const disk = findDevice(device, target);
    if (disk === null) return [];
    const users = usersOf(disk, target);
    return [
      {
        id: 'target-busy',
        subject: device,
        state: users.length > 0 ? 'failed' : 'ok',
        found: { kind: 'target-busy', device, users },
      },
    ];
  });
}

/** The name that the guide's module gives it; a pool whose volume it lies on waits for it for ever. */
export function credstoreItem(target: Target, wanted: WantedSystem | null): CheckItem | null {
  if (wayOf(target) !== 'install' || (wanted !== null && wanted.zfs === false)) return null;
  const open =
    target.disks.find(({ mapping }) => mapping !== null && /credstore/i.test(mapping))?.mapping ?? null;
  const pools = target.pools.map(({ name }) => name);
  return {
    id: 'credstore',
    subject: open,
    state: open === null ? 'ok' : 'failed',
    found: { kind: 'credstore', open, pools },
  };
}
