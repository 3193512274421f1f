/** What of the program's files is let go of, in this process for real. */
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { bringBackNeighbours, cleanMappings, forgetStart } from '../../src/platform/forget-start.ts';
import { loadKernel, type WholeKernel } from '../../src/platform/kernel.ts';
import { createNative } from '../../src/platform/native.ts';
import { type Range, usedRanges } from '../../src/platform/own-pages.ts';

const smaps = `00400000-00744000 r--p 00000000 fe:00 4711      /usr/bin/node
Rss:                3352 kB
Anonymous:             0 kB
0074a000-03042000 r-xp 0034a000 fe:00 4711      /usr/bin/node
Anonymous:             0 kB
06900000-06a00000 r--p 06500000 fe:00 4711      /usr/bin/node
Anonymous:           132 kB
06a00000-06a20000 rw-p 06600000 fe:00 4711      /usr/bin/node
Anonymous:             0 kB
0d0d9000-0d539000 r--p 00000000 00:00 0         [heap]
Anonymous:             0 kB
`;

test('only files that nothing was written into: relocated data would be lost', () => {
  expect(cleanMappings(smaps).map(({ start }) => start.toString(16))).toEqual(['400000', '74a000']);
});

const { pageSizeBytes } = createNative();
const bytesOf = (ranges: readonly Range[]) => ranges.reduce((sum, { start, end }) => sum + end - start, 0);

test.runIf(process.platform === 'linux')('of data, and neighbours of what is used come back', async () => {
  const kernel = (await loadKernel()) as WholeKernel;
  const pagemap = await open('/proc/self/pagemap');
  onTestFinished(() => pagemap.close());
  const data = cleanMappings(readFileSync('/proc/self/smaps', 'latin1')).filter(
    ({ permissions }) => permissions === 'r--p',
  );
  const used = () =>
    usedRanges(
      pagemap,
      data.map(({ start, bytes }) => ({ start, end: start + bytes })),
      pageSizeBytes,
    );
  const before = bytesOf(await used());
  expect(await forgetStart(kernel, readFileSync('/proc/self/smaps', 'latin1'), 'data')).toEqual(data);
  const left = await used();
  expect(bytesOf(left)).toBeLessThan(before / 2);

  const gaps = left
    .map(({ end }, index) => ({ start: end, end: left[index + 1]?.start ?? end }))
    .filter(
      ({ start, end }) =>
        end - start <= 128 << 10 && data.some((one) => start > one.start && end < one.start + one.bytes),
    );
  expect(bytesOf(gaps)).toBeGreaterThan(0);
  await bringBackNeighbours(kernel, data, pageSizeBytes);
  expect(bytesOf(await usedRanges(pagemap, gaps, pageSizeBytes))).toBe(bytesOf(gaps));
});
