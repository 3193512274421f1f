/**
 * Keeps the program's own memory in memory. It cannot be locked (docs/decisions/0011); it is pinned, and where
 * that may not be, used again and again. What can wait for memory is done on the pool, never on the main thread.
 */
import { closeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { WholeKernel } from './kernel.ts';
import { createNative } from './native.ts';
import { usedRanges } from './own-pages.ts';
import { createPins, type Pins } from './pin-pages.ts';
import { bytesOfPages, touchPages } from './touch-pages.ts';

/** `refused`, `no-ring`: by a right that is missing, by a kernel without io_uring; then it is merely used. */
export type Keeps = 'pinned' | 'refused' | 'no-ring';

export interface Keeping {
  /** Resolves after the first round. */
  readonly how: Promise<Keeps>;
  /** One round now. */
  round(): Promise<void>;
  stop(): Promise<void>;
}

/** Looks at the pressure: so far apart, and so many between two rounds, while memory is short and while it is not. */
interface Rhythm {
  readonly shortMs: number;
  readonly calmMs: number;
  readonly shortLooks: number;
  readonly calmLooks: number;
}
const touching: Rhythm = { shortMs: 100, calmMs: 250, shortLooks: 1, calmLooks: 20 };
/** Pins hold, and only what is new is not pinned. */
const pinning: Rhythm = { shortMs: 500, calmMs: 500, shortLooks: 4, calmLooks: 20 };
/** Looks without pressure after which all is well again. */
const heldLooks = 20;
/** Waiting for memory between two looks: less is housekeeping. */
const shortUsec = 500;
/** A page that goes between being listed and being pinned spoils the whole list. */
const pinAttempts = 3;
/** The kernel takes a page for one in use (its active list) once it has been used again and again. */
const firstTouches = 3;
/** Pages to touch are looked up anew after so many rounds. */
const lookUpRounds = 20;

/** Null where the kernel lacks what it takes. */
export async function keepResident(kernel: WholeKernel | null): Promise<Keeping | null> {
  const file = kernel === null ? -1 : kernel.memoryFile();
  const pagemap = file < 0 ? null : await open('/proc/self/pagemap').catch(() => null);
  if (kernel === null || pagemap === null) return null;
  const pressure = await open('/proc/pressure/memory').catch(() => null);
  const { pageSizeBytes } = createNative();
  let pins: Pins | null = createPins(kernel);
  const text = new Uint8Array(128);
  let toTouch = new BigUint64Array();
  let touches = 0;
  let calm = 0;
  let looks = 0;
  let waitedUsec = Number.NaN;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const listed = () => usedRanges(pagemap, pageSizeBytes);

  async function pinAll(): Promise<boolean> {
    for (let attempt = 0; attempt < pinAttempts && pins !== null && !stopped; attempt += 1) {
      if (await pins.pin(await listed())) return true;
    }
    return false;
  }

  async function touchAll(): Promise<void> {
    if (touches % lookUpRounds === 0) toTouch = bytesOfPages(await listed(), pageSizeBytes);
    touches += 1;
    if (!stopped) await touchPages(kernel as WholeKernel, file, toTouch);
  }

  /** What is not permitted at first will not be later. */
  async function first(): Promise<Keeps> {
    if (pins === null) {
      await touchFirst();
      return 'no-ring';
    }
    // Out of descriptors or memory for once: as if it were refused.
    if (await pinAll().catch(() => false)) return 'pinned';
    pins.release();
    pins = null;
    await touchFirst();
    return 'refused';
  }

  async function touchFirst(): Promise<void> {
    while (touches < firstTouches && !stopped) await touchAll().catch(() => {});
  }

  async function round(): Promise<void> {
    await how;
    // Out of descriptors or memory for once: the next round may have them.
    await (pins === null ? touchAll() : pinAll()).catch(() => {});
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
    const wasCalm = calm >= heldLooks;
    calm = (await isShort()) ? 0 : calm + 1;
    looks = wasCalm && calm === 0 ? 0 : looks + 1;
    const isCalm = calm >= heldLooks;
    const { shortMs, calmMs, shortLooks, calmLooks } = pins === null ? touching : pinning;
    if (looks % (isCalm ? calmLooks : shortLooks) === 0) await round();
    if (stopped) return;
    const nextLook = () => {
      looking = look();
    };
    timer = setTimeout(nextLook, isCalm ? calmMs : shortMs).unref();
  }

  const how = first();
  /** The newest one: the descriptors are its own until it has ended. */
  let looking = how.then(look);
  return {
    how,
    round,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
      pins?.release();
      closeSync(file);
      await pagemap.close();
      await pressure?.close();
    },
  };
}
