/** What sysfs says of each disk, and of what is stacked on disks. */
import type { DeviceHealthRaw, HealthRaw } from '../model/diagnosis/health.ts';
import { kindOfDevice, layerOf, parseHexCount } from '../parse/device-state.ts';
import type { Below } from './careful-reads.ts';

/** A machine with more of them has a tool of its own. */
const most = 128;
/** The state of a device of NVMe that answers. */
const alive = 'live';

export async function readDeviceHealth(
  below: (directory: string) => Below,
): Promise<readonly DeviceHealthRaw[]> {
  const rows: DeviceHealthRaw[] = [];
  for (const name of ((await below('/sys/block').list('')) ?? []).slice(0, most)) {
    const kind = kindOfDevice(name);
    if (kind === null) continue;
    const row = await read[kind](below(`/sys/block/${name}`));
    rows.push({ ...nothing, ...row, device: name.replaceAll('!', '/'), kind });
  }
  return rows;
}

const nothing: Omit<DeviceHealthRaw, 'device' | 'kind'> = {
  state: null,
  suspended: null,
  layer: null,
  ioErrors: null,
  ioTimeouts: null,
  degraded: null,
  syncAction: null,
};

const read: Readonly<Record<DeviceHealthRaw['kind'], (of: Below) => Promise<Partial<DeviceHealthRaw>>>> = {
  scsi: async (of) => ({
    state: await of.text('device/state'),
    ioErrors: parseHexCount((await of.text('device/ioerr_cnt')) ?? ''),
    ioTimeouts: parseHexCount((await of.text('device/iotmo_cnt')) ?? ''),
  }),
  nvme: async (of) => ({ state: (await of.text('device/state')) ?? (await stateOfPaths(of)) }),
  dm: async (of) => ({
    suspended: await isSuspended(of),
    layer: layerOf((await of.text('dm/uuid')) ?? ''),
  }),
  md: async (of) => ({
    state: await of.text('md/array_state'),
    degraded: await of.number('md/degraded'),
    syncAction: await of.text('md/sync_action'),
  }),
  // virtio, MMC, bcache: nothing of the kind.
  other: async () => ({}),
};

/** The same devices with what is suspended now; null: nothing is, and nothing was. */
export async function readSuspended(
  below: (directory: string) => Below,
  devices: readonly DeviceHealthRaw[],
): Promise<readonly DeviceHealthRaw[] | null> {
  const rows: DeviceHealthRaw[] = [];
  for (const one of devices) {
    if (one.kind !== 'dm') rows.push(one);
    else rows.push({ ...one, suspended: await isSuspended(below(`/sys/block/${one.device}`)) });
  }
  return [...devices, ...rows].some(({ suspended }) => suspended === true) ? rows : null;
}

async function isSuspended(of: Below): Promise<boolean | null> {
  const suspended = await of.text('dm/suspended');
  return suspended === null ? null : suspended === '1';
}

/** With multipath a disk hangs below a subsystem, whose controllers are its paths: one that answers is enough. */
async function stateOfPaths(of: Below): Promise<string | null> {
  const controllers = ((await of.list('device')) ?? []).filter((name) => /^nvme\d+$/.test(name));
  let state: string | null = null;
  for (const name of controllers) {
    const one = await of.text(`device/${name}/state`);
    if (state !== alive && one !== null) state = one;
  }
  return state;
}

/** EDAC: of all memory controllers together; null where none tells. */
export async function readMemoryErrors(
  below: (directory: string) => Below,
): Promise<HealthRaw['memoryErrors']> {
  const of = below('/sys/devices/system/edac/mc');
  let told = false;
  let corrected = 0;
  let uncorrected = 0;
  for (const name of (await of.list('')) ?? []) {
    if (!/^mc\d+$/.test(name)) continue;
    const ce = await of.number(`${name}/ce_count`);
    const ue = await of.number(`${name}/ue_count`);
    told ||= ce !== null || ue !== null;
    corrected += ce ?? 0;
    uncorrected += ue ?? 0;
  }
  return told ? { corrected, uncorrected } : null;
}
