import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { launcher } from '../support/pty.ts';

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

/** What a script says that is started with the launcher's flags. */
function asLaunched(program: string): string {
  const flags = /^flags='([^']*)'/m.exec(readFileSync(launcher, 'utf8'))?.[1]?.split(' ') ?? [];
  const args = [...flags, '--input-type=module', '-e', program];
  return execFileSync(process.execPath, args, { encoding: 'utf8' });
}

/** MB of heap from the system, first, and after much was kept for a while and dropped, which is collected as usual. */
const roomScript = `
  const { getHeapStatistics } = await import('node:v8');
  const { collectHeap } = await import('${heap}');
  collectHeap('close');
  const took = () => getHeapStatistics().total_heap_size / 2 ** 20;
  const sizes = [took()];
  const kept = [];
  for (let turn = 0; turn < 6; turn += 1) {
    for (let second = 0; second < 8; second += 1) {
      kept.push(Array.from({ length: 100 }, (_, id) => new Array(100).fill(id)));
      collectHeap('young');
    }
    sizes.push(took());
    kept.length = 0;
    collectHeap('all');
    sizes.push(took());
  }
  console.log(JSON.stringify(sizes));
`;

test('moved close together it has room left, which an ordinary collection does not give back', () => {
  const output = asLaunched(roomScript);
  const [first = 0, ...later] = JSON.parse(output) as number[];
  expect(later).toHaveLength(12);
  for (const size of later) expect(size).toBeLessThanOrEqual(first + 0.25);
});

/** MB of machine code, from the system, and in use: before there is room, with room, and after half of it was used. */
const codeScript = `
  const { getHeapSpaceStatistics } = await import('node:v8');
  const { collectHeap, compileWhatRunsOften } = await import('${heap}');
  const code = () => {
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'code_space');
    return { took: space.physical_space_size / 2 ** 20, used: space.space_used_size / 2 ** 20 };
  };
  const spaces = [];
  for (const withRoom of [false, true]) {
    compileWhatRunsOften({ withRoom });
    collectHeap('close');
    spaces.push(code());
  }
  globalThis.c = 'c';
  const kept = [];
  for (let made = 0; made < 60; made += 1) {
    kept.push(new Function('a', \`\${'a.b(a[c]);'.repeat(60)} return \${made}\`));
    for (let turn = 0; turn < 50; turn += 1) kept[made]({ b() {} });
  }
  spaces.push(code());
  console.log(JSON.stringify(spaces));
`;

test('machine code has room from the start where it is asked for, and later none is taken anew', () => {
  const output = asLaunched(codeScript);
  const [without, room, later] = JSON.parse(output) as { took: number; used: number }[];
  if (without === undefined || room === undefined || later === undefined) throw new Error(output);
  expect(room.took - without.took).toBeGreaterThan(0.4);
  expect(room.took - room.used).toBeGreaterThan(0.4);
  expect(later.used - room.used).toBeGreaterThan(0.2);
  expect(later.took).toBe(room.took);
});
