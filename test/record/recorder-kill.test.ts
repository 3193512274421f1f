/** kill -9 in the midst of writing, again and again: what was written whole is read back. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import type { RecorderStatus } from '../../src/model/past/recorded.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { magic, mark, recordHeadBytes, recordKinds, trailerMagic } from '../../src/record/format.ts';
import { samplesOf } from './made-up.ts';
import { readWhole } from './segments.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-kill-'));
/** In one file: it is started two hundred times. */
const program = join(scratch, 'writer.mjs');
buildSync({
  entryPoints: [fileURLToPath(new URL('writer.ts', import.meta.url))],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const files = createRecordingFiles();

function startWriter(directory: string, seed: number, samples: number, limits = {}) {
  const args = [program, directory, `${seed}`, `${samples}`, JSON.stringify(limits)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let changed = () => {};
  child.stdout.on('data', (data: Buffer) => {
    output += data;
    changed();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  /** Resolves when it has written so many dots. */
  const dots = (count: number) =>
    new Promise<void>((resolve) => {
      changed = () => output.length >= count && resolve();
      changed();
    });
  return { child, dots, ended, output: () => output };
}

/** Records of samples that lie whole in the file, counted by their heads alone. */
function wholeSamples(path: string): number {
  const bytes = readFileSync(path);
  const kinds: readonly number[] = [recordKinds.key, recordKinds.delta];
  let count = 0;
  // What ends a segment that was closed is no record: a writer that is slow to be killed has begun another.
  const trailer = bytes.toString('latin1', bytes.length - trailerMagic.length) === trailerMagic ? 16 : 0;
  for (let at = magic.length; at + recordHeadBytes <= bytes.length - trailer; ) {
    expect([bytes[at], bytes[at + 1]]).toEqual(mark);
    const end = at + recordHeadBytes + bytes.readUInt32LE(at + 3);
    if (end <= bytes.length && kinds.includes(bytes[at + 2] ?? 0)) count += 1;
    at = end;
  }
  return count;
}

function firstSamples(seed: number, count: number): Sample[] {
  const samples = samplesOf(seed);
  return Array.from({ length: count }, () => samples.next().value);
}

const kills = 200;
const atOnce = 2;

test(`${kills} times`, { timeout: 600_000 }, async () => {
  let killed = 0;
  const counts: number[] = [];
  async function killOne(seed: number): Promise<void> {
    const directory = join(scratch, `${seed}`);
    mkdirSync(directory);
    const { child, dots, ended } = startWriter(directory, seed, 0, { chunkSamples: 16 });
    // From before the first byte to some chunks.
    await dots(1 + (seed % 12));
    child.kill('SIGKILL');
    await ended;
    const segments = readdirSync(directory, { encoding: 'utf8' });
    const whole = segments.reduce((sum, name) => sum + wholeSamples(join(directory, name)), 0);
    counts.push(whole);
    if (whole > 0) {
      const { samples, damage } = await readWhole(files, directory);
      expect(samples).toEqual(firstSamples(seed, whole));
      for (const { what } of damage) expect(what).toContain('cut off');
    }
    rmSync(directory, { recursive: true });
  }
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (killed < kills) {
        killed += 1;
        await killOne(killed);
      }
    }),
  );
  expect(counts).toHaveLength(kills);
  // The kills came while it wrote: some in the first chunk, most after it.
  expect(counts.filter((count) => count > 16).length).toBeGreaterThan(kills / 2);
  expect(new Set(counts).size).toBeGreaterThan(5);
});

test('two at once: each writes its own, whole, and together they keep the limit', {
  timeout: 60_000,
}, async () => {
  const directory = join(scratch, 'two');
  const limits = { chunkSamples: 16, segmentBytes: 40_000, totalBytes: 400_000 };
  const writers = [1, 2].map((seed) => startWriter(directory, seed, 1000, limits));
  await Promise.all(writers.map(({ ended }) => ended));
  const pids = new Set(readdirSync(directory).map((name) => name.split('-')[1]));
  expect(pids).toEqual(new Set(writers.map(({ child }) => `${child.pid}`)));
  const statuses = writers.map(({ output }): RecorderStatus => JSON.parse(output().split('\n')[1] ?? ''));
  expect(statuses).toMatchObject([
    { state: 'off', dropped: 0 },
    { state: 'off', dropped: 0 },
  ]);
  expect(statuses.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0)).toBeGreaterThan(400_000);
  const { samples, damage } = await readWhole(files, directory);
  expect(damage).toEqual([]);
  const made = new Set([1, 2].flatMap((seed) => firstSamples(seed, 1000).map((one) => JSON.stringify(one))));
  for (const sample of samples) expect(made).toContain(JSON.stringify(sample));
});
