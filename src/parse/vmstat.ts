/** /proc/vmstat: swap traffic, major faults, OOM kills since boot. */
import type { MemoryRaw } from '../model/sample.ts';
import { rowNumber } from './row-number.ts';

export type Vmstat = Pick<MemoryRaw, 'swapInPages' | 'swapOutPages' | 'majorFaults' | 'oomKills'>;

/** `pswpin 0`: proc_vmstat(5). Rows that this kernel does not print are null. */
export function parseVmstat(text: string): Vmstat {
  return {
    swapInPages: rowNumber(text, 'pswpin '),
    swapOutPages: rowNumber(text, 'pswpout '),
    majorFaults: rowNumber(text, 'pgmajfault '),
    oomKills: rowNumber(text, 'oom_kill '),
  };
}
