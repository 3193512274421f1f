/**
 * Keeps the program's own memory in memory. It cannot be locked (docs/decisions/0010), but what is used does
 * not go to swap: while memory is short a byte of each of its pages is read several times a second, which the kernel
 * counts as use and which brings back what went. On a thread of the pool, never on the main one.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { WholeKernel } from './kernel.ts';

export interface Keeping {
  /** One round now; how many pages were read. */
  round(): Promise<number>;
  stop(): void;
}

export interface KeepOptions {
  readonly kernel: WholeKernel;
  readonly pageBytes: number;
  readonly everyMs?: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const shortEveryMs = 200;
/** Rounds without pressure between two that are done all the same. */
const calmRounds = 25;
/** The kernel takes a page for one in use (its active list) once it has been used again and again. */
const firstRounds = 3;
/** Of a window somebody waited for memory: less is housekeeping. */
const shortUsecPerRound = 1000;
/** Mappings come and go with the heap: looked up anew after so many rounds. */
const lookUpRounds = 16;
const bytesPerEntry = 8;
const chunkBytes = 64 << 10;
/** UIO_MAXIOV. */
const pagesPerCall = 1024;

/**
 * Private memory without a file, readable and writable: `7f5a28000000-7f5a28826000 rw-p 00000000 00:00 0`
 * (proc_pid_maps(5)); files' mappings are locked.
 */
export function anonymousRanges(maps: string): Range[] {
  return [...maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw.p \S+ \S+ 0\s+(?:\[(?:heap|stack)\])?$/gm)].map(
    ([, start = '', end = '']) => ({ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) }),
  );
}

/** Which entries of /proc/pid/pagemap are of pages in memory (bit 63) or in swap (bit 62). */
export function usedEntries(pagemap: Uint8Array): number[] {
  const used: number[] = [];
  for (let at = bytesPerEntry - 1; at < pagemap.length; at += bytesPerEntry) {
    if (((pagemap[at] ?? 0) & 0xc0) !== 0) used.push((at + 1) / bytesPerEntry - 1);
  }
  return used;
}

/** Null where the kernel shows no pagemap. */
export async function keepResident({
  kernel,
  pageBytes,
  everyMs = shortEveryMs,
}: KeepOptions): Promise<Keeping | null> {
  const pagemap = await open('/proc/self/pagemap').catch(() => null);
  if (pagemap === null) return null;
  const pressure = await open('/proc/pressure/memory').catch(() => null);
  const text = new Uint8Array(256);
  let pages = new BigUint64Array();
  let rounds = 0;
  let calm = 0;
  let waitedUsec = Number.NaN;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function round(): Promise<number> {
    if (rounds % lookUpRounds === 0) pages = await usedPages(pagemap as FileHandle, pageBytes);
    rounds += 1;
    let read = 0;
    for (let from = 0; from < pages.length / 2 && !stopped; ) {
      const count = Math.min(pagesPerCall, pages.length / 2 - from);
      const done = await kernel.readOwn(pages.subarray(2 * from, 2 * (from + count)));
      // Ends before a page that is no longer mapped: that one is left out.
      read += Math.max(0, done);
      from += done === count ? count : Math.max(0, done) + 1;
    }
    return read;
  }

  /** True without figures: then one cannot know. */
  async function isShort(): Promise<boolean> {
    const bytes = (await pressure?.read(text, 0, text.length, 0).catch(() => null))?.bytesRead ?? 0;
    const total = Number(
      /^some .*total=(\d+)/.exec(Buffer.from(text.buffer, 0, bytes).toString('latin1'))?.[1],
    );
    const waited = total - waitedUsec;
    waitedUsec = total;
    return !(waited < shortUsecPerRound);
  }

  async function tick(): Promise<void> {
    calm = (await isShort()) ? 0 : calm + 1;
    while (rounds < firstRounds && !stopped) await round();
    if (calm % calmRounds === 0) await round();
    if (!stopped) timer = setTimeout(() => void tick(), everyMs).unref();
  }

  void tick();
  return {
    round,
    stop() {
      stopped = true;
      clearTimeout(timer);
      void pagemap.close();
      void pressure?.close();
    },
  };
}

/** `struct iovec`s of one byte each. */
async function usedPages(pagemap: FileHandle, pageBytes: number): Promise<BigUint64Array<ArrayBuffer>> {
  const chunk = new Uint8Array(chunkBytes);
  const addresses: number[] = [];
  for (const { start, end } of anonymousRanges(await readFile('/proc/self/maps', 'latin1'))) {
    const first = start / pageBytes;
    const bytes = ((end - start) / pageBytes) * bytesPerEntry;
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await pagemap.read(
        chunk,
        0,
        Math.min(chunkBytes, bytes - at),
        first * bytesPerEntry + at,
      );
      if (bytesRead === 0) break;
      const before = first + at / bytesPerEntry;
      for (const entry of usedEntries(chunk.subarray(0, bytesRead)))
        addresses.push((before + entry) * pageBytes);
      at += bytesRead;
    }
  }
  const pages = new BigUint64Array(2 * addresses.length);
  addresses.forEach((address, index) => {
    pages[2 * index] = BigInt(address);
    pages[2 * index + 1] = 1n;
  });
  return pages;
}
