import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadKoffi } from '../../src/platform/koffi.ts';

test('calls libc', async () => {
  const koffi = await loadKoffi();
  expect(koffi.load(null).func('int getpid()')()).toBe(process.pid);
});

test('loads nothing of Node that a dashboard has no use for', () => {
  const file = join(import.meta.dirname, '../../src/platform/koffi.ts');
  const program = `
    const { loadKoffi } = await import(${JSON.stringify(file)});
    const before = process.moduleLoadList.length;
    await loadKoffi();
    console.log(JSON.stringify(process.moduleLoadList.slice(before)));`;
  const loaded = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }),
  ) as string[];
  expect(loaded.filter((name) => !/fs[/_]dir|source_map|import_meta/.test(name))).toEqual([]);
});
