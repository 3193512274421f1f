/** The source `iostat`: /proc/diskstats at each tick, and beside it what the disks carry. */
import { ok } from '../base/problem.ts';
import type { DiskRaw } from '../model/sample.ts';
import { parseDiskstats } from '../parse/diskstats.ts';
import type { Ports } from '../platform/ports.ts';
import { createBlockDevices } from './block-devices.ts';
import type { MountTable } from './mount-table.ts';
import { fullDetail, type LowDetail, type Source } from './source.ts';
import { createStorageReader } from './storage.ts';

/** RAM disks, floppies, optical drives, and the hidden paths of NVMe multipath: never worth a row. */
const never = /^(?:ram|fd|sr)\d+$|^nvme\d+c\d+n\d+$/;

export function createIostatSource(
  ports: Pick<Ports, 'files' | 'clock'>,
  lowDetail: LowDetail = fullDetail,
  table?: MountTable,
): Source {
  const { files, clock } = ports;
  const diskstats = files.keep('/proc/diskstats');
  const devices = createBlockDevices(files);
  const storage = createStorageReader(ports, devices, lowDetail, table);

  function wanted(name: string): boolean {
    if (storage.carriers.has(name)) return true;
    return !never.test(name) && !name.startsWith('loop') && !devices.isPartition(name);
  }
  /** An unused zram, nbd or card reader has never finished a request. */
  function shown(disk: DiskRaw): boolean {
    return disk.readsDone + disk.writesDone > 0 || disk.inFlight !== 0 || storage.carriers.has(disk.device);
  }

  return {
    id: 'iostat',
    sample() {
      const atMs = clock.monotonic();
      const text = diskstats.read();
      const rows = text.ok ? parseDiskstats(text.value, wanted) : text;
      const disks = rows.ok ? ok(rows.value.filter(shown)) : rows;
      storage.refresh(disks.ok ? disks.value.map((disk) => disk.device) : []);
      const arrived = storage.take();
      const parts = { disks: { atMs, ...disks } };
      return arrived === undefined ? parts : { ...parts, storage: arrived };
    },
    close() {
      diskstats.close();
    },
  };
}
