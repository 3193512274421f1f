/** Memory: used, swapped and compressed from one reading, traffic from two. */

import { perSecond } from '../../base/rate.ts';
import type { Memory } from '../model.ts';
import type { MemoryRaw } from '../sample.ts';

export interface MemoryCarry {
  readonly atMs: number;
  readonly raw: MemoryRaw;
}

export function deriveMemory(raw: MemoryRaw, atMs: number, before: MemoryCarry | null): Memory {
  const elapsedMs = before === null ? null : atMs - before.atMs;
  const last = before?.raw ?? null;
  const pagesPerSec = (now: number | null, then: number | null): number | null => {
    const rate = perSecond(now, then, elapsedMs);
    return rate === null ? null : rate * raw.pageSizeBytes;
  };
  return {
    totalBytes: raw.totalBytes,
    availableBytes: raw.availableBytes,
    usedBytes: difference(raw.totalBytes, raw.availableBytes),
    pageCacheBytes: raw.pageCacheBytes,
    dirtyBytes: raw.dirtyBytes,
    writebackBytes: raw.writebackBytes,
    swapTotalBytes: raw.swapTotalBytes,
    swapUsedBytes: difference(raw.swapTotalBytes, raw.swapFreeBytes),
    swapInBytesPerSec: pagesPerSec(raw.swapInPages, last?.swapInPages ?? null),
    swapOutBytesPerSec: pagesPerSec(raw.swapOutPages, last?.swapOutPages ?? null),
    majorFaultsPerSec: perSecond(raw.majorFaults, last?.majorFaults ?? null, elapsedMs),
    refaultsPerSec: perSecond(raw.refaults ?? null, last?.refaults ?? null, elapsedMs),
    scannedPagesPerSec: perSecond(raw.scannedPages ?? null, last?.scannedPages ?? null, elapsedMs),
    oomKills: raw.oomKills,
    zramRatio:
      raw.zram === null || raw.zram.usedBytes === 0 ? null : raw.zram.originalBytes / raw.zram.usedBytes,
    arcBytes: raw.arc?.sizeBytes ?? null,
    arcMinBytes: raw.arc?.minBytes ?? null,
  };
}

/** The kernel's rows are not of one instant: available can exceed total on an idle machine. */
function difference(total: number | null, part: number | null): number | null {
  return total === null || part === null ? null : Math.max(0, total - part);
}
