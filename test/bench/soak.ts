/**
 * A day and more of simulated ticks through derive, store and screen, under the flags of the launcher: anonymous
 * memory stays below 60 MB and does not grow. `node test/bench/soak.ts [ticks]` (100,000 take some minutes);
 * exits 1 where it does not hold.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const most = 60e6;
/** Over the whole run: the track of a day fills up meanwhile. */
const mostGrowth = 4e6;
const [ticks = 100_000] = process.argv.slice(2).map(Number);
const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const launcher = readFileSync(join(project, 'bin/nixpulse'), 'utf8');
const flags = /^flags='([^']*)'/m.exec(launcher)?.[1] ?? '';
const plugins = await import(new URL('../../scripts/build-plugins.mjs', import.meta.url).href);

const directory = mkdtempSync(join(tmpdir(), 'nixpulse-soak-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, 'worker.cjs');
await build({
  entryPoints: [join(project, 'test/bench/soak-worker.tsx')],
  outfile: file,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  minify: true,
  jsx: 'automatic',
  charset: 'ascii',
  absWorkingDir: project,
  define: { 'process.env.NODE_ENV': '"production"', 'Intl.Segmenter': 'PlainSegmenter' },
  inject: [join(project, 'scripts/plain-text/segmenter.ts')],
  external: ['koffi'],
  plugins: [
    plugins.inkWithoutDevtools,
    plugins.yogaWithoutAwait(join(directory, 'yoga.wasm')),
    plugins.plainTextFirst,
  ],
});

interface Point {
  readonly tick: number;
  readonly anonymousBytes: number;
}
const points: Point[] = [];
const beganMs = performance.now();
const malloc = [...launcher.matchAll(/\b(MALLOC_\w+)=(\d+)/g)].map(([, name, value]) => [name, value]);
const env = { PATH: process.env.PATH ?? '', FORCE_COLOR: '1', ...Object.fromEntries(malloc) };
const worker = spawn(process.execPath, [...flags.split(' '), file, String(ticks)], { env });
worker.stderr.pipe(process.stderr);
for await (const line of createInterface({ input: worker.stdout })) {
  const point = JSON.parse(line) as Point;
  points.push(point);
  if (points.length % 10 === 0) console.log(`tick ${point.tick}: ${megabytes(point.anonymousBytes)} MB`);
}

/** Least squares over what comes after the warm-up, bytes a tick. */
function slopeOf(all: readonly Point[]): number {
  const later = all.slice(Math.floor(all.length / 5));
  const meanTick = later.reduce((sum, { tick }) => sum + tick, 0) / later.length;
  const meanBytes = later.reduce((sum, { anonymousBytes }) => sum + anonymousBytes, 0) / later.length;
  let [over, under] = [0, 0];
  for (const { tick, anonymousBytes } of later) {
    over += (tick - meanTick) * (anonymousBytes - meanBytes);
    under += (tick - meanTick) ** 2;
  }
  return under === 0 ? 0 : over / under;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

const highest = Math.max(...points.map(({ anonymousBytes }) => anonymousBytes));
const growth = slopeOf(points) * ticks;
const seconds = ((performance.now() - beganMs) / 1000).toFixed(0);
console.log(
  `${ticks} ticks in ${seconds} s: at most ${megabytes(highest)} MB anonymous, slope ${megabytes(growth)} MB over all of them`,
);
if (points.length === 0 || highest > most || growth > mostGrowth) process.exitCode = 1;
