/** The dashboard on a real disk that stops answering: an ext4 on a loop device, frozen. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sourceTable } from '../../../src/model/source-table.ts';
import { runDashboard } from '../../../src/modes/dashboard/dashboard.tsx';
import { systemClock } from '../../../src/platform/clock.ts';
import { createRecordingFiles } from '../../../src/platform/recording-files.ts';
import type { Source } from '../../../src/samplers/source.ts';
import { until } from '../../lab/wait.ts';
import { readWhole } from '../../record/segments.ts';
import { FakeProcess, FakeStdin, FakeStdout } from '../../support/fake-terminal.ts';
import {
  type FreezableDisk,
  mountFreezable,
  mountTmpfs,
  noDisks,
  type SmallDisk,
} from '../../support/small-disk.ts';

if (noDisks !== null) console.warn(`Skipping disks that stop answering: ${noDisks}.`);

const intervalMs = 25;

function start(disk: SmallDisk, name: string) {
  const stdin = new FakeStdin();
  const stdout = new FakeStdout(120, 30);
  const process = new FakeProcess();
  const files = createRecordingFiles();
  const directory = `${disk.path}/${name}`;
  const errors: string[] = [];
  let reads = 0;
  /** Monotonic ms. */
  const ticksAt: number[] = [];
  const file = { ok: true, value: { some: null, full: null } } as const;
  const source: Source = {
    id: 'pressure',
    sample() {
      reads += 1;
      ticksAt.push(systemClock.monotonic());
      const value = { cpu: file, memory: file, io: file, irq: file };
      return { pressure: { atMs: systemClock.monotonic(), ok: true, value } };
    },
    close() {},
  };
  const code = runDashboard({
    clock: systemClock,
    sources: [source],
    stdin,
    stdout,
    stderr: { write: (text: string) => errors.push(text) } as unknown as NodeJS.WritableStream,
    process,
    color: false,
    unicode: true,
    intervalScale: intervalMs / sourceTable.pressure.everyMs,
    recording: { files, directory, writer: '1', pid: 1, limits: { queueItems: 20 } },
  });
  const seen = (text: string) =>
    until(`“${text}” on the screen`, async () => (await stdout.screen()).join('\n').includes(text));
  const ticks = async (more: number) => {
    const from = reads;
    await until(`${more} ticks`, () => reads >= from + more);
  };
  /** How late the latest tick was in a time, so far. */
  const mostLateMs = (fromMs: number, toMs: number) => {
    const at = ticksAt.filter((atMs) => atMs >= fromMs && atMs <= toMs);
    return Math.max(...at.map((atMs, i) => atMs - (at[i - 1] ?? atMs) - intervalMs));
  };
  /** Ticks are as punctual as before, while a load on the machine may come and go: none waits for the disk. */
  const expectPunctual = (sinceMs: number) => {
    const nowMs = systemClock.monotonic();
    const before = mostLateMs(0, sinceMs);
    expect(mostLateMs(sinceMs, nowMs)).toBeLessThan(Math.max(before, (nowMs - sinceMs) / 2));
  };
  return { stdin, stdout, files, directory, errors, code, seen, ticks, expectPunctual };
}

describe.skipIf(noDisks !== null)('a disk that stops answering', { timeout: 30_000 }, () => {
  let disk: FreezableDisk;
  beforeAll(() => {
    disk = mountFreezable();
  });
  afterAll(() => disk?.unmount());

  test('ticks go on, what is lost is told and recorded as a gap, and recording goes on after it', async () => {
    const { stdin, stdout, files, directory, code, seen, ticks, expectPunctual } = start(disk, 'gap');
    await seen(' REC');
    await ticks(60);
    disk.freeze();
    const frozenMs = systemClock.monotonic();
    await seen('REC behind');
    await seen('the disk does not keep up');
    await ticks(60);
    expectPunctual(frozenMs);
    disk.thaw();
    await seen(' lost');
    const lost = Number(/REC (\d+) lost/.exec((await stdout.screen())[0] ?? '')?.[1]);
    expect((await stdout.screen()).join('\n')).not.toContain('the disk does not keep up');
    await ticks(10);
    stdin.write('q');
    expect(await code).toBe(0);
    const whole = await readWhole(files, directory);
    expect(whole.damage).toEqual([]);
    expect(lost).toBeGreaterThanOrEqual(20);
    expect(whole.events).toMatchObject([{ kind: 'gap', samples: lost, why: 'disk too slow' }]);
    const gap = whole.events[0];
    if (gap?.kind !== 'gap') throw new Error('no gap');
    expect(whole.samples.filter(({ timeMs }) => timeMs >= gap.fromMs && timeMs <= gap.timeMs)).toEqual([]);
    expect(whole.samples.filter(({ timeMs }) => timeMs > gap.timeMs).length).toBeGreaterThanOrEqual(10);
  });

  test('q gives the terminal back while nothing can be written, and says that a call hangs', async () => {
    const { stdin, stdout, files, directory, errors, code, seen, ticks } = start(disk, 'quit');
    await seen(' REC');
    await ticks(5);
    disk.freeze();
    await ticks(5);
    stdin.write('q');
    await until('the terminal', async () => {
      await stdout.screen();
      return stdout.terminal.buffer.active.type === 'normal';
    });
    expect(await code).toBe(0);
    expect(errors).toEqual([
      `nixpulse: the end of the recording is missing: the disk of ${directory} does not answer\n`,
    ]);
    expect(files.pending).toBeGreaterThan(0);
    disk.thaw();
    await until('the call', () => files.pending === 0);
  });
});

test.skipIf(noDisks !== null)('a full disk: ticks go on as before', { timeout: 30_000 }, async () => {
  using disk = mountTmpfs('4k');
  const { stdin, code, seen, ticks, expectPunctual } = start(disk, 'full');
  await seen(' REC');
  await seen('not recording: no space left');
  const fullMs = systemClock.monotonic();
  await ticks(60);
  expectPunctual(fullMs);
  stdin.write('q');
  expect(await code).toBe(0);
});
