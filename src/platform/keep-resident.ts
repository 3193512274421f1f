/**
 * Keeps the program's own memory in memory; it cannot be locked (docs/decisions/0011). At start all pages are pinned,
 * and those that come later in one of the next rounds. Where pinning may not be, each round touches all pages instead.
 * Memory pressure is checked all the time: rounds are close together while memory is short, and far apart while not.
 * What can wait for memory is done on the pool, never on the main thread; while there is enough of it, the hundred ranges
 * of a heap are read at once, for each journey to the pool costs more than the read.
 */
import { closeSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { bytesOfPages, createPins, type Pins, touchPages } from './hold-pages.ts';
import type { WholeKernel } from './kernel.ts';
import { createNative } from './native.ts';
import { createChunk, ownRanges, type Pagemap, usedRanges } from './own-pages.ts';

/** An errno: they were refused; `no-ring`: a kernel without io_uring. Then the pages are touched. */
export type PinResult = 'pinned' | 'no-ring' | { readonly errno: number };

export interface ResidentMemory {
  /** Resolves after the first round. */
  readonly how: Promise<PinResult>;
  /** One round now. */
  round(): Promise<void>;
  stop(): Promise<void>;
}

/** Time between two checks of the pressure, and checks from one round to the next: while memory is short, while not. */
interface Intervals {
  readonly shortMs: number;
  readonly calmMs: number;
  readonly shortChecks: number;
  readonly calmChecks: number;
}
const touching: Intervals = { shortMs: 100, calmMs: 250, shortChecks: 1, calmChecks: 20 };
/** Pins hold, and only what is new is not pinned. */
const pinning: Intervals = { shortMs: 500, calmMs: 500, shortChecks: 4, calmChecks: 20 };
/** So many checks in a row without pressure: memory is no longer short. */
const calmAfterChecks = 20;
/** Waiting for memory between two checks: less is housekeeping. */
const shortUsec = 500;
/** A page that goes between being listed and being pinned spoils the whole list. */
const pinAttempts = 3;
/** The kernel takes a page for one in use (its active list) once it has been used again and again. */
const startTouches = 3;
/** Pages to touch are looked up anew after so many rounds. */
const relistRounds = 20;

/** Null where the kernel lacks what it takes. */
export async function keepResident(kernel: WholeKernel | null): Promise<ResidentMemory | null> {
  const file = kernel === null ? -1 : kernel.memoryFile();
  const pagemap = file < 0 ? null : await open('/proc/self/pagemap').catch(() => null);
  if (kernel === null || pagemap === null) return null;
  const pressure = await open('/proc/pressure/memory').catch(() => null);
  const { pageSizeBytes } = createNative();
  let pins: Pins | null = createPins(kernel);
  const text = Buffer.alloc(128);
  let toTouch = new BigUint64Array();
  let touches = 0;
  let calmFor = 0;
  let checks = 0;
  let waitedUsec = Number.NaN;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const chunk = createChunk();
  const atOnce: Pagemap = { read: (...given) => ({ bytesRead: readSync(pagemap.fd, ...given) }) };
  const isCalm = () => calmFor >= calmAfterChecks;
  const usedPages = async () =>
    usedRanges(isCalm() ? atOnce : pagemap, await ownRanges(), pageSizeBytes, chunk);

  async function pinAll(): Promise<boolean> {
    for (let attempt = 0; attempt < pinAttempts && pins !== null && !stopped; attempt += 1) {
      if (await pins.pin(await usedPages())) return true;
    }
    return false;
  }

  async function touchAll(): Promise<void> {
    if (touches % relistRounds === 0) toTouch = bytesOfPages(await usedPages(), pageSizeBytes);
    touches += 1;
    if (!stopped) await touchPages(kernel as WholeKernel, file, toTouch);
  }

  /** What is not permitted at first will not be later. */
  async function start(): Promise<PinResult> {
    // What of Node a calm round needs is in memory before the first of them.
    await usedRanges(atOnce, await ownRanges(), pageSizeBytes, chunk).catch(() => []);
    if (pins === null) {
      await touchOften();
      return 'no-ring';
    }
    // Out of descriptors or memory for once: asked once more.
    if (await pinAll().catch(() => false)) return 'pinned';
    const errno = pins.refusal(await usedPages());
    if (errno === 0) return 'pinned';
    pins.release();
    pins = null;
    await touchOften();
    return { errno };
  }

  async function touchOften(): Promise<void> {
    while (touches < startTouches && !stopped) await touchAll().catch(() => {});
  }

  async function round(): Promise<void> {
    await how;
    // Out of descriptors or memory for once: the next round may have them.
    await (pins === null ? touchAll() : pinAll()).catch(() => {});
  }

  /** True without figures: then one cannot know. A read that each tick of the dashboard begins with as well. */
  function isShort(): boolean {
    const line = text.toString('latin1', 0, readPressure());
    const before = waitedUsec;
    waitedUsec = Number(/^some .*total=(\d+)/.exec(line)?.[1]);
    return !(waitedUsec - before < shortUsec);
  }

  function readPressure(): number {
    try {
      return pressure === null ? 0 : readSync(pressure.fd, text, 0, text.length, 0);
    } catch {
      return 0;
    }
  }

  async function check(): Promise<void> {
    const wasCalm = isCalm();
    calmFor = isShort() ? 0 : calmFor + 1;
    checks = wasCalm && calmFor === 0 ? 0 : checks + 1;
    const { shortMs, calmMs, shortChecks, calmChecks } = pins === null ? touching : pinning;
    if (checks % (isCalm() ? calmChecks : shortChecks) === 0) await round();
    if (stopped) return;
    const nextCheck = () => {
      checking = check();
    };
    timer = setTimeout(nextCheck, isCalm() ? calmMs : shortMs).unref();
  }

  const how = start();
  /** The newest one: the descriptors are its own until it has ended. */
  let checking = how.then(check);
  return {
    how,
    round,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await checking;
      pins?.release();
      closeSync(file);
      await pagemap.close();
      await pressure?.close();
    },
  };
}
