/** Reads which file systems carry Nix, what they lie on and how full they are: slowly, beside the tick. */

import { fail, ok, orNull, type Result } from '../base/problem.ts';
import { buildsOfState } from '../model/machine/build-directories.ts';
import type { BuildSize, PlacesRaw, UpperLayer } from '../model/machine/places.ts';
import type { FilesystemRaw, Reading, StorageRaw } from '../model/sample.ts';
import { type Mount, mountOf, parseSwaps } from '../parse/mountinfo-mounts.ts';
import type { Ports } from '../platform/ports.ts';
import type { BlockDevices } from './block-devices.ts';
import { readBuildSizes } from './build-sizes.ts';
import { createMountTable, type MountTable } from './mount-table.ts';
import { readBoot, readBuildSettings, upperLayerOf } from './places.ts';
import { fullDetail, type LowDetail } from './source.ts';

export interface StorageReader {
  /** Starts a refresh when one is due; `names` = devices seen in diskstats. */
  refresh(names: readonly string[]): void;
  /** A reading that has arrived since the last call. */
  take(): Reading<StorageRaw> | undefined;
  /** Devices that carry a path of interest or swap, directly or below. */
  readonly carriers: ReadonlySet<string>;
}

const refreshEveryMs = 5000;
/** While one will be full within a minute, at the pace of the last two looks. */
const refreshOftenMs = 1000;
const soonFullMs = 60_000;
/** Of the room for builds: with less it is worth to know who holds it. */
const shortShare = 0.1;
const sizesLastMs = 10_000;
/** While details are left out: a statfs of a frozen disk holds a thread. */
const refreshSeldomMs = 60_000;
/** Settings and the boot partition hardly ever change. */
const placesLastMs = 30_000;
const always = ['/nix', '/', '/tmp'];
/** On no device of their own, but on one that their source names. */
const namedBySource = new Set(['btrfs', 'bcachefs']);

type MountDevices = Pick<FilesystemRaw, 'device' | 'disks'> & { readonly stack: readonly string[] };
type Space = FilesystemRaw['space'];

export function createStorageReader(
  ports: Pick<Ports, 'files' | 'clock'>,
  devices: BlockDevices,
  lowDetail: LowDetail = fullDetail,
  table: MountTable = createMountTable(ports),
): StorageReader {
  const { files, clock } = ports;
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let underWay = false;
  /** The last look failed: the next one does not wait until memory is there again. */
  let failed = false;
  let arrived: Reading<StorageRaw> | undefined;
  let carriers = new Set<string>();
  let settings: Awaited<ReturnType<typeof readBuildSettings>> = { buildDirectory: null, minFreeBytes: null };
  let boot: PlacesRaw['boot'] = null;
  let placesAtMs = Number.NEGATIVE_INFINITY;
  /** A mount that did not answer: settings and kernels may lie on it, and each question would hold a thread. */
  let someHung = false;
  let last: { readonly atMs: number; readonly rooms: ReadonlyMap<string, number> } | null = null;
  let fillsUp = false;
  let sizes: { readonly atMs: number; readonly value: readonly BuildSize[] } | null = null;
  let sizing = false;

  async function devicesOf(mount: Mount): Promise<MountDevices> {
    let names: readonly string[] = [];
    if (!mount.device.startsWith('0:')) {
      const name = devices.byNumber(mount.device);
      if (name !== null) names = [name];
    } else if (namedBySource.has(mount.type)) {
      const found = await Promise.all(mount.source.split(':').map((path) => devices.byPath(path)));
      names = found.filter((name) => name !== null);
      if (mount.type === 'btrfs' && names[0] !== undefined) names = devices.btrfsMembers(names[0]);
    }
    return {
      device: names[0] ?? null,
      disks: [...new Set(names.flatMap((name) => devices.hardwareBelow(name)))],
      stack: names.flatMap((name) => devices.stackOf(name)),
    };
  }

  /** Of the paths that need not exist, the ones on a file system of their own. */
  function pathsOfInterest(mounts: readonly Mount[], builds: string): readonly string[] {
    const seen = new Set(always.map((path) => mountOf(path, mounts)?.device));
    const paths = [...always];
    for (const path of ['/nix/store', builds]) {
      const device = mountOf(path, mounts)?.device;
      if (device === undefined || seen.has(device)) continue;
      seen.add(device);
      paths.push(path);
    }
    return paths;
  }

  async function spaceOf(path: string, hung: ReadonlySet<string>, mount: Mount): Promise<Space> {
    // A second call below the same mount would only hold a second thread.
    if (hung.has(mount.mountPoint)) return fail('timeout', path, `${mount.mountPoint} does not answer`);
    return files.spaceSlow(path);
  }

  async function read(names: readonly string[]): Promise<Result<StorageRaw>> {
    const mounted = await table.read();
    if (!mounted.ok) return mounted;
    const { mounts } = mounted.value;
    if (mounts.length === 0) return fail('malformed', '/proc/self/mountinfo');
    if (!someHung && clock.monotonic() - placesAtMs >= placesLastMs) {
      placesAtMs = clock.monotonic();
      settings = await readBuildSettings(files);
      boot = await readBoot(files, mounts);
    }
    // Before Nix 2.30, and where it is missing, the daemon builds in /tmp.
    const builds = settings.buildDirectory ?? buildsOfState;

    const filesystems: FilesystemRaw[] = [];
    const carrying: string[] = [];
    const upperLayers: UpperLayer[] = [];
    const hung = new Set<string>();
    for (const path of pathsOfInterest(mounts, builds)) {
      const mount = mountOf(path, mounts);
      if (mount === null) continue;
      const space = await spaceOf(path, hung, mount);
      if (!space.ok && space.problem.kind === 'gone') continue;
      if (!space.ok && space.problem.kind === 'timeout') hung.add(mount.mountPoint);
      const { device, disks, stack } = await devicesOf(mount);
      const { mountPoint, type, source } = mount;
      const upper = upperLayerOf(mount, mounts);
      if (upper !== null && !upperLayers.some((one) => one.mountPoint === mountPoint))
        upperLayers.push(upper);
      carrying.push(...stack);
      filesystems.push({
        path,
        mountPoint,
        type,
        source,
        device,
        disks,
        // The numbers of the disk that a captured tree lies on are none of the captured machine.
        space: files.live || !space.ok ? space : fail('unsupported', path, 'captured tree'),
      });
    }

    someHung = hung.size > 0;
    fillsUp = willSoonBeFull(filesystems);

    const swap = await swapStack(mounts);
    carriers = new Set([...carrying, ...swap]);
    const atMs = clock.monotonic();
    const rows = [...new Set([...names, ...carriers])].map((name) => devices.facts(name, atMs));
    const place = settings.buildDirectory ?? '/tmp';
    const room = mountOf(place, filesystems);
    if (room !== null && needsSizes(room)) startSizing(place);
    else sizes = null;
    const buildSizes = sizes === null ? {} : { buildSizes: sizes.value };
    const places = { ...settings, ...buildSizes, upperLayers, boot };
    return ok({ filesystems, devices: rows, swap, places });
  }

  function willSoonBeFull(filesystems: readonly FilesystemRaw[]): boolean {
    const atMs = clock.monotonic();
    const rooms = new Map<string, number>();
    for (const { mountPoint, space } of filesystems)
      if (space.ok) rooms.set(mountPoint, space.value.availableBytes);
    const before = last;
    last = { atMs, rooms };
    if (before === null || atMs <= before.atMs) return false;
    return [...rooms].some(([mountPoint, bytes]) => {
      const fallen = (before.rooms.get(mountPoint) ?? bytes) - bytes;
      return fallen > 0 && (bytes / fallen) * (atMs - before.atMs) < soonFullMs;
    });
  }

  /** Little is left, or soon will be; never where it may hang, or while memory is short. */
  function needsSizes({ space }: FilesystemRaw): boolean {
    if (someHung || lowDetail.on || !space.ok) return false;
    return fillsUp || space.value.availableBytes < space.value.totalBytes * shortShare;
  }

  /** Beside the readings: they do not wait for it. */
  function startSizing(place: string): void {
    if (sizing || (sizes !== null && clock.monotonic() - sizes.atMs < sizesLastMs)) return;
    sizing = true;
    void readBuildSizes(files, place)
      .then((value) => {
        sizes = { atMs: clock.monotonic(), value };
      })
      .finally(() => {
        sizing = false;
      });
  }

  async function swapStack(mounts: readonly Mount[]): Promise<readonly string[]> {
    const swaps = parseSwaps(orNull(await files.readSlow('/proc/swaps')) ?? '');
    const stack = new Set<string>();
    for (const path of swaps) {
      const mount = path.startsWith('/dev/') ? null : mountOf(path, mounts);
      const device = path.startsWith('/dev/') ? await devices.byPath(path) : null;
      const names =
        mount === null ? (device === null ? [] : devices.stackOf(device)) : (await devicesOf(mount)).stack;
      for (const name of names) stack.add(name);
    }
    return [...stack];
  }

  return {
    refresh(names) {
      const now = clock.monotonic();
      const whole = fillsUp ? refreshOftenMs : refreshEveryMs;
      const everyMs = lowDetail.on && !failed ? refreshSeldomMs : whole;
      if (underWay || now - startedAtMs < everyMs) return;
      startedAtMs = now;
      underWay = true;
      void read(names)
        .then((result) => {
          failed = !result.ok;
          arrived = { atMs: clock.monotonic(), ...result };
        })
        .finally(() => {
          underWay = false;
        });
    },
    take() {
      const reading = arrived;
      arrived = undefined;
      return reading;
    },
    get carriers() {
      return carriers;
    },
  };
}
