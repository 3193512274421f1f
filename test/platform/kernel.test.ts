import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Page faults of memory that was taken and let go of once before, without and with our setting of malloc. */
const mallocProgram = (file: (name: string) => string) => `
  const { loadKoffi } = await import(${JSON.stringify(file('koffi'))});
  const { loadKernel } = await import(${JSON.stringify(file('kernel'))});
  const libc = (await loadKoffi()).load(null);
  const take = libc.func('void *malloc(size_t bytes)');
  const fill = libc.func('void *memset(void *at, int byte, size_t bytes)');
  const free = libc.func('void free(void *at)');
  function turn() {
    const before = process.resourceUsage().minorPageFault;
    const taken = Array.from({ length: 15 }, () => fill(take(60_000), 1, 60_000));
    for (const at of taken) free(at);
    return process.resourceUsage().minorPageFault - before;
  }
  const turns = () => Array.from({ length: 6 }, turn).slice(1);
  const before = turns();
  await loadKernel();
  console.log(JSON.stringify([Math.min(...before), Math.min(...turns())]));`;

test('what was freed since the kernel was loaded is not taken anew from the system', () => {
  const program = mallocProgram((name) => join(import.meta.dirname, `../../src/platform/${name}.ts`));
  const env = { ...process.env, MALLOC_TRIM_THRESHOLD_: '65536', MALLOC_ARENA_MAX: '1' };
  const run = () => {
    const args = ['--input-type=module', '-e', program];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env })) as [number, number];
  };
  // Now and then there is room below what is in use.
  const runs = [run(), run(), run()];
  expect(Math.max(...runs.map(([before]) => before))).toBeGreaterThan(50);
  expect(Math.max(...runs.map(([, after]) => after))).toBeLessThan(20);
});
