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
    const taken = Array.from({ length: 12 }, () => fill(take(60_000), 1, 60_000));
    for (const at of taken) free(at);
    return process.resourceUsage().minorPageFault - before;
  }
  const faults = () => (turn(), turn(), Math.min(turn(), turn(), turn()));
  const before = faults();
  await loadKernel();
  console.log(JSON.stringify([before, faults()]));`;

test('what was freed since the kernel was loaded is not taken anew from the system', () => {
  const program = mallocProgram((name) => join(import.meta.dirname, `../../src/platform/${name}.ts`));
  const env = { ...process.env, MALLOC_TRIM_THRESHOLD_: '65536', MALLOC_ARENA_MAX: '1' };
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env,
  });
  const [before = 0, after = Number.NaN] = JSON.parse(output) as number[];
  expect(before).toBeGreaterThan(100);
  expect(after).toBeLessThan(30);
});
