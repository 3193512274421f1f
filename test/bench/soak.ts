/**
 * A day and more of ticks through samplers, recorder, store and screen, on a made-up /proc that never rests, under
 * the flags of the launcher: anonymous memory stays below 30 MB (MiB, as in all tables) and does not grow any more in the last third.
 * `npm run build && scripts/node test/bench/soak.ts [ticks]` (100,000 take 25 minutes); exits 1 where it does not hold.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createSoakTree } from '../support/soak-tree.ts';
import { bundleWorker, startWorker } from './bundle-worker.ts';

const most = 30 * 2 ** 20;
/** Over the last third: by then the track of a day has nearly filled up. */
const mostGrowth = 2 ** 20;
const [ticks = 100_000] = process.argv.slice(2).map(Number);
const tellEvery = Math.ceil(ticks / 200);

const directory = mkdtempSync(join(tmpdir(), 'nixpulse-soak-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const file = await bundleWorker('test/bench/soak-worker.tsx', directory);

interface Point {
  readonly tick: number;
  /** To the terminal, from the start. */
  readonly writtenBytes: number;
  readonly anonymousBytes: number;
}
const points: Point[] = [];
const beganMs = performance.now();
const tree = createSoakTree();
tree.next();
const state = `${tree.root}/state`;
const worker = startWorker(file, [tree.root, state, String(tellEvery)]);
worker.stderr.pipe(process.stderr);
worker.stdin.write('.');
for await (const line of createInterface({ input: worker.stdout })) {
  const told = JSON.parse(line) as { readonly tick: number } | Point;
  if ('anonymousBytes' in told) tell(told);
  if (told.tick >= ticks) worker.stdin.end();
  else {
    worker.stdin.write('.');
    // Meanwhile: no machine stands still while it is read.
    tree.next();
  }
}
tree.dispose();

function tell(point: Point): void {
  points.push(point);
  if (points.length % 5 === 0) console.log(`tick ${point.tick}: ${megabytes(point.anonymousBytes)} MB`);
}

/** Least squares, bytes a tick. */
function slopeOf(some: readonly Point[]): number {
  const meanTick = some.reduce((sum, { tick }) => sum + tick, 0) / some.length;
  const meanBytes = some.reduce((sum, { anonymousBytes }) => sum + anonymousBytes, 0) / some.length;
  let [over, under] = [0, 0];
  for (const { tick, anonymousBytes } of some) {
    over += (tick - meanTick) * (anonymousBytes - meanBytes);
    under += (tick - meanTick) ** 2;
  }
  return under === 0 ? 0 : over / under;
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

const highest = Math.max(...points.map(({ anonymousBytes }) => anonymousBytes));
const growth = (slopeOf(points.slice(-Math.ceil(points.length / 3))) * ticks) / 3;
const seconds = ((performance.now() - beganMs) / 1000).toFixed(0);
const [last] = points.slice(-1);
const told = `${last?.tick ?? 0} of ${ticks} ticks in ${seconds} s, ${megabytes(last?.writtenBytes ?? 0)} MB to the terminal`;
console.log(told);
const whole = (last?.tick ?? 0) + tellEvery > ticks;
const judged = [
  judge(`at most ${megabytes(most)} MB anonymous`, highest <= most, highest),
  judge(`growth over the last third below ${megabytes(mostGrowth)} MB`, growth < mostGrowth, growth),
];
if (!whole || judged.includes(false)) process.exitCode = 1;

function judge(aim: string, reached: boolean, bytes: number): boolean {
  console.log(`- ${reached ? 'reached' : '**missed**'}: ${aim}: ${megabytes(bytes)} MB`);
  return reached;
}
