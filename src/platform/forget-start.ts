/**
 * Lets go of the pages of the program's own files that only its start needed, before they would be locked in memory
 * (harden-memory.ts): what is used from now on comes back from the page cache. docs/decisions/0011.
 */
import { open } from 'node:fs/promises';
import { fileMappings, type Mapping } from './harden-memory.ts';
import type { WholeKernel } from './kernel.ts';
import { usedRanges } from './own-pages.ts';
import type { ForgottenPages } from './ports.ts';

type Arch = Readonly<Partial<Record<NodeJS.Architecture, number>>>;
/** Everybody but x86 has the number of asm-generic/unistd.h. */
const madvise: Arch = { x64: 28, arm64: 233, riscv64: 233, loong64: 233 };
const dontNeed = 4;
/** MADV_POPULATE_READ (Linux 5.14). */
const populateRead = 22;

/** Of smaps: files' read-only mappings in which nothing was written, so that dropping a page loses nothing. */
export function cleanMappings(smaps: string): Mapping[] {
  const clean: Mapping[] = [];
  let last: Mapping | undefined;
  for (const line of smaps.split('\n')) {
    if (/^[0-9a-f]+-/.test(line))
      [last] = fileMappings(line).filter(({ permissions }) => permissions[1] === '-');
    else if (line.startsWith('Anonymous:') && last !== undefined && /\s0 kB$/.test(line)) clean.push(last);
  }
  return clean;
}

/** The mappings that were let go of; none where it cannot be done. */
export async function forgetStart(
  kernel: WholeKernel,
  smaps: string,
  pages: ForgottenPages,
  arch = process.arch,
): Promise<Mapping[]> {
  const number = madvise[arch];
  if (number === undefined) return [];
  const forgotten: Mapping[] = [];
  for (const mapping of cleanMappings(smaps)) {
    if (pages === 'data' && mapping.permissions[2] === 'x') continue;
    if ((await kernel.callAside(number, mapping.start, mapping.bytes, dontNeed, 0)) === 0)
      forgotten.push(mapping);
  }
  return forgotten;
}

/**
 * What the start read as a whole (V8's snapshot, tables of symbols) is in long pieces of which nothing was used since.
 * A short one between pages in use is rather a neighbour that was not used yet: V8's tables of its functions.
 */
const neighbourBytes = 128 << 10;

/** Brings back what lies between pages that came back. */
export async function bringBackNeighbours(
  kernel: WholeKernel,
  forgotten: readonly Mapping[],
  pageBytes: number,
  arch = process.arch,
): Promise<void> {
  const number = madvise[arch];
  if (number === undefined) return;
  const pagemap = await open('/proc/self/pagemap');
  try {
    for (const { start, bytes } of forgotten) {
      const used = await usedRanges(pagemap, [{ start, end: start + bytes }], pageBytes);
      for (const [index, { end }] of used.entries()) {
        const gap = (used[index + 1]?.start ?? end) - end;
        if (gap > 0 && gap <= neighbourBytes) await kernel.callAside(number, end, gap, populateRead, 0);
      }
    }
  } finally {
    await pagemap.close();
  }
}
