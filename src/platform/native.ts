/** What only the kernel can tell: the sizes its figures are counted in, who we are, and what we may. */
import { readFileSync } from 'node:fs';
import type { Native } from './ports.ts';
import { missingRights } from './rights.ts';

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
  const uid = process.getuid?.() ?? -1;
  const missing = missingRights({
    uid,
    status: read('/proc/self/status')?.toString('latin1') ?? null,
    uidMap: read('/proc/self/uid_map')?.toString('latin1') ?? null,
    readsFirst: () => read('/proc/1/io') !== null,
  });
  return {
    uid,
    pid: process.pid,
    missing: (right) => missing[right],
    may: (right) => missing[right].length === 0,
    // No /proc: the usual values.
    ...parseAuxv(read('/proc/self/auxv') ?? new Uint8Array()),
  };
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
