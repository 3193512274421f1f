/**
 * Builds dist/bundle, which `bin/nixpulse` starts:
 * 1. esbuild makes one minified CommonJS bundle of the program, one of `rescue`, one of `record`, and one of each part
 *    that is loaded on demand (`lazy/`), with our packages as bundle/plugins.mjs changes them;
 * 2. each of the three gets its loader (bundle/loader.cjs), which hands the bundle and its bytecode to V8;
 * 3. man pages and completions are drawn from the tables of the program (dist/man, dist/completions);
 * 4. all of it takes the place of the old bundle at once;
 * 5. each is run as a user would (bundle/warm-run.mjs), and V8's bytecode of what ran is kept beside it
 *    (bundle/keep-bytecode.cjs). Bytecode that is missing or does not fit costs time, nothing else.
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
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { finish } from './bundle/finish.mjs';
import { packagesIn } from './bundle/packages.mjs';
import {
  contribWithoutBlessed,
  inkWithoutDevtools,
  lateBuiltins,
  lazyBundles,
  plainTextFirst,
  smallAssert,
  yogaWithoutAwait,
} from './bundle/plugins.mjs';
import { dashboardRun, recordRun, rescueRun, warmRun } from './bundle/warm-run.mjs';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(project, 'dist/bundle');
/** Built beside and moved into place: whoever starts nixpulse meanwhile has the old one or the new one. */
const fresh = join(project, `dist/bundle.${process.pid}`);
const old = join(project, `dist/bundle.${process.pid}.old`);

/** Loaded on demand, never at start. */
const lazyPackages = ['execa', 'systeminformation'];
/** Modules of ours, by file: the name of the bundle. */
const lazyModules = {
  'src/platform/charts/widgets.ts': 'charts',
  'src/modes/seldom.ts': 'seldom',
  'src/bundle/open-bundle.ts': 'open-bundle',
  'src/settings/parse-settings.ts': 'settings',
  'src/explain/explain-cause.ts': 'explain-cause',
};
/** The usual start of `rescue` and `record` has no words to parse. */
const lazyParser = { 'src/cli/parse.ts': 'parse' };
/** Started as threads or processes by what lies beside them. */
const threads = {
  'src/platform/programs-worker.ts': 'programs-worker',
  'src/platform/store-database/program.ts': 'store-database',
};
/** Nothing that the first screens need. */
const late = ['child_process', 'fs/promises', 'zlib', 'v8'];
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

/** What esbuild tells of each bundle. */
const metafiles = [];
async function bundle(options) {
  const { metafile } = await build({ ...shared, ...options, metafile: true });
  metafiles.push(metafile);
}

/** What starts a bundle; gives the name of its bytecode, which is tied to this very bundle. */
function writeLoader(name, bundle, before = '') {
  finish(join(fresh, `${bundle}.js`));
  const digest = createHash('sha256')
    .update(readFileSync(join(fresh, `${bundle}.js`)))
    .digest('hex')
    .slice(0, 16);
  const loader = before + readFileSync(join(project, 'scripts/bundle/loader.cjs'), 'utf8');
  writeFileSync(join(fresh, name), loader.replaceAll('BUNDLE', bundle).replaceAll('DIGEST', digest));
  return `${bundle}-${digest}-${process.arch}.bytecode`;
}

async function bundleApp() {
  await bundle({
    entryPoints: ['src/main.ts'],
    outfile: join(fresh, 'app.js'),
    define: { ...shared.define, 'Intl.Segmenter': 'PlainSegmenter' },
    inject: ['scripts/plain-text/segmenter.ts'],
    plugins: [
      inkWithoutDevtools,
      yogaWithoutAwait(join(fresh, 'yoga.wasm')),
      plainTextFirst,
      smallAssert,
      lateBuiltins(late),
      lazyBundles(lazyPackages, lazyModules),
    ],
  });
}

/** Each is loaded whole, but for what a flag or a setting asks for. */
async function bundleSmall(name, modules) {
  await bundle({
    entryPoints: [`src/${name}.ts`],
    outfile: join(fresh, `${name}-app.js`),
    plugins: [plainTextFirst, lateBuiltins(late), lazyBundles(lazyPackages, modules)],
  });
}

async function bundleLazyParts() {
  const entries = [
    ...lazyPackages.map((name) => [name, name]),
    ...Object.entries({ ...lazyModules, ...lazyParser, ...threads }).map(([file, name]) => [name, file]),
  ];
  for (const [name, entry] of entries) {
    const outfile = join(fresh, 'lazy', `${name}.cjs`);
    await bundle({ entryPoints: [entry], outfile, plugins: [contribWithoutBlessed] });
  }
}

/** Who builds packages says by it what the time is, so that the same source gives the same files (reproducible-builds.org). */
function dateMs() {
  const epoch = Number(process.env.SOURCE_DATE_EPOCH || Number.NaN);
  return Number.isFinite(epoch) ? epoch * 1000 : Date.now();
}

/** Bundled first, as Node may be one that does not read TypeScript. */
async function writeDocuments() {
  const outfile = join(fresh, 'documents.mjs');
  await build({ ...shared, format: 'esm', entryPoints: ['scripts/documents.ts'], outfile });
  const { documents } = await import(pathToFileURL(outfile).href);
  rmSync(outfile);
  for (const [folder, files] of Object.entries(documents(dateMs()))) {
    const directory = join(fresh, folder);
    mkdirSync(directory);
    for (const [name, text] of files) writeFileSync(join(directory, name), text);
  }
}

function takePlace() {
  for (const folder of ['man', 'completions']) {
    rmSync(join(project, 'dist', folder), { recursive: true, force: true });
    renameSync(join(fresh, folder), join(project, 'dist', folder));
  }
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
}

rmSync(fresh, { recursive: true, force: true });
mkdirSync(join(fresh, 'lazy'), { recursive: true });
try {
  await bundleApp();
  await bundleLazyParts();
  await bundleSmall('rescue', lazyParser);
  await bundleSmall('record', { ...lazyModules, ...lazyParser });
  const appBytecode = writeLoader('nixpulse.cjs', 'app');
  const signOfLife = readFileSync(join(project, 'scripts/bundle/sign-of-life.cjs'), 'utf8');
  const rescueBytecode = writeLoader('rescue.cjs', 'rescue-app', signOfLife);
  const recordBytecode = writeLoader('record.cjs', 'record-app');
  const demo = join(project, 'src/modes/demo/incident.nixpulse');
  if (existsSync(demo)) copyFileSync(demo, join(fresh, 'demo.nixpulse'));
  writeFileSync(join(fresh, 'packages.txt'), packagesIn(metafiles, project));
  await writeDocuments();
  takePlace();
  await warmRun(join(project, 'bin/nixpulse'), join(dist, appBytecode), dashboardRun);
  await warmRun(join(project, 'bin/nixpulse'), join(dist, rescueBytecode), rescueRun);
  await warmRun(join(project, 'bin/nixpulse'), join(dist, recordBytecode), recordRun);
} catch (error) {
  // esbuild has said what is wrong where.
  if (!Array.isArray(error.errors)) throw error;
  process.exitCode = 1;
} finally {
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true });
}
