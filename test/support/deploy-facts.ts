/** A target of a deployment, its configuration and what is found of both, all sound unless a test says otherwise. */
import { ok } from '../../src/base/problem.ts';
import { deployItems } from '../../src/check/deploy.ts';
import type { CheckItem, ItemId } from '../../src/model/advice/check.ts';
import type { DeployFacts } from '../../src/model/advice/deploy-facts.ts';
import type { Target } from '../../src/model/advice/deploy-target.ts';
import type { WantedSystem } from '../../src/model/advice/wanted-system.ts';
import type { EvaluationRun } from '../../src/model/diagnosis/probe-values.ts';
import { ourKey, wanted } from './wanted-system.ts';

const GiB = 1024 ** 3;

export const installer: Target = {
  account: { uid: 0, name: 'root', groups: ['root'], privilege: 'root' },
  distribution: 'nixos',
  variant: 'installer',
  kernelName: 'Linux',
  machine: 'x86_64',
  kernelVersion: '6.12.44',
  container: 'none',
  tools: ['tar', 'cpio', 'setsid', 'curl', 'nix'],
  memory: { totalBytes: 8 * GiB, availableBytes: 7 * GiB, swapBytes: 0 },
  mounts: [
    { mountPoint: '/', type: 'tmpfs', source: 'tmpfs' },
    { mountPoint: '/iso', type: 'iso9660', source: '/dev/sr0' },
    { mountPoint: '/nix/.ro-store', type: 'squashfs', source: '/dev/loop0' },
    { mountPoint: '/nix/.rw-store', type: 'tmpfs', source: 'tmpfs' },
    { mountPoint: '/nix/store', type: 'overlay', source: 'overlay' },
  ],
  rooms: [
    { path: '/nix/store', mountPoint: '/nix/store', totalBytes: 4 * GiB, freeBytes: 3.9 * GiB },
    { path: '/nix/.rw-store', mountPoint: '/nix/.rw-store', totalBytes: 4 * GiB, freeBytes: 3.9 * GiB },
  ],
  disks: [disk('sr0', 1.2), disk('vda', 60), disk('vda1', 1, { partOf: 'vda' })],
  links: [{ path: '/dev/disk/by-id/virtio-root', device: '/dev/vda' }],
  swaps: [],
  pools: [],
  zfs: { loaded: true, found: true, version: '2.3.4-1' },
  firmware: { efi: true, bits: 64 },
  hasTpm: false,
  hostId: '8425e349',
  timeSec: 1_795_979_914,
  nix: { version: '2.31.2', trustedUsers: ['root'], minFreeBytes: 0, maxFreeBytes: 2 ** 63 },
  caches: [{ url: 'https://cache.nixos.org', httpStatus: 200 }],
  bootBytes: null,
};

/** A NixOS on /dev/vda2 with its boot loader on /dev/vda1. */
export const running: Target = {
  ...installer,
  variant: null,
  mounts: [
    { mountPoint: '/', type: 'ext4', source: '/dev/vda2' },
    { mountPoint: '/boot', type: 'vfat', source: '/dev/vda1' },
  ],
  rooms: [
    { path: '/nix/store', mountPoint: '/', totalBytes: 59 * GiB, freeBytes: 30 * GiB },
    { path: '/boot', mountPoint: '/boot', totalBytes: GiB, freeBytes: GiB / 2 },
  ],
  disks: [disk('vda', 60), disk('vda1', 1, { partOf: 'vda' }), disk('vda2', 59, { partOf: 'vda' })],
  links: [
    { path: '/dev/disk/by-uuid/aaaa', device: '/dev/vda2' },
    { path: '/dev/disk/by-id/virtio-root', device: '/dev/vda' },
  ],
  bootBytes: 40 * 1024 ** 2,
};

/** Another Linux, which nixos-anywhere replaces. */
export const debian: Target = {
  ...running,
  distribution: 'debian',
  zfs: { loaded: false, found: false, version: null },
  nix: null,
  bootBytes: null,
};

export function disk(
  name: string,
  gigabytes: number,
  more: Partial<Target['disks'][number]> = {},
): Target['disks'][number] {
  return {
    ...{ name, bytes: gigabytes * 1e9, readOnly: false, partOf: null, model: null },
    ...{ below: [], mapping: null, mappingId: null },
    ...more,
  };
}

export const evaluationRun: EvaluationRun = {
  ...{ end: 'done', configuration: '/etc/nixos#web', sec: 12, limitSec: 600, peakBytes: GiB },
  ...{ limitBytes: 4 * GiB, error: null, repeated: [], omittedFrames: 0, options: [], files: [] },
};

export function deployFacts(
  target: Partial<Target> = {},
  system: Partial<WantedSystem> = {},
  more: Partial<DeployFacts> = {},
): DeployFacts {
  return {
    host: 'root@web',
    reach: ok({ sec: 0.4, said: null }),
    ping: ok({ address: '10.0.0.5', answered: true }),
    target: ok({ ...installer, ...target }),
    clockAheadSec: 0,
    configuration: ok({ run: evaluationRun, said: [], system: { ...wanted, ...system } }),
    keys: { used: ourKey, offered: [ourKey] },
    localStore: ok({ freeBytes: 50 * GiB }),
    ...more,
  };
}

/** `{ssh: 'ok', 'target-busy': 'failed'}`; of several of one kind the worst that is no `ok`. */
export function statesOf(facts: DeployFacts): Partial<Record<ItemId, CheckItem['state']>> {
  const states: Partial<Record<ItemId, CheckItem['state']>> = {};
  for (const { id, state } of deployItems(facts))
    if (states[id] === undefined || state !== 'ok') states[id] = state;
  return states;
}

export function itemOf(facts: DeployFacts, id: ItemId): CheckItem {
  const item =
    deployItems(facts).find((one) => one.id === id && one.state !== 'ok') ??
    deployItems(facts).find((one) => one.id === id);
  if (item === undefined) throw new Error(`no item ${id}`);
  return item;
}
