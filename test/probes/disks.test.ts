/** Probes that read disks, on real ones: files behind loop devices, of which one has lost its end. */
import { describe, expect, test } from 'vitest';
import { badBlocks } from '../../src/probes/bad-blocks.ts';
import { layersBelow } from '../../src/probes/block-layers.ts';
import { readSpeed } from '../../src/probes/read-speed.ts';
import { createFakeFiles } from '../support/fake-files.ts';
import { realProbe } from '../support/probe-context.ts';
import { makeTornDisk, noDisks } from '../support/small-disk.ts';

if (noDisks !== null) console.warn(`Skipping real disks: ${noDisks}.`);
const mib = 2 ** 20;

describe.skipIf(noDisks !== null)('a real disk', () => {
  test('how fast it reads', async () => {
    using disk = makeTornDisk(64 * mib, 64 * mib);
    const { context } = realProbe();
    const found = await readSpeed(disk.device, context);
    if (!found.ok) throw new Error(JSON.stringify(found.problem));
    expect(found.value.layers).toEqual([
      { device: disk.device, bytesPerSec: expect.any(Number), sizeBytes: 64 * mib },
    ]);
    expect(found.value.layers[0]?.bytesPerSec).toBeGreaterThan(mib);
  });

  test('what cannot be read is counted, and nothing else', async () => {
    using disk = makeTornDisk(40 * mib, 24 * mib);
    const { context, progress } = realProbe();
    expect(await badBlocks(disk.device, context)).toEqual({
      ok: true,
      value: { badBlocks: (16 * mib) / 4096, checkedBytes: 40 * mib, totalBytes: 40 * mib },
    });
    expect(progress.at(-1)).toMatch(/^40 MB of 40 MB, about 0 s left, 4096 bad blocks$/);
  });

  test('a sound one has none', async () => {
    using disk = makeTornDisk(8 * mib, 8 * mib);
    const { context } = realProbe();
    expect(await badBlocks(disk.device, context)).toMatchObject({ value: { badBlocks: 0 } });
  });

  test('its speed where it cannot be read: the error is said, not a number', async () => {
    using disk = makeTornDisk(64 * mib, 4096);
    const { context } = realProbe();
    expect(await readSpeed(disk.device, context)).toMatchObject({
      problem: { kind: 'malformed', cause: expect.stringContaining('Input/output error') },
    });
  });

  test('ended before it began', async () => {
    using disk = makeTornDisk(8 * mib, 8 * mib);
    const { context, cancel } = realProbe();
    cancel();
    expect(await badBlocks(disk.device, context)).toMatchObject({ problem: { kind: 'timeout' } });
    expect(await readSpeed(disk.device, context)).toMatchObject({ problem: { kind: 'timeout' } });
  });
});

test('a disk that is not there', async () => {
  const { context } = realProbe();
  expect(await badBlocks('no-such-disk', context)).toMatchObject({ problem: { kind: 'gone' } });
  expect(await readSpeed('no-such-disk', context)).toMatchObject({ problem: { kind: 'gone' } });
});

test('what lies below an encrypted volume, with sizes', () => {
  const files = createFakeFiles({
    '/sys/class/block/dm-1': { link: '../../devices/virtual/block/dm-1' },
    '/sys/class/block/dm-1/size': '100\n',
    '/sys/class/block/dm-1/slaves/dm-0': '',
    '/sys/class/block/dm-0': { link: '../../devices/virtual/block/dm-0' },
    '/sys/class/block/dm-0/size': '200\n',
    '/sys/class/block/dm-0/slaves/nvme0n1p2': '',
    '/sys/class/block/nvme0n1p2': { link: '../../devices/pci/block/nvme0n1/nvme0n1p2' },
    '/sys/class/block/nvme0n1p2/partition': '2\n',
    '/sys/class/block/nvme0n1p2/size': '300\n',
    '/sys/class/block/nvme0n1': { link: '../../devices/pci/block/nvme0n1' },
    '/sys/class/block/nvme0n1/size': '400\n',
  });
  expect(layersBelow(files, 'dm-1')).toEqual([
    { device: 'dm-1', bytes: 51_200, disk: null },
    { device: 'dm-0', bytes: 102_400, disk: null },
    { device: 'nvme0n1p2', bytes: 153_600, disk: 'nvme0n1' },
    { device: 'nvme0n1', bytes: 204_800, disk: null },
  ]);
});
