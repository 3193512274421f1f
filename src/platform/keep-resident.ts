/**
 * Keeps the program's own memory in memory. It cannot be locked (docs/decisions/0011), but what is in use does
 * not go to swap: while memory is short a byte of each of its pages is copied into a file in memory ten times a
 * second, which the kernel counts as use and which brings back what went. On the pool, never on the main thread.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { WholeKernel } from './kernel.ts';
import { createNative } from './native.ts';
import { anonymousRanges, usedEntries } from './own-pages.ts';

export interface Keeping {
  /** One round now: how many pages were touched. */
  round(): Promise<number>;
  stop(): Promise<void>;
}

/** A round of 12,000 pages takes a millisecond. */
const shortEveryMs = 100;
const calmEveryMs = 250;
/** Looks without pressure after which all is well again, and between two rounds then. */
const heldLooks = 20;
const calmLooks = 20;
/** Waiting for memory between two looks: less is housekeeping. */
const shortUsec = 500;
/** The kernel takes a page for one in use (its active list) once it has been used again and again. */
const firstRounds = 3;
/** Pages come and go with the heap: looked up anew after so many rounds. */
const lookUpRounds = 20;
const bytesPerEntry = 8;
const chunkBytes = 64 << 10;
/** UIO_MAXIOV. */
const mostPieces = 1024;

/** Null where the kernel lacks what it takes. */
export async function keepResident(kernel: WholeKernel | null): Promise<Keeping | null> {
  const file = kernel === null ? -1 : kernel.memoryFile();
  const pagemap = file < 0 ? null : await open('/proc/self/pagemap').catch(() => null);
  if (kernel === null || pagemap === null) return null;
  const pressure = await open('/proc/pressure/memory').catch(() => null);
  const { pageSizeBytes } = createNative();
  const text = new Uint8Array(128);
  let pieces = new BigUint64Array();
  let rounds = 0;
  let calm = 0;
  let waitedUsec = Number.NaN;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function round(): Promise<number> {
    if (rounds % lookUpRounds === 0) pieces = await usedPages(pagemap as FileHandle, pageSizeBytes);
    rounds += 1;
    let touched = 0;
    const count = pieces.length / 2;
    for (let from = 0; from < count && !stopped; ) {
      const end = Math.min(count, from + mostPieces);
      const written = Math.max(
        0,
        await (kernel as WholeKernel).writeAside(file, pieces.subarray(2 * from, 2 * end)),
      );
      touched += written;
      // It ends before a page that is no longer ours: on with the one after it.
      from += from + written === end ? written : written + 1;
    }
    return touched;
  }

  /** True without figures: then one cannot know. */
  async function isShort(): Promise<boolean> {
    const read = await pressure?.read(text, 0, text.length, 0).catch(() => null);
    const line = Buffer.from(text.buffer, 0, read?.bytesRead ?? 0).toString('latin1');
    const before = waitedUsec;
    waitedUsec = Number(/^some .*total=(\d+)/.exec(line)?.[1]);
    return !(waitedUsec - before < shortUsec);
  }

  async function look(): Promise<void> {
    calm = (await isShort()) ? 0 : calm + 1;
    do {
      if (calm < heldLooks || calm % calmLooks === 0) await round();
    } while (rounds < firstRounds && !stopped);
    if (!stopped)
      timer = setTimeout(() => void look(), calm < heldLooks ? shortEveryMs : calmEveryMs).unref();
  }

  const looking = look();
  return {
    round,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
      await pagemap.close();
      await pressure?.close();
    },
  };
}

/** A `struct iovec` of one byte for each page of our own that is in memory or in swap. */
async function usedPages(pagemap: FileHandle, pageBytes: number): Promise<BigUint64Array<ArrayBuffer>> {
  const chunk = new Uint8Array(chunkBytes);
  const addresses: number[] = [];
  for (const { start, end } of anonymousRanges(await readFile('/proc/self/maps', 'latin1'))) {
    const first = start / pageBytes;
    const bytes = ((end - start) / pageBytes) * bytesPerEntry;
    for (let at = 0; at < bytes; ) {
      const most = Math.min(chunkBytes, bytes - at);
      const { bytesRead } = await pagemap.read(chunk, 0, most, first * bytesPerEntry + at);
      if (bytesRead === 0) break;
      for (const entry of usedEntries(chunk.subarray(0, bytesRead))) {
        addresses.push((first + at / bytesPerEntry + entry) * pageBytes);
      }
      at += bytesRead;
    }
  }
  const pieces = new BigUint64Array(2 * addresses.length);
  addresses.forEach((address, index) => {
    pieces[2 * index] = BigInt(address);
    pieces[2 * index + 1] = 1n;
  });
  return pieces;
}
