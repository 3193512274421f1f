/** What only the kernel can tell: the sizes its figures are counted in, and who we are. */
import { readFileSync } from 'node:fs';
import type { Native } from './ports.ts';

/** getauxval(3): pairs of unsigned longs, ended by type 0. */
const pageSizeType = 6;
const clockTicksType = 17;

export interface Auxv {
  readonly pageSizeBytes: number;
  readonly ticksPerSec: number;
}

/** Of /proc/self/auxv on a 64-bit little-endian machine; what is missing or absurd is 4096 and 100. */
export function parseAuxv(bytes: Uint8Array): Auxv {
  let pageSizeBytes = 4096;
  let ticksPerSec = 100;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 16 <= bytes.byteLength; at += 16) {
    const type = Number(view.getBigUint64(at, true));
    const value = Number(view.getBigUint64(at + 8, true));
    if (type === 0) break;
    if (type === pageSizeType && value >= 1024 && value <= 2 ** 24) pageSizeBytes = value;
    if (type === clockTicksType && value >= 1 && value <= 1_000_000) ticksPerSec = value;
  }
  return { pageSizeBytes, ticksPerSec };
}

export function createNative(): Native {
  let auxv: Uint8Array = new Uint8Array();
  try {
    auxv = readFileSync('/proc/self/auxv');
  } catch {
    // No /proc: the usual values.
  }
  return { uid: process.getuid?.() ?? -1, pid: process.pid, ...parseAuxv(auxv) };
}
