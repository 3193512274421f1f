/** Disk figures beside those of iostat(1) over the same seconds, under a real I/O load. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { derive } from '../../src/model/derive.ts';
import type { Disk } from '../../src/model/model.ts';
import type { Sample } from '../../src/model/sample.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createIostatSource } from '../../src/samplers/iostat.ts';

const windowSec = 5;
const missing =
  spawnSync('iostat', ['-V']).status === 0 ? null : 'no iostat on this machine (Debian: sysstat)';
if (missing !== null && !process.env.CI) console.warn(`iostat.test.ts is skipped: ${missing}`);

/** Direct and synced writes and direct reads of one small file, again and again, until it is killed. */
const load = `
dd if=/dev/zero of=data bs=64k count=512 oflag=direct 2>/dev/null
while :; do dd if=data of=/dev/null bs=16k iflag=direct 2>/dev/null; done &
while :; do dd if=/dev/zero of=data bs=64k count=256 oflag=direct conv=notrunc,fsync 2>/dev/null; done
`;

/** A real file system, unlike /tmp on many machines. */
const directory = mkdtempSync('/var/tmp/nixpulse-iostat-');
const started: ChildProcess[] = [];

afterAll(() => {
  for (const { pid } of started) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  rmSync(directory, { recursive: true, force: true });
});

function start(file: string, args: readonly string[]): ChildProcess {
  const child = spawn(file, args, {
    cwd: directory,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LC_ALL: 'C', S_TIME_FORMAT: 'ISO' },
  });
  started.push(child);
  return child;
}

/** Samples every few ms for as long as iostat runs, so that its two readings each have a near one. */
async function sampleBeside(
  child: ChildProcess,
): Promise<{ samples: Sample[]; output: string; endMs: number }> {
  const source = createIostatSource({ files: createFiles({ clock: systemClock }), clock: systemClock });
  const samples: Sample[] = [];
  let output = '';
  let endMs = 0;
  const take = () => {
    const monotonicMs = systemClock.monotonic();
    samples.push({ version: 1, timeMs: systemClock.now(), monotonicMs, ...source.sample() });
  };
  const timer = setInterval(take, 5);
  child.stdout?.on('data', (piece) => {
    // iostat reads, and prints at once what it has read.
    if (String(piece).includes('disk_device')) endMs = systemClock.monotonic();
    output += piece;
  });
  await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  source.close();
  return { samples, output, endMs };
}

function nearest(samples: readonly Sample[], atMs: number): Sample {
  return samples.reduce((best, sample) =>
    Math.abs(sample.monotonicMs - atMs) < Math.abs(best.monotonicMs - atMs) ? sample : best,
  );
}

type IostatRow = Readonly<Record<string, number>> & { readonly disk_device: string };

const figures: readonly [name: string, ours: (disk: Disk) => number | null][] = [
  ['r/s', (disk) => disk.readsPerSec],
  ['w/s', (disk) => disk.writesPerSec],
  ['rkB/s', (disk) => (disk.readBytesPerSec ?? Number.NaN) / 1024],
  ['wkB/s', (disk) => (disk.writeBytesPerSec ?? Number.NaN) / 1024],
  ['r_await', (disk) => disk.readAwaitMs],
  ['w_await', (disk) => disk.writeAwaitMs],
  ['f_await', (disk) => disk.flushAwaitMs],
  ['aqu-sz', (disk) => disk.queueSize],
  ['util', (disk) => disk.utilPercent],
];

describe.skipIf(missing !== null && !process.env.CI)('beside iostat', () => {
  test('the same figures within 5 %', { timeout: 60_000 }, async () => {
    expect(missing).toBeNull();
    start('sh', ['-c', load]);
    // Into the steady state: the file is written, both loops run.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const child = start('iostat', ['-xdy', '-o', 'JSON', String(windowSec), '1']);
    const { samples, output, endMs } = await sampleBeside(child);

    const last = nearest(samples, endMs);
    const first = nearest(samples, endMs - windowSec * 1000);
    const { disks } = derive(last, derive(first, null)).model;
    const rows: IostatRow[] = JSON.parse(output).sysstat.hosts[0].statistics[0].disk;
    // A loop device has a row only where it carries something of interest.
    const busy = rows
      .filter(({ disk_device }) => !disk_device.startsWith('loop'))
      .filter((row) => (row['r/s'] ?? 0) > 10 && (row['w/s'] ?? 0) > 10);
    expect(busy.length, `no disk was busy: ${join(directory, 'data')} lies on none`).toBeGreaterThan(0);

    for (const row of busy) {
      const disk = disks.find(({ device }) => device === row.disk_device);
      if (disk === undefined) throw new Error(`${row.disk_device} has no row`);
      for (const [name, ours] of figures) {
        const theirs = row[name] as number;
        const value = ours(disk) ?? 0;
        // 5 %, and what rounding to two decimals leaves out.
        const slack = 0.05 * Math.max(theirs, value) + 0.006;
        expect(
          Math.abs(value - theirs),
          `${row.disk_device} ${name}: ours ${value}, iostat ${theirs}`,
        ).toBeLessThan(slack);
        if (process.env.SHOW_FIGURES)
          console.info(`${row.disk_device} ${name} ours ${value} iostat ${theirs}`);
      }
    }
  });
});
