import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const { lateBuiltins } = await import(new URL('../../scripts/bundle/plugins.mjs', import.meta.url).href);

/** What a bundle of `source` prints. */
async function run(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: '.' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    plugins: [lateBuiltins(['zlib', 'fs/promises'])],
  });
  return execFileSync(process.execPath, ['-e', outputFiles[0]?.text ?? ''], { encoding: 'utf8' }).trim();
}

test('a late module of Node is loaded with its first use, and is itself', async () => {
  const printed = await run(`
    import { crc32, constants } from 'node:zlib';
    import { open } from 'fs/promises';
    const loaded = (name) => process.moduleLoadList.includes('NativeModule ' + name);
    const before = [loaded('zlib'), loaded('internal/fs/promises')];
    const used = [crc32('nixpulse'), typeof constants.ZSTD_CLEVEL_DEFAULT, typeof open];
    console.log(JSON.stringify([before, used, loaded('zlib')]));`);
  expect(JSON.parse(printed)).toEqual([[false, false], [expect.any(Number), 'number', 'function'], true]);
});
