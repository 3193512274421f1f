/** Probes that read disks, on real ones: files behind loop devices, of which one has lost its end. */
import { describe, expect, test } from 'vitest';
import { ok } from '../../src/base/problem.ts';
import { badBlocks } from '../../src/probes/bad-blocks.ts';
import { layersBelow } from '../../src/probes/block-layers.ts';
import { readSpeed } from '../../src/probes/read-speed.ts';
import { createFakeFiles } from '../support/fake-files.ts';
import { createFakeSpawn, type FakeStream } from '../support/fake-spawn.ts';
import { realProbe } from '../support/probe-context.ts';
import { makeTornDisk, noDisks } from '../support/small-disk.ts';

if (noDisks !== null) console.warn(`Skipping real disks: ${noDisks}.`);
/** The kernel tells of its errors, and for ten minutes whoever watches this machine sees a disk that fails. */
const torn = process.env.NIXPULSE_TORN_DISK === '1';
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

  test('a sound one has none', async () => {
    using disk = makeTornDisk(8 * mib, 8 * mib);
    const { context } = realProbe();
    expect(await badBlocks(disk.device, context)).toMatchObject({ value: { badBlocks: 0 } });
  });

  test('ended before it began', async () => {
    using disk = makeTornDisk(8 * mib, 8 * mib);
    const { context, cancel } = realProbe();
    cancel();
    expect(await badBlocks(disk.device, context)).toMatchObject({ problem: { kind: 'timeout' } });
    expect(await readSpeed(disk.device, context)).toMatchObject({ problem: { kind: 'timeout' } });
  });
});

if (torn) {
  test('what cannot be read is counted, and nothing else', async () => {
    using disk = makeTornDisk(40 * mib, 24 * mib);
    const { context, progress } = realProbe();
    expect(await badBlocks(disk.device, context)).toEqual({
      ok: true,
      value: { badBlocks: (16 * mib) / 4096, checkedBytes: 40 * mib, totalBytes: 40 * mib },
    });
    expect(progress.at(-1)).toMatch(/^40 MB of 40 MB, about 0 s left, 4096 bad blocks$/);
  });

  test('its speed where it cannot be read: the error is said, not a number', async () => {
    using disk = makeTornDisk(64 * mib, 4096);
    const { context } = realProbe();
    expect(await readSpeed(disk.device, context)).toMatchObject({
      problem: { kind: 'malformed', cause: expect.stringContaining('Input/output error') },
    });
  });
}

test('a disk that is not there', async () => {
  const { context } = realProbe();
  expect(await badBlocks('no-such-disk', context)).toMatchObject({ problem: { kind: 'gone' } });
  expect(await readSpeed('no-such-disk', context)).toMatchObject({ problem: { kind: 'gone' } });
});

/** Programs that answer as they did on a torn disk. */
function answering(answer: (command: readonly string[]) => FakeStream) {
  const { context, progress } = realProbe();
  const { ports } = context;
  const files = createFakeFiles({
    '/sys/class/block/sda': { link: '../../devices/pci/block/sda' },
    // 10 GB.
    '/sys/class/block/sda/size': '20971520\n',
  });
  const spawn = createFakeSpawn();
  spawn.onRun = () => ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
  spawn.onStream = (file, args) => {
    const words = [file, ...args];
    return answer(words.slice(words.indexOf('3') + 1));
  };
  return { context: { ...context, ports: { ...ports, files, spawn } }, progress };
}

test('bad blocks are counted over all pieces, which lie side by side', async () => {
  const ranges: (readonly number[])[] = [];
  const { context, progress } = answering((command) => {
    const [last = 0, first = 0] = command.slice(-2).map(Number);
    ranges.push([first, last]);
    return { lines: first === 65_536 ? ['65540', '65541'] : [] };
  });
  expect(await badBlocks('sda', context)).toEqual(
    ok({ badBlocks: 2, checkedBytes: 10 * 2 ** 30, totalBytes: 10 * 2 ** 30 }),
  );
  expect(ranges[0]?.[0]).toBe(0);
  for (const [at, [first]] of ranges.slice(1).entries()) expect(first).toBe((ranges[at]?.[1] ?? 0) + 1);
  expect(ranges.at(-1)?.[1]).toBe((10 * 2 ** 30) / 4096 - 1);
  expect(progress.at(-1)).toMatch(/^10\.0 GB of 10\.0 GB, .*, 2 bad blocks$/);
});

test('a disk of nothing but bad blocks is not read to its end', async () => {
  const { context } = answering(() => ({ lines: Array.from({ length: 10_000 }, (_, at) => `${at}`) }));
  expect(await badBlocks('sda', context)).toMatchObject({ value: { badBlocks: 10_000, partial: true } });
});

test('an error while its speed is measured is said', async () => {
  const { context } = answering(() => ({
    lines: ["2>dd: error reading '/dev/sda': Input/output error", '2>0 bytes copied, 0.01 s, 0.0 kB/s'],
    exitCode: 1,
  }));
  expect(await readSpeed('sda', context)).toMatchObject({
    problem: { kind: 'malformed', cause: "dd: error reading '/dev/sda': Input/output error" },
  });
});

test('who may not open it is told so', async () => {
  const { context } = answering(([program]) => ({
    lines: [
      program === 'dd'
        ? "2>dd: failed to open '/dev/sda': Permission denied"
        : '2>badblocks: Permission denied while trying to open /dev/sda',
    ],
    exitCode: 1,
  }));
  expect(await readSpeed('sda', context)).toMatchObject({ problem: { kind: 'denied' } });
  expect(await badBlocks('sda', context)).toMatchObject({ problem: { kind: 'denied' } });
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
