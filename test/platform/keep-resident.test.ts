/** Our own memory: which pages it is, and that they are pinned or used. */
import { closeSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { address } from 'koffi';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bytesOfPages, createPins, touchPages } from '../../src/platform/hold-pages.ts';
import { keepResident } from '../../src/platform/keep-resident.ts';
import { loadKernel, type WholeKernel } from '../../src/platform/kernel.ts';
import { anonymousRanges, iovecs, ownRanges, usedEntries, usedRanges } from '../../src/platform/own-pages.ts';
import { until } from '../lab/wait.ts';
import { pinnedBytes } from '../support/pinned-bytes.ts';

const maps = `00400000-00744000 r--p 00000000 fe:00 4711      /usr/bin/node
06a00000-06a20000 rw-p 06600000 fe:00 4711      /usr/bin/node
06a20000-06b00000 rw-p 00000000 00:00 0 
0d0d9000-0d539000 rw-p 00000000 00:00 0                                  [heap]
7f0000000000-7f0000001000 ---p 00000000 00:00 0 
7f0000001000-7f0000002000 rw-s 00000000 00:05 77 /dev/zero (deleted)
7f0000002000-7f0000003000 rwxp 00000000 00:00 0 
7f0000003000-7f0000004000 rw-p 00000000 00:00 0 [anon:somebody's name]
7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0  [stack]
7ffc00100000-7ffc00102000 r-xp 00000000 00:00 0  [vdso]
7ffc00102000-7ffc0`;

test('our own memory: no file, no guard, nothing shared, no line that is cut', () => {
  expect(anonymousRanges(maps).map(({ start, end }) => `${start.toString(16)}-${end.toString(16)}`)).toEqual([
    '6a20000-6b00000',
    'd0d9000-d539000',
    '7f0000002000-7f0000003000',
    '7ffc00000000-7ffc00021000',
  ]);
});

/** Entries as the kernel gives them, bytes in little-endian order. */
const wordsOf = (bytes: readonly number[]) => new Int32Array(Uint8Array.from(bytes).buffer);

test('entries of pages in memory or in swap, neighbours as one range', () => {
  const entries = [[0x80], [0], [0x40], [0xa1], [0x21]].flatMap(([last = 0]) => [1, 2, 3, 4, 5, 6, 7, last]);
  expect(usedEntries(wordsOf(entries))).toEqual([
    { start: 0, end: 1 },
    { start: 2, end: 4 },
  ]);
  expect(usedEntries(wordsOf(entries.slice(0, 12)))).toEqual([{ start: 0, end: 1 }]);
  expect(usedEntries(new Int32Array())).toEqual([]);
});

test.each([0, 1 << 23])('a used page is found in what is empty, wherever it is (%i)', (empty) => {
  for (const at of [0, 511, 512, 1023, 1024, 1499]) {
    const words = new Int32Array(2 * 1500);
    for (let entry = 0; entry < 1500; entry += 1) words[2 * entry + 1] = entry === at ? 1 << 31 : empty;
    expect(usedEntries(words)).toEqual([{ start: at, end: at + 1 }]);
  }
});

test('a guard in a stack is neither, by its bit or by the type of its entry', () => {
  const guard = [0x9f, 0, 0, 0, 0, 0, 0x80, 0x44];
  const before615 = [0x9f, 0, 0, 0, 0, 0, 0x80, 0x40];
  const swapped = [0x81, 0, 0, 0, 0, 0, 0x80, 0x40];
  const hidden = [0, 0, 0, 0, 0, 0, 0x80, 0x44];
  expect(usedEntries(wordsOf([guard, before615, swapped, hidden].flat()))).toEqual([{ start: 2, end: 3 }]);
});

test('neighbouring pages are one piece', () => {
  expect([...iovecs([{ start: 4096, end: 12_288 }])]).toEqual([4096n, 8192n]);
});

describe.skipIf(process.platform !== 'linux')('touching', () => {
  /** `gone`: these of the first addresses are no longer mapped. */
  function kernelThat(gone: readonly number[]) {
    const missing = new Set<bigint>();
    const asked = new Set<bigint>();
    const touched = new Set<bigint>();
    let most = 0;
    const kernel: WholeKernel = {
      call: () => -1,
      errno: () => 0,
      callAside: async () => -1,
      poll: async () => -1,
      ring: () => -1,
      buffersAside: async () => -1,
      buffers: () => -1,
      memoryFile: () => openSync('/dev/null', 'w'),
      async writeAside(_, pieces) {
        const addresses = [...pieces].filter((_, index) => index % 2 === 0);
        if (asked.size === 0) for (const index of gone) missing.add(addresses[index] as bigint);
        for (const address of addresses) asked.add(address);
        most = Math.max(most, addresses.length);
        const end = addresses.findIndex((address) => missing.has(address));
        const written = end < 0 ? addresses : addresses.slice(0, end);
        for (const address of written) touched.add(address);
        return written.length === 0 ? -1 : written.length;
      },
    };
    return { kernel, missing, asked, touched, most: () => most };
  }

  test('pages that have gone are passed over, all others are touched', async () => {
    const { kernel, missing, asked, touched, most } = kernelThat([0, 5, 6, 1023]);
    const keeping = await keepResident(kernel);
    expect(await keeping?.how).toBe('no-ring');
    await keeping?.stop();
    expect(missing.size).toBe(4);
    expect(touched.size).toBeGreaterThan(2048);
    expect([...asked].filter((address) => !touched.has(address)).toSorted()).toEqual([...missing].toSorted());
    expect(most()).toBe(1024);
  });

  test('for real: as many pages as this process holds', async () => {
    const kernel = (await loadKernel()) as WholeKernel;
    const pagemap = await open('/proc/self/pagemap');
    const file = kernel.memoryFile();
    const touched = await touchPages(
      kernel,
      file,
      bytesOfPages(await usedRanges(pagemap, await ownRanges(), 4096), 4096),
    );
    closeSync(file);
    await pagemap.close();
    expect(touched * 4096).toBeGreaterThan(process.memoryUsage().heapUsed);
    expect(touched * 4096).toBeLessThan(2 * process.memoryUsage().rss);
  });

  test('nothing where the kernel has no files in memory', async () => {
    expect(await keepResident(null)).toBeNull();
    expect(await keepResident({ ...kernelThat([]).kernel, memoryFile: () => -1 })).toBeNull();
  });
});

describe.skipIf(process.platform !== 'linux')('pinning', () => {
  /** Every list is refused as often as `refusals` says, first come first. */
  async function kernelWithRings(refusals: number[]) {
    const real = (await loadKernel()) as WholeKernel;
    const held = new Map<number, number>();
    const log: string[] = [];
    const names = new Map<number, string>();
    const kernel: WholeKernel = {
      ...real,
      writeAside: async (_, pieces) => {
        log.push('touch');
        return pieces.length / 2;
      },
      ring() {
        const ring = openSync('/dev/null', 'r');
        names.set(ring, names.size === 0 ? 'a' : 'b');
        return ring;
      },
      async buffersAside(ring, pieces) {
        const name = names.get(ring);
        if (pieces === null) log.push(`free ${name}`);
        else if ((refusals.shift() ?? 0) > 0) log.push(`refused ${name}`);
        else log.push(`hold ${name}`);
        if (log.at(-1)?.startsWith('refused') === true) return -1;
        held.set(ring, pieces === null ? 0 : pieces.length / 2);
        return 0;
      },
      buffers(ring, pieces) {
        if ((refusals.shift() ?? 0) > 0) return -1;
        log.push(`hold ${names.get(ring)}`);
        held.set(ring, pieces.length / 2);
        return 0;
      },
      errno: () => 14,
    };
    return { kernel, log, held };
  }

  test('at no time nothing is pinned', async () => {
    const { kernel, log } = await kernelWithRings([]);
    const keeping = await keepResident(kernel);
    expect(await keeping?.how).toBe('pinned');
    await keeping?.round();
    await keeping?.round();
    await keeping?.stop();
    const rounds = log.slice(0, 5);
    expect(rounds).toEqual(['hold b', 'hold a', 'free b', 'hold b', 'free a']);
  });

  test('a page that goes meanwhile: listed anew; what was pinned stays so while that fails', async () => {
    const { kernel, log } = await kernelWithRings([1, 0, 1, 1, 1]);
    const keeping = await keepResident(kernel);
    expect(await keeping?.how).toBe('pinned');
    await keeping?.round();
    await keeping?.stop();
    expect(log.slice(0, 5)).toEqual(['refused b', 'hold b', 'refused a', 'refused a', 'refused a']);
    expect(log).not.toContain('touch');
  });

  test('who may not is touched', async () => {
    const { kernel, log } = await kernelWithRings([1, 1, 1, 1]);
    const keeping = await keepResident(kernel);
    expect(await keeping?.how).toEqual({ errno: 14 });
    await keeping?.stop();
    expect(log.slice(0, 4)).toEqual(['refused b', 'refused b', 'refused b', 'touch']);
  });

  test('who is asked why, and now may, is pinned', async () => {
    const { kernel, log } = await kernelWithRings([1, 1, 1]);
    const keeping = await keepResident(kernel);
    expect(await keeping?.how).toBe('pinned');
    await keeping?.round();
    await keeping?.stop();
    expect(log.slice(3, 6)).toEqual(['hold b', 'hold a', 'free b']);
  });

  test('and goes on: pins are renewed, by itself', async () => {
    const { kernel, log } = await kernelWithRings([]);
    const keeping = await keepResident(kernel);
    await until('two more rounds', () => log.filter((line) => line.startsWith('hold')).length > 2);
    await keeping?.stop();
  });

  test('who may not is touched again and again', async () => {
    const { kernel, log } = await kernelWithRings([1, 1, 1, 1]);
    const keeping = await keepResident(kernel);
    await keeping?.how;
    const first = log.length;
    await until('more', () => log.length > 2 * first);
    await keeping?.stop();
    expect(new Set(log.slice(3))).toEqual(new Set(['touch']));
  });

  test('a round for which there are no descriptors is left out, and ends nothing', async () => {
    const { kernel, log } = await kernelWithRings([]);
    const keeping = await keepResident(kernel);
    expect(await keeping?.how).toBe('pinned');
    kernel.buffersAside = () => Promise.reject(new Error('EMFILE'));
    await keeping?.round();
    await keeping?.stop();
    expect(log[0]).toBe('hold b');
  });

  test.skipIf(process.getuid?.() !== 0)(
    'for real: all that this process holds, and nothing afterwards',
    async ({ skip }) => {
      const kernel = (await loadKernel()) as WholeKernel;
      const pins = createPins(kernel);
      if (pins === null) return skip('no io_uring here');
      const pagemap = await open('/proc/self/pagemap');
      const before = pinnedBytes();
      const pinNow = () =>
        until('a pin', async () => pins.pin(await usedRanges(pagemap, await ownRanges(), 4096)));
      await pinNow();
      expect(pinnedBytes() - before).toBeGreaterThan(process.memoryUsage().heapUsed);
      await pinNow();
      expect(pinnedBytes() - before).toBeLessThan(2 * process.memoryUsage().rss);
      pins.release();
      await pagemap.close();
      await until('the pins to go', () => pinnedBytes() === before);
    },
  );

  /** madvise(2) of x86-64, MADV_GUARD_INSTALL and MADV_GUARD_REMOVE. */
  const [madvise, guardInstall, guardRemove] = [28, 102, 103];

  test.skipIf(process.arch !== 'x64' || process.getuid?.() !== 0)(
    'for real: memory with a guard in it, as stacks of glibc 2.42 are, is pinned but for the guard',
    async ({ skip }) => {
      const kernel = (await loadKernel()) as WholeKernel;
      const pins = createPins(kernel);
      const stack = new Uint8Array(1 << 20).fill(1);
      const guard = Math.ceil(Number(address(stack)) / 4096 + 100) * 4096;
      const guarded = kernel.call(madvise, guard, 4096, guardInstall, 0) === 0;
      onTestFinished(() => void kernel.call(madvise, guard, 4096, guardRemove, 0));
      if (pins === null || !guarded) return skip('no io_uring, or no guard regions (Linux 6.13)');
      const pagemap = await open('/proc/self/pagemap');
      const used = await usedRanges(pagemap, await ownRanges(), 4096);
      const covered = (page: number) => used.some(({ start, end }) => start <= page && page < end);
      expect([guard - 4096, guard, guard + 4096].map(covered)).toEqual([true, false, true]);
      await until('a pin', async () => pins.pin(await usedRanges(pagemap, await ownRanges(), 4096)));
      pins.release();
      await pagemap.close();
    },
  );
});
