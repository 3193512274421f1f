/** A part of the program for a benchmark, bundled and started as the launcher does with the whole. */
import { spawn } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const launcher = readFileSync(join(project, 'bin/nixpulse'), 'utf8');
export const launcherFlags = (/^flags='([^']*)'/m.exec(launcher)?.[1] ?? '').split(' ');

/** `entry` below the project into `directory`; what is loaded later is as the program has it (build it before). */
export async function bundleWorker(entry: string, directory: string): Promise<string> {
  const plugins = await import(new URL('../../scripts/bundle/plugins.mjs', import.meta.url).href);
  const file = join(directory, 'worker.cjs');
  await build({
    entryPoints: [join(project, entry)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: process.env.KEEP_NAMES === undefined,
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
      plugins.lazyBundles(['execa'], { 'src/platform/charts/widgets.ts': 'charts' }),
    ],
  });
  symlinkSync(join(project, 'dist/bundle/lazy'), join(directory, 'lazy'));
  return file;
}

export function startWorker(file: string, args: readonly string[], flags: readonly string[] = []) {
  const malloc = [...launcher.matchAll(/\b(MALLOC_\w+)=(\d+)/g)].map(([, name, value]) => [name, value]);
  const env = {
    PATH: process.env.PATH ?? '',
    FORCE_COLOR: '1',
    UV_THREADPOOL_SIZE: '11',
    ...Object.fromEntries(malloc),
  };
  return spawn(process.execPath, [...launcherFlags, ...flags, file, ...args], { env });
}
