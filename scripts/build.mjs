/**
 * Builds dist/bundle: one minified CommonJS bundle, lazy ones beside it, and the bytecode V8 made of it in a
 * warm run. `bin/nixpulse` starts `dist/bundle/nixpulse.cjs`, a loader that hands both to V8.
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
import { warm } from './warm.mjs';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(project, 'dist/bundle');
/** Built beside and moved into place: whoever starts nixpulse meanwhile has the old one or the new one. */
const fresh = join(project, `dist/bundle.${process.pid}`);
const old = join(project, `dist/bundle.${process.pid}.old`);

/** Loaded on demand, never at start. */
const lazyPackages = ['execa', 'systeminformation'];
/** Modules of ours, by file: the name of the bundle. */
const lazyModules = { 'src/platform/charts/widgets.ts': 'charts' };
/** Native code, and optional: stays a package of its own, required after the start. */
const external = ['koffi'];

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minify: true,
  charset: 'utf8',
  jsx: 'automatic',
  legalComments: 'none',
  absWorkingDir: project,
  define: { 'process.env.NODE_ENV': '"production"', 'import.meta.dirname': '__dirname' },
  // `import()` becomes `require()`: Node's ESM loader costs milliseconds.
  supported: { 'dynamic-import': false },
  external,
  logLevel: 'warning',
};

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
    ...Object.entries(lazyModules).map(([file, name]) => [name, file]),
  ];
  for (const [name, entry] of entries) {
    const outfile = join(fresh, 'lazy', `${name}.cjs`);
    await build({ ...shared, entryPoints: [entry], outfile, plugins: [contribAlone] });
  }
  const digest = createHash('sha256')
    .update(readFileSync(join(fresh, 'app.js')))
    .digest('hex')
    .slice(0, 16);
  const loader = readFileSync(join(project, 'scripts/loader.cjs'), 'utf8').replaceAll('DIGEST', digest);
  writeFileSync(join(fresh, 'nixpulse.cjs'), loader);
  const demo = join(project, 'src/app/demo/incident.nixpulse');
  if (existsSync(demo)) copyFileSync(demo, join(fresh, 'demo.nixpulse'));
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  await warm(join(project, 'bin/nixpulse'), join(dist, `app-${digest}.bytecode`));
} catch (error) {
  // esbuild has said what is wrong where.
  if (!Array.isArray(error.errors)) throw error;
  process.exitCode = 1;
} finally {
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
}
