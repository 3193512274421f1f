/** What ext4, btrfs and ZFS count and say of themselves; of the others, whether an error made them read-only. */
import { orNull } from '../base/problem.ts';
import type { ChunksRaw, FilesystemHealthRaw } from '../model/diagnosis/health.ts';
import { parseErrorStats } from '../parse/btrfs-state.ts';
import type { Mount } from '../parse/mountinfo-mounts.ts';
import type { Files } from '../platform/ports.ts';
import type { Below } from './careful-reads.ts';

type Reads = (directory: string) => Below;

/** A machine with more of them mounts images, not disks. */
const most = 64;
/** Made to be read only. */
const neverWritten = new Set(['squashfs', 'iso9660', 'erofs', 'udf', 'cramfs', 'romfs']);
const sectorBytes = 512;

export async function readFilesystemHealth(
  files: Files,
  below: Reads,
  mounts: readonly Mount[],
): Promise<readonly FilesystemHealthRaw[]> {
  const ofDisks = Map.groupBy(mounts, ({ device, type }) =>
    device.startsWith('0:') || neverWritten.has(type) ? null : device,
  );
  const rows: FilesystemHealthRaw[] = [];
  for (const [device, own] of [...ofDisks].slice(0, most)) {
    if (device === null) continue;
    const link = orNull(await files.linkSlow(`/sys/dev/block/${device}`));
    const name = link?.split('/').at(-1)?.replaceAll('!', '/') ?? device;
    const row = rowOf(own, name);
    rows.push(/^ext[234]$/.test(row.type) ? { ...row, ...(await readExt4(below, name)) } : row);
  }
  rows.push(...(await readBtrfs(files, below, mounts)));
  // `tank/nix` lies in the pool `tank`.
  const pools = Map.groupBy(mounts, ({ type, source }) =>
    type === 'zfs' ? source.split('/')[0] : undefined,
  );
  for (const [pool, own] of [...pools].slice(0, most)) {
    if (pool === undefined) continue;
    rows.push({ ...rowOf(own, pool), state: await below(`/proc/spl/kstat/zfs/${pool}`).text('state') });
  }
  return rows;
}

/** An error makes the file system read-only and leaves its mounts as they are; who mounts it so marks both. */
function rowOf(mounts: readonly Mount[], name: string): FilesystemHealthRaw {
  const [first] = mounts;
  return {
    type: first?.type ?? '',
    name,
    mountPoint: first?.mountPoint ?? null,
    readOnly: first === undefined ? null : mounts.some((one) => one.superReadOnly && !one.readOnly),
    errors: null,
    lastErrorMs: null,
    state: null,
    operation: null,
    btrfs: null,
  };
}

async function readExt4(below: Reads, name: string) {
  const of = below(`/sys/fs/ext4/${name.replaceAll('/', '!')}`);
  const lastSec = await of.number('last_error_time');
  return {
    errors: await of.number('errors_count'),
    lastErrorMs: lastSec === null || lastSec === 0 ? null : lastSec * 1000,
  };
}

async function readBtrfs(
  files: Files,
  below: Reads,
  mounts: readonly Mount[],
): Promise<readonly FilesystemHealthRaw[]> {
  const ids = ((await below('/sys/fs/btrfs').list('')) ?? []).filter((name) => /^[\da-f]{8}-/.test(name));
  const sources = new Map<string, string | null>();
  for (const { type, source } of mounts) {
    if (type === 'btrfs' && !sources.has(source)) sources.set(source, await nameOfDevice(files, source));
  }
  const rows: FilesystemHealthRaw[] = [];
  for (const id of ids.slice(0, most)) {
    const of = below(`/sys/fs/btrfs/${id}`);
    const devices = (await of.list('devices')) ?? [];
    const own = mounts.filter(
      ({ type, source }) => type === 'btrfs' && devices.includes(sources.get(source) ?? ''),
    );
    const device = sources.get(own[0]?.source ?? '') ?? null;
    rows.push({
      ...rowOf(own, id),
      ...(device === null ? {} : { device }),
      type: 'btrfs',
      errors: await errorsOf(of),
      operation: await of.text('exclusive_operation'),
      btrfs: await chunksOf(of, devices, below),
    });
  }
  return rows;
}

async function errorsOf(of: Below): Promise<number | null> {
  let sum: number | null = null;
  for (const id of (await of.list('devinfo')) ?? []) {
    const errors = parseErrorStats((await of.text(`devinfo/${id}/error_stats`)) ?? '');
    if (errors !== null) sum = (sum ?? 0) + errors;
  }
  return sum;
}

async function chunksOf(
  of: Below,
  devices: readonly string[],
  below: Reads,
): Promise<FilesystemHealthRaw['btrfs']> {
  const chunks = async (kind: string): Promise<ChunksRaw | null> => {
    const totalBytes = await of.number(`allocation/${kind}/total_bytes`);
    const usedBytes = totalBytes === null ? null : await of.number(`allocation/${kind}/bytes_used`);
    return totalBytes === null || usedBytes === null ? null : { totalBytes, usedBytes };
  };
  /** What is not yet of any kind, on all devices together; a mirrored byte takes two. */
  const unallocated = async (): Promise<number | null> => {
    let bytes = 0;
    for (const device of devices) {
      const sectors = await below(`/sys/class/block/${device}`).number('size');
      if (sectors === null) return null;
      bytes += sectors * sectorBytes;
    }
    for (const kind of ['data', 'metadata', 'system', 'mixed']) {
      bytes -= (await of.number(`allocation/${kind}/disk_total`)) ?? 0;
    }
    return devices.length === 0 ? null : Math.max(0, bytes);
  };
  const data = await chunks('data');
  const metadata = await chunks('metadata');
  return {
    unallocatedBytes: data === null && metadata === null ? null : await unallocated(),
    data,
    metadata,
    reserveBytes: await of.number('allocation/global_rsv_size'),
  };
}

/** Kernel name of a device file: `/dev/mapper/root` is `dm-0`. */
async function nameOfDevice(files: Files, path: string): Promise<string | null> {
  const target = orNull(await files.linkSlow(path)) ?? path;
  return target.split('/').at(-1) || null;
}
