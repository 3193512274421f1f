/**
 * Builds dist/bundle: one minified CommonJS bundle, one for `rescue`, lazy ones beside them, and the bytecode
 * V8 made of them in a warm run. `bin/nixpulse` starts `dist/bundle/nixpulse.cjs`, a loader that hands both to V8.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import {
  contribAlone,
  inkWithoutDevtools,
  lazyBundles,
  plainTextFirst,
  yogaWithoutAwait,
} from './build-plugins.mjs';
import { rescue, warm } from './warm.mjs';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(project, 'dist/bundle');
/** Built beside and moved into place: whoever starts nixpulse meanwhile has the old one or the new one. */
const fresh = join(project, `dist/bundle.${process.pid}`);
const old = join(project, `dist/bundle.${process.pid}.old`);

/** Loaded on demand, never at start. */
const lazyPackages = ['execa', 'systeminformation'];
/** Modules of ours, by file: the name of the bundle. */
const lazyModules = { 'src/platform/charts/widgets.ts': 'charts' };
/** The usual start of `rescue` has no words to parse. */
const lazyInRescue = { 'src/cli/parse.ts': 'parse' };
/** Native code, and optional: stays a package of its own, required after the start. */
const external = ['koffi'];

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minify: true,
  // One byte a character: half the memory of a source that has a single arrow in it, and read faster.
  charset: 'ascii',
  jsx: 'automatic',
  legalComments: 'none',
  absWorkingDir: project,
  define: { 'process.env.NODE_ENV': '"production"', 'import.meta.dirname': '__dirname' },
  // `import()` becomes `require()`: Node's ESM loader costs milliseconds.
  supported: { 'dynamic-import': false },
  external,
  logLevel: 'warning',
};

/** What esbuild leaves as it is (regular expressions, templates): the loader reads bytes. */
function escapeRest(file) {
  const text = readFileSync(file, 'utf8');
  const escaped = text.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (escaped !== text) writeFileSync(file, escaped);
}

/** The start of a bundle; gives the name of its bytecode, which is tied to this very bundle. */
function putLoader(name, bundle, before = '') {
  escapeRest(join(fresh, `${bundle}.js`));
  const digest = createHash('sha256')
    .update(readFileSync(join(fresh, `${bundle}.js`)))
    .digest('hex')
    .slice(0, 16);
  const loader = before + readFileSync(join(project, 'scripts/loader.cjs'), 'utf8');
  writeFileSync(join(fresh, name), loader.replaceAll('BUNDLE', bundle).replaceAll('DIGEST', digest));
  return `${bundle}-${digest}.bytecode`;
}

rmSync(fresh, { recursive: true, force: true });
mkdirSync(join(fresh, 'lazy'), { recursive: true });
try {
  await build({
    ...shared,
    entryPoints: ['src/main.ts'],
    outfile: join(fresh, 'app.js'),
    define: { ...shared.define, 'Intl.Segmenter': 'PlainSegmenter' },
    inject: ['scripts/plain-text/segmenter.ts'],
    plugins: [
      inkWithoutDevtools,
      yogaWithoutAwait(join(fresh, 'yoga.wasm')),
      plainTextFirst,
      lazyBundles(lazyPackages, lazyModules),
    ],
  });
  const entries = [
    ...lazyPackages.map((name) => [name, name]),
    ...Object.entries({ ...lazyModules, ...lazyInRescue }).map(([file, name]) => [name, file]),
  ];
  for (const [name, entry] of entries) {
    const outfile = join(fresh, 'lazy', `${name}.cjs`);
    await build({ ...shared, entryPoints: [entry], outfile, plugins: [contribAlone] });
  }
  await build({
    ...shared,
    entryPoints: ['src/rescue.ts'],
    outfile: join(fresh, 'rescue-app.js'),
    plugins: [plainTextFirst, lazyBundles(lazyPackages, lazyInRescue)],
  });
  const bytecode = putLoader('nixpulse.cjs', 'app');
  const sign = readFileSync(join(project, 'scripts/sign-of-life.cjs'), 'utf8');
  const rescueBytecode = putLoader('rescue.cjs', 'rescue-app', sign);
  const demo = join(project, 'src/modes/demo/incident.nixpulse');
  if (existsSync(demo)) copyFileSync(demo, join(fresh, 'demo.nixpulse'));
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  await warm(join(project, 'bin/nixpulse'), join(dist, bytecode));
  await warm(join(project, 'bin/nixpulse'), join(dist, rescueBytecode), rescue);
} catch (error) {
  // esbuild has said what is wrong where.
  if (!Array.isArray(error.errors)) throw error;
  process.exitCode = 1;
} finally {
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
}
