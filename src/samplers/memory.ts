/** Reads meminfo, vmstat, zram and the ZFS ARC: the memory part of a Sample. */
import { ok, orNull } from '../base/problem.ts';
import type { MemoryRaw, SampleParts } from '../model/sample.ts';
import { parseArcstats, parseZram } from '../parse/compressed-memory.ts';
import { parseMeminfo } from '../parse/meminfo.ts';
import { parseVmstat } from '../parse/vmstat.ts';
import type { KeptFile, Ports } from '../platform/ports.ts';

/** zram devices and the ZFS module come and go with a command of the administrator, not with a tick. */
const searchEveryMs = 30_000;

export interface MemoryReader {
  (): SampleParts['memory'];
  close(): void;
}

export function createMemoryReader(ports: Pick<Ports, 'files' | 'clock' | 'native'>): MemoryReader {
  const { files, clock, native } = ports;
  const meminfo = files.keep('/proc/meminfo');
  const vmstat = files.keep('/proc/vmstat');
  let zram: KeptFile[] = [];
  let arc: KeptFile | null = null;
  let searchedAtMs = Number.NEGATIVE_INFINITY;

  function search(atMs: number): void {
    if (atMs - searchedAtMs < searchEveryMs) return;
    searchedAtMs = atMs;
    for (const file of zram) file.close();
    const names = (orNull(files.list('/sys/block')) ?? []).filter((name) => /^zram\d+$/.test(name));
    zram = names.map((name) => files.keep(`/sys/block/${name}/mm_stat`));
    arc?.close();
    arc = files.list('/proc/spl/kstat/zfs').ok ? files.keep('/proc/spl/kstat/zfs/arcstats') : null;
  }

  function zramSizes(): MemoryRaw['zram'] {
    let originalBytes = 0;
    let usedBytes = 0;
    for (const file of zram) {
      const sizes = parseZram(orNull(file.read()) ?? '');
      originalBytes += sizes?.originalBytes ?? 0;
      usedBytes += sizes?.usedBytes ?? 0;
    }
    // A device that the module made and nobody uses is no zram to speak of.
    return usedBytes === 0 ? null : { originalBytes, usedBytes };
  }

  const read = (): SampleParts['memory'] => {
    const atMs = clock.monotonic();
    search(atMs);
    const text = meminfo.read();
    if (!text.ok) return { atMs, ...text };
    const parsed = parseMeminfo(text.value);
    if (!parsed.ok) return { atMs, ...parsed };
    return {
      atMs,
      ...ok({
        ...parsed.value,
        ...parseVmstat(orNull(vmstat.read()) ?? ''),
        pageSizeBytes: native.pageSizeBytes,
        zram: zramSizes(),
        arc: arc === null ? null : parseArcstats(orNull(arc.read()) ?? ''),
      }),
    };
  };
  return Object.assign(read, {
    close() {
      for (const file of [meminfo, vmstat, ...zram]) file.close();
      arc?.close();
    },
  });
}
