/**
 * Pressure stall triggers (Documentation/accounting/psi.rst): the kernel says when memory or a disk stalls. One
 * thread of the pool waits in poll(2) for all of them, and for the end.
 */
import { closeSync, constants, promises, writeSync } from 'node:fs';
import { fail, ok, type Result } from '../base/problem.ts';
import { problemOf } from './errno.ts';
import { type LoadKernel, loadKernel as loadKoffi, type WholeKernel } from './kernel.ts';
import type { PressureTriggers } from './ports.ts';

/**
 * The warnings of docs/decisions/0006, in µs of a window of 2 s: the only one that the kernel allows without
 * CAP_SYS_RESOURCE, and with it too.
 */
const triggers = [
  { path: '/proc/pressure/memory', text: 'some 500000 2000000' },
  { path: '/proc/pressure/memory', text: 'full 200000 2000000' },
  { path: '/proc/pressure/io', text: 'full 400000 2000000' },
] as const;

/** eventfd2(2). */
const eventfd2: Readonly<Partial<Record<NodeJS.Architecture, number>>> = {
  x64: 290,
  arm64: 19,
  riscv64: 19,
  loong64: 19,
};
const closeOnExec = 0o2000000;
const nonBlocking = 0o4000;

/** `struct pollfd { int fd; short events; short revents; }`. */
const pollfdBytes = 8;
const POLLIN = 1;
const POLLPRI = 2;
const POLLERR = 8;
/** So late at most the thread is back, even when nobody tells it to end. */
const usualWaitMs = 5000;
/** A poll that fails as often in a row is not asked again. */
const mostFailures = 3;

export function createPressureTriggers(
  loadKernel: LoadKernel = loadKoffi,
  waitMs = usualWaitMs,
): PressureTriggers {
  return {
    async watch(onEvent) {
      const kernel = await loadKernel().catch(() => null);
      const number = eventfd2[process.arch];
      if (kernel === null || number === undefined)
        return fail('unsupported', 'pressure triggers', 'no koffi');
      const opened = await openAll();
      if (!opened.ok) return opened;
      const wake = kernel.call(number, 0, closeOnExec | nonBlocking, 0, 0);
      if (wake < 0) {
        for (const file of opened.value) await file.close();
        return fail('unsupported', 'eventfd', `errno ${kernel.errno()}`);
      }
      let open = true;
      const descriptors = opened.value.map(({ fd }) => fd);
      const ended = waitFor(kernel, descriptors, wake, () => open, onEvent, waitMs).finally(async () => {
        open = false;
        closeSync(wake);
        for (const file of opened.value) await file.close();
      });
      return ok({
        close() {
          if (open) writeSync(wake, new Uint8Array(new BigUint64Array([1n]).buffer));
          open = false;
          return ended;
        },
      });
    },
  };
}

/** As many as the kernel grants; the first problem where it grants none. */
async function openAll(): Promise<Result<promises.FileHandle[]>> {
  const opened: promises.FileHandle[] = [];
  let problem: Result<never> | null = null;
  for (const { path, text } of triggers) {
    let file: promises.FileHandle | undefined;
    try {
      file = await promises.open(path, constants.O_RDWR | constants.O_NONBLOCK);
      await file.write(`${text}\0`);
      opened.push(file);
    } catch (error) {
      await file?.close();
      problem ??= { ok: false, problem: problemOf(error, path) };
    }
  }
  return opened.length > 0 ? ok(opened) : (problem ?? fail('unsupported', '/proc/pressure'));
}

async function waitFor(
  kernel: WholeKernel,
  descriptors: readonly number[],
  wake: number,
  isOpen: () => boolean,
  onEvent: () => void,
  waitMs: number,
): Promise<void> {
  // Not from a pool of buffers: the kernel writes into it while other code runs.
  const bytes = Buffer.allocUnsafeSlow((descriptors.length + 1) * pollfdBytes);
  for (const [index, descriptor] of [wake, ...descriptors].entries()) {
    bytes.writeInt32LE(descriptor, index * pollfdBytes);
    bytes.writeInt16LE(index === 0 ? POLLIN : POLLPRI, index * pollfdBytes + 4);
    bytes.writeInt16LE(0, index * pollfdBytes + 6);
  }
  let failures = 0;
  let left = descriptors.length;
  while (isOpen() && left > 0 && failures < mostFailures) {
    const ready = await kernel.poll(bytes, descriptors.length + 1, waitMs);
    failures = ready < 0 ? failures + 1 : 0;
    if (ready <= 0 || !isOpen()) continue;
    let happened = false;
    for (let index = 1; index <= descriptors.length; index += 1) {
      const events = bytes.readInt16LE(index * pollfdBytes + 6);
      if ((events & POLLERR) !== 0) {
        // Its trigger is gone: a negative descriptor is passed over.
        bytes.writeInt32LE(-1, index * pollfdBytes);
        left -= 1;
      } else if ((events & POLLPRI) !== 0) happened = true;
    }
    if (happened) onEvent();
  }
}
