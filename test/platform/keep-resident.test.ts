import { describe, expect, test } from 'vitest';
import { keepResident } from '../../src/platform/keep-resident.ts';
import { loadKernel, type WholeKernel } from '../../src/platform/kernel.ts';
import { anonymousRanges, usedEntries } from '../../src/platform/own-pages.ts';

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

test('entries of pages in memory or in swap', () => {
  const entries = [[0x80], [0], [0x40], [0xa1], [0x21]].flatMap(([last = 0]) => [1, 2, 3, 4, 5, 6, 7, last]);
  expect(usedEntries(Uint8Array.from(entries))).toEqual([0, 2, 3]);
  expect(usedEntries(Uint8Array.from(entries.slice(0, 15)))).toEqual([0]);
  expect(usedEntries(new Uint8Array())).toEqual([]);
});

describe.skipIf(process.platform !== 'linux')('a round', () => {
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
      memoryFile: () => 1_000_000,
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
    await keeping?.round();
    await keeping?.stop();
    expect(missing.size).toBe(4);
    expect(touched.size).toBeGreaterThan(2048);
    expect([...asked].filter((address) => !touched.has(address)).toSorted()).toEqual([...missing].toSorted());
    expect(most()).toBe(1024);
  });

  test('for real: as many pages as this process holds', async () => {
    const kernel = await loadKernel();
    const keeping = await keepResident(kernel);
    if (keeping === null) throw new Error('it was not begun');
    const touched = await keeping.round();
    await keeping.stop();
    expect(touched * 4096).toBeGreaterThan(process.memoryUsage().heapUsed);
    expect(touched * 4096).toBeLessThan(2 * process.memoryUsage().rss);
  });

  test('nothing where the kernel has no files in memory', async () => {
    expect(await keepResident(null)).toBeNull();
    expect(await keepResident({ ...kernelThat([]).kernel, memoryFile: () => -1 })).toBeNull();
  });
});
