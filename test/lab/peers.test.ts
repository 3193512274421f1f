/** Caches and builders asked for themselves, with the real Nix: a signed cache behind HTTP, a far side on this machine. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import { systemSpawn } from '../../src/platform/spawn.ts';
import { builder } from '../../src/probes/builder.ts';
import { createCache } from '../../src/probes/cache.ts';
import { bringUpLab } from '../support/lab.ts';
import { inTurn } from './in-turn.ts';
import { serveNothing, serveSlowly, serveStatus } from './logs/cache-server.ts';
import { realPorts } from './watch.ts';

const lab = bringUpLab();
const nix = (words: readonly string[]) =>
  execFileSync('nix', ['--extra-experimental-features', 'nix-command', ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();

function context() {
  const files = realPorts().files;
  const ports = {
    ...realPorts(),
    spawn: systemSpawn,
    ownFiles: createOwnFiles({ clock: systemClock }),
    files,
  };
  return { ports, cancelled: new AbortController().signal, stateDirectory: undefined, progress() {} };
}

describe.skipIf(lab.missing !== null)('peers of Nix', { timeout: 90_000 }, () => {
  inTurn();

  /** With one path of two megabytes, signed by `box-1`, which is the only one that this machine seems to have. */
  function makeCache() {
    const place = mkdtempSync(join(tmpdir(), 'nixpulse-cache-'));
    onTestFinished(() => rmSync(place, { recursive: true, force: true }));
    const [secret, large, directory] = ['key', 'large', 'cache'].map((name) => join(place, name)) as [
      string,
      string,
      string,
    ];
    const key = nix(['key', 'generate-secret', '--key-name', 'box-1']);
    writeFileSync(secret, key);
    writeFileSync(large, Buffer.alloc(2 << 20, `${Math.random()}`));
    const path = nix(['store', 'add-file', large]);
    onTestFinished(() => void execFileSync('nix-store', ['--delete', path], { stdio: 'ignore' }));
    nix(['copy', '--to', `file://${directory}?compression=none&secret-key=${secret}`, path]);
    const base = context();
    const files = {
      ...base.ports.files,
      listSlow: async () => ({ ok: true as const, value: [path.slice('/nix/store/'.length)] }),
    };
    const publicKey = execFileSync(
      'nix',
      ['--extra-experimental-features', 'nix-command', 'key', 'convert-secret-to-public'],
      { input: key, encoding: 'utf8' },
    ).trim();
    return { directory, publicKey, context: { ...base, ports: { ...base.ports, files } } };
  }

  const ask = createCache({}, { answerMs: 1000, bodyMs: 1000, maxBytes: 8 << 20 });

  test('a cache behind HTTP: its speed, and whether Nix here would take what it signs', async () => {
    const cache = makeCache();
    const { url } = await serveSlowly(cache.directory, 200_000);
    const found = await ask(url, cache.context);
    expect(found).toMatchObject({
      value: {
        reachable: true,
        httpStatus: 200,
        storeDirectory: '/nix/store',
        keys: ['box-1'],
        trusted: false,
      },
    });
    const speed = found.ok ? found.value.bytesPerSec : null;
    expect(speed).toBeGreaterThan(0);
    expect(speed).toBeLessThan(400_000);
    vi.stubEnv('NIX_CONFIG', `extra-trusted-public-keys = ${cache.publicKey}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await ask(`file://${cache.directory}`, cache.context)).toMatchObject({
      value: { reachable: true, keys: ['box-1'], trusted: true },
    });
  });

  test('caches that have nothing, fail, or say nothing', async () => {
    expect(await ask(await serveStatus(404), context())).toMatchObject({
      value: { reachable: true, httpStatus: 200, trusted: null },
    });
    expect(await ask(await serveStatus(500), context())).toMatchObject({
      value: { reachable: true, httpStatus: 500, said: 'status 500' },
    });
    expect(await ask(await serveNothing(), context())).toMatchObject({ value: { reachable: false } });
  });

  test('a builder that is this machine', async () => {
    const found = await builder('ssh-ng://localhost', context());
    const [, , version = ''] = nix(['--version']).split(' ');
    expect(found).toMatchObject({
      value: {
        reachable: true,
        nixVersion: version,
        systems: expect.arrayContaining(['x86_64-linux']),
        features: expect.arrayContaining(['benchmark', 'big-parallel']),
        said: null,
      },
    });
  });

  // Where there is no ssh, Nix says so.
  test('one that is not there: why, without a password asked for', async () => {
    vi.stubEnv('NIX_SSHOPTS', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const found = await builder('ssh-ng://127.0.0.1', context());
    expect(found).toMatchObject({
      value: { reachable: false, nixVersion: null, said: expect.stringMatching(/./) },
    });
  });
});
