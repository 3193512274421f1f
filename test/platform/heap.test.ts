import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const heap = new URL('../../src/platform/heap.ts', import.meta.url).href;

/** In a process of its own: the collector is asked for by a flag. MB in use after each step. */
const script = `
  const { collectHeap, heapBytes } = await import('${heap}');
  let kept = Array.from({ length: 100_000 }, (_, id) => ({ id }));
  for (let turn = 0; turn < 3; turn += 1) collectHeap();
  const used = [heapBytes()];
  kept = kept.length;
  for (const what of ['young', 'all', 'close']) {
    collectHeap(what);
    used.push(heapBytes());
  }
  console.log(JSON.stringify(used.map((bytes) => bytes / 1e6)));
`;

test('what is old goes with a collection of all, and stays with one of the young', () => {
  const output = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  const [before = 0, young = 0, all = 0] = JSON.parse(output) as number[];
  expect(before - young).toBeLessThan(1);
  expect(before - all).toBeGreaterThan(2);
});
