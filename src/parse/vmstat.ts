/** /proc/vmstat: swap traffic, major faults, what is dropped and needed again, OOM kills; since boot. */
import type { MemoryRaw } from '../model/sample.ts';
import { rowNumber } from './row-number.ts';

export type Vmstat = Pick<
  MemoryRaw,
  'swapInPages' | 'swapOutPages' | 'majorFaults' | 'oomKills' | 'refaults' | 'scannedPages'
>;

/** By who scans (mm/vmscan.c); pgscan_anon and pgscan_file count the same pages by what they hold. */
const scanners = ['pgscan_kswapd ', 'pgscan_direct ', 'pgscan_khugepaged ', 'pgscan_proactive '] as const;

/** `pswpin 0`: proc_vmstat(5). Rows that this kernel does not print are null. */
export function parseVmstat(text: string): Vmstat {
  const scanned = scanners.map((name) => rowNumber(text, name)).filter((count) => count !== null);
  return {
    swapInPages: rowNumber(text, 'pswpin '),
    swapOutPages: rowNumber(text, 'pswpout '),
    majorFaults: rowNumber(text, 'pgmajfault '),
    oomKills: rowNumber(text, 'oom_kill '),
    // Before 5.9 of files and anonymous pages together, which then were not counted.
    refaults: rowNumber(text, 'workingset_refault_file ') ?? rowNumber(text, 'workingset_refault '),
    scannedPages: scanned.length === 0 ? null : scanned.reduce((sum, count) => sum + count, 0),
  };
}
