/**
 * Plugins of esbuild, one for each package that cannot be bundled as it is, or that would cost time at the start.
 * Each says why; a package that has changed underneath is an error of the build (`replaced`).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** Ink's reconciler awaits its development tools at the top level, which CommonJS cannot. */
export const inkWithoutDevtools = {
  name: 'ink-without-devtools',
  setup(build) {
    build.onLoad({ filter: /\/ink\/build\/reconciler\.js$/ }, ({ path }) => ({
      contents: replaced(path, /if \(process\.env\['DEV'\] === 'true'\)/g, 'if (false)'),
      loader: 'js',
    }));
    build.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'none', namespace: 'none' }));
    build.onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: '', loader: 'js' }));
  },
};

/**
 * yoga-layout awaits its WebAssembly at the top level, from base64. Here it is a file, compiled and
 * instantiated synchronously through emscripten's `instantiateWasm` hook; `wrapAssembly` is yoga's own.
 */
export const yogaWithoutAwait = (wasmFile) => ({
  name: 'yoga-without-await',
  setup(build) {
    const data = /data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)/;
    build.onLoad({ filter: /\/yoga-layout\/dist\/src\/index\.js$/ }, ({ path }) => {
      const glue = readFileSync(join(dirname(path), '../binaries/yoga-wasm-base64-esm.js'), 'utf8');
      const base64 = data.exec(glue)?.[1];
      if (base64 === undefined) throw new Error('yoga-layout has no base64 WebAssembly any more');
      writeFileSync(wasmFile, Buffer.from(base64, 'base64'));
      return {
        loader: 'js',
        contents: `
          import { readFileSync } from 'node:fs';
          import { join } from 'node:path';
          import load from '../binaries/yoga-wasm-base64-esm.js';
          import wrapAssembly from './wrapAssembly.js';
          const yoga = {
            instantiateWasm(imports, receive) {
              const bytes = readFileSync(join(__dirname, 'yoga.wasm'));
              const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
              receive(instance);
              return instance.exports;
            },
          };
          load(yoga);
          export default wrapAssembly(yoga);
          export * from './generated/YGEnums.js';`,
      };
    });
    build.onLoad({ filter: /\/yoga-wasm-base64-esm\.js$/ }, ({ path }) => ({
      contents: replaced(path, data, 'data:,').replace('import.meta.url', 'undefined'),
      loader: 'js',
    }));
  },
});

/** Packages and modules of ours with a bundle of their own, required when they are first used. */
export const lazyBundles = (packages, modules) => ({
  name: 'lazy-bundles',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) => {
      if (!packages.includes(path)) return null;
      if (kind !== 'dynamic-import') return { errors: [{ text: `import('${path}') it lazily` }] };
      return { path: `./lazy/${path}.cjs`, external: true };
    });
    build.onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir }) => {
      const file = relative(build.initialOptions.absWorkingDir, join(resolveDir, path));
      const name = modules[file];
      if (name === undefined) return null;
      if (kind !== 'dynamic-import') return { errors: [{ text: `import('${path}') it lazily` }] };
      return { path: `./lazy/${name}.cjs`, external: true };
    });
  },
});

/**
 * Modules of Node's own that only later parts of the program use: each costs a millisecond or three of the start.
 * They are loaded with the first use of one of their exports.
 */
export const lateBuiltins = (names) => ({
  name: 'late-builtins',
  setup(build) {
    const wanted = new Map(names.flatMap((name) => [name, `node:${name}`].map((path) => [path, name])));
    build.onResolve({ filter: /^[a-z]/ }, ({ path, namespace }) => {
      const name = namespace === 'late-builtin' ? undefined : wanted.get(path);
      return name === undefined ? null : { path: name, namespace: 'late-builtin' };
    });
    build.onLoad({ filter: /.*/, namespace: 'late-builtin' }, ({ path }) => ({
      loader: 'js',
      contents: `
        let loaded;
        const load = () => (loaded ??= require('node:${path}'));
        for (const name of ${JSON.stringify(Object.keys(createRequire(import.meta.url)(`node:${path}`)))})
          Object.defineProperty(exports, name, { enumerable: true, get: () => load()[name] });`,
    }));
  },
});

/** signal-exit's only use of Node's assert, whose loading costs more than a millisecond of the start. */
export const smallAssert = {
  name: 'small-assert',
  setup(build) {
    build.onResolve({ filter: /^assert$/ }, () => ({ path: 'assert', namespace: 'small-assert' }));
    build.onLoad({ filter: /.*/, namespace: 'small-assert' }, () => ({
      loader: 'js',
      contents: `
        exports.equal = (actual, expected, message) => {
          if (actual !== expected) throw new TypeError(message);
        };`,
    }));
  },
};

/**
 * blessed-contrib's widgets without what they load and do not need here: blessed (ours is in its place),
 * lodash (for the highest value, which they are given), most of gl-matrix. `new Buffer()` would be told to
 * the user as deprecated.
 */
export const contribWithoutBlessed = {
  name: 'contrib-without-blessed',
  setup(build) {
    const dir = join(build.initialOptions.absWorkingDir, 'src/platform/charts');
    build.onResolve({ filter: /^blessed$/ }, () => ({ path: join(dir, 'blessed.ts') }));
    build.onResolve({ filter: /\/in-place-of-blessed\.ts$/ }, () => ({
      path: 'nothing',
      namespace: 'replacement',
    }));
    build.onResolve({ filter: /^(lodash|gl-matrix)$/ }, ({ path }) => ({ path, namespace: 'replacement' }));
    build.onLoad({ filter: /.*/, namespace: 'replacement' }, ({ path }) => ({
      contents: replacements[path],
      loader: 'js',
      resolveDir: build.initialOptions.absWorkingDir,
    }));
    build.onLoad({ filter: /\/drawille-blessed-contrib\/index\.js$/ }, ({ path }) => ({
      contents: replaced(path, /new Buffer\(/g, 'Buffer.alloc('),
      loader: 'js',
    }));
  },
};

const replacements = {
  nothing: '',
  lodash: `exports.max = () => { throw new Error('maxY is not given'); };`,
  'gl-matrix': `
    exports.mat2d = require('./node_modules/gl-matrix/src/gl-matrix/mat2d.js');
    exports.vec2 = require('./node_modules/gl-matrix/src/gl-matrix/vec2.js');`,
};

/**
 * Ink and its packages bring five copies of string-width, each of which builds Unicode's emoji tables at
 * load. In the bundle there is one, evaluated only when a text is not plain.
 */
export const plainTextFirst = {
  name: 'plain-text-first',
  setup(build) {
    const real = build.initialOptions.absWorkingDir;
    build.onResolve({ filter: /^string-width$/ }, () => ({ path: 'string-width', namespace: 'plain-text' }));
    build.onLoad({ filter: /.*/, namespace: 'plain-text' }, () => ({
      loader: 'js',
      resolveDir: real,
      contents: `
        import { plainWidth } from './scripts/plain-text/plain.ts';
        export default function stringWidth(text, options) {
          const width = typeof text === 'string' ? plainWidth(text) : 0;
          if (width !== null && options === undefined) return width;
          return require('./node_modules/string-width/index.js').default(text, options);
        }`,
    }));
  },
};

function replaced(path, pattern, replacement) {
  const source = readFileSync(path, 'utf8');
  const result = source.replace(pattern, replacement);
  if (result === source) throw new Error(`${path} is not as it was: ${pattern}`);
  return result;
}
