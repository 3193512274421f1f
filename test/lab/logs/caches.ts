/** Paths from caches that are slow, dead or broken: how much came, how fast, and whose fault it is. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { rootCauses } from '../../../src/logs/root-causes.ts';
import { speedsByPeer } from '../../../src/logs/speed.ts';
import { totalsOf } from '../../../src/logs/totals.ts';
import type { Lab } from '../../support/lab.ts';
import { toldBothWays } from '../../support/told-both-ways.ts';
import { addressOfNobody, serveNothing, serveSlowly, serveStatus } from './cache-server.ts';
import { follow, startLogged, startLoggedBuild } from './followed.ts';

/** A path that nobody has but a cache of files; the folder ends with the test. */
function cachedPath(megabytes: number): { readonly path: string; readonly directory: string } {
  const directory = mkdtempSync('/var/tmp/nixpulse-cache-');
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const script = `set -e; head -c ${megabytes}M /dev/urandom >"$1/large"; path=$(nix-store --add "$1/large"); rm "$1/large"
    nix copy --to "file://$1?compression=none" "$path"; nix-store --delete "$path" >&2; echo "$path"`;
  const run = spawnSync('bash', ['-c', script, 'bash', directory], {
    encoding: 'utf8',
    env: { ...process.env, NIX_REMOTE: 'daemon', NIX_CONFIG: 'experimental-features = nix-command' },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return { path: run.stdout.trim(), directory };
}

function cacheHome(): string {
  const directory = mkdtempSync('/var/tmp/nixpulse-cache-home-');
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const realise = (url: string, path: string) => [
  ...['--realise', path, '--option', 'substituters', url, '--option', 'connect-timeout', '2'],
  ...['--option', 'download-attempts', '2', '--option', 'stalled-download-timeout', '2'],
];

export function cacheCases(lab: Lab): void {
  test('a slow cache: bytes and speed are what the server sends', async () => {
    const { path, directory } = cachedPath(6);
    const server = await serveSlowly(directory, 1_000_000);
    const client = startLogged(lab, 'nix-store', realise(server.url, path));
    const following = follow(client);
    const seen: {
      readonly ms: number;
      readonly sent: number;
      readonly told: number;
      readonly speed: number;
    }[] = [];
    await following.lookToEnd((model) => {
      const rebuild = following.rebuild(client);
      if (rebuild === null || rebuild.ended !== null || server.sentBytes === 0) return;
      const speed = speedsByPeer(rebuild, model.timeMs).get(server.url);
      const { fetchedBytes: told, fetching, expectedBytes } = totalsOf(rebuild);
      if (speed === undefined || fetching === 0) return;
      expect(expectedBytes).toBe(server.narBytes);
      seen.push({ ms: model.timeMs, sent: server.sentBytes, told, speed });
    });
    // Begun a second ago, because a speed is a mean over some seconds.
    const [from, ...later] = seen;
    if (from === undefined) throw new Error('no speed was told');
    expect(later.length).toBeGreaterThan(5);
    for (const { sent, told } of seen) expect(Math.abs(told / sent - 1)).toBeLessThan(0.2);
    for (const { ms, sent, speed } of later.filter((one) => one.ms - from.ms > 1_500)) {
      const true_ = ((sent - from.sent) / (ms - from.ms)) * 1000;
      expect(Math.abs(speed / true_ - 1), `${speed} told, ${true_} true`).toBeLessThan(0.2);
    }
    const rebuild = await client.over();
    expect(totalsOf(rebuild)).toMatchObject({ fetchedPaths: 1, builds: 0, failed: 0, fetching: 0 });
    expect([...rebuild.peers]).toMatchObject([
      [server.url, { fetchedPaths: 1, fetchedBytes: server.narBytes, broken: 0, retries: 0, trouble: null }],
    ]);
    expect(rootCauses(rebuild, {})).toEqual([]);
  });

  test('a cache that is dead, silent or broken is the one cause, and one that lacks a path is none', async () => {
    const refused = await addressOfNobody();
    const silent = await serveNothing();
    const broken = await serveStatus(500);
    const empty = await serveStatus(404);
    // A daemon of Nix 2.8 keeps its own settings of downloads. Two clients that hear of a cache at the same moment
    // can fail in the database that both remember it in: each has one of its own.
    const start = (url: string, text = false) => {
      const environment = { XDG_CACHE_HOME: cacheHome() };
      return startLogged(lab, 'nix-store', realise(url, pathOfNobody()), { text, direct: true, environment });
    };
    const both = (url: string) => ({ url, json: start(url), text: start(url, true) });
    const kinds = [refused, silent, broken, empty].map(both);
    // What can be built does not need the cache.
    const built = startLoggedBuild(lab, 'logs', ['brief'], ['--option', 'substituters', broken]);
    const following = follow(built, ...kinds.flatMap(({ json, text }) => [json, text]));
    const hanging = kinds[1]?.json;
    if (hanging === undefined) throw new Error('not started');
    await following.lookUntil('the question that nobody answers', (model) => {
      const rebuild = following.rebuild(hanging);
      const [one] = rebuild?.transfers.values() ?? [];
      if (rebuild === null || one === undefined || model.timeMs - one.startedMs < 1_000) return false;
      expect(one).toMatchObject({ peer: silent, lookup: true, path: null, bytes: 0, movedMs: null });
      expect(totalsOf(rebuild)).toMatchObject({ fetching: 0, fetchedBytes: 0 });
      expect(speedsByPeer(rebuild, model.timeMs).size).toBe(0);
      return true;
    });
    await following.lookToEnd();

    const causes = [
      { kind: 'network', cache: refused, httpStatus: null, text: expect.stringMatching(/connect to server/) },
      {
        kind: 'network',
        cache: silent,
        httpStatus: null,
        text: expect.stringMatching(/^Timeout was reached/),
      },
      { kind: 'network', cache: broken, httpStatus: 500 },
      { kind: 'no-substituter', paths: [expect.stringMatching(/-nowhere$/)] },
    ];
    for (const [i, { url, json, text }] of kinds.entries()) {
      const rebuild = await json.over();
      expect(rootCauses(rebuild, {}), url).toMatchObject([{ cause: causes[i], drvs: [], dependents: [] }]);
      expect(totalsOf(rebuild)).toMatchObject({ builds: 0, failed: 0, fetchedPaths: 0 });
      const told = toldBothWays(await text.over());
      expect(told.counts).toEqual(toldBothWays(rebuild).counts);
      expect(told.causes.map(({ cause }) => [cause.kind, cause.cache])).toEqual([
        [causes[i]?.kind, causes[i]?.cache],
      ]);
    }
    const rebuild = await built.over();
    expect(totalsOf(rebuild)).toMatchObject({ builds: 1, done: 1, failed: 0 });
    expect(rebuild.peers.get(broken)).toMatchObject({ trouble: { httpStatus: 500 }, fetchedPaths: 0 });
    expect(rootCauses(rebuild, {})).toEqual([]);
  });

  test('a nar that is cut off, or not what it should be: it did not come, for one cause', async () => {
    const { path, directory } = cachedPath(1);
    const cut = await serveSlowly(directory, 4_000_000, { cutAt: 400_000 });
    const flipped = await serveSlowly(directory, 4_000_000, { flipAt: 500_000 });
    const kinds = [
      {
        url: cut.url,
        cause: { kind: 'network', cache: cut.url, text: expect.stringMatching(/partial file/) },
      },
      { url: flipped.url, cause: { kind: 'hash', specified: expect.stringMatching(/^sha256:/) } },
    ];
    for (const { url, cause } of kinds) {
      for (const text of [false, true]) {
        // One after the other: each wants the lock of that path.
        const client = startLogged(lab, 'nix-store', realise(url, path), { text, direct: true });
        await follow(client).lookToEnd();
        const rebuild = await client.over();
        expect(rootCauses(rebuild, {}), client.output()).toMatchObject([{ cause, drvs: [] }]);
        expect(totalsOf(rebuild)).toMatchObject({ fetchedPaths: 0, builds: 0, failed: 0 });
        expect(rebuild.peers.get(url)).toMatchObject({ broken: 1 });
        // Not its size, which was told: what came before the cut.
        if (url === cut.url) expect(totalsOf(rebuild).fetchedBytes).toBeLessThanOrEqual(400_000);
      }
    }

    // A second cache has it: that is no failure, and the first one's trouble is told.
    const good = await serveSlowly(directory, 4_000_000);
    for (const text of [false, true]) {
      const substituters = `${cut.url} ${good.url}`;
      const client = startLogged(lab, 'nix-store', realise(substituters, path), { text, direct: true });
      const following = follow(client);
      await following.lookToEnd();
      const { rebuild } = following.followed(client);
      expect(rootCauses(rebuild, {}), client.output()).toEqual([]);
      expect(rebuild.errors).toEqual([]);
      expect(totalsOf(rebuild)).toMatchObject({ fetchedPaths: 1, failed: 0 });
      expect(rebuild.peers.get(cut.url)).toMatchObject({ fetchedPaths: 0, broken: 1 });
      expect(rebuild.peers.get(cut.url)?.trouble?.text).toMatch(/partial file/);
      expect(rebuild.peers.get(good.url)).toMatchObject({ fetchedPaths: 1, broken: 0, trouble: null });
      spawnSync('nix-store', ['--delete', path], { env: { ...process.env, NIX_REMOTE: 'daemon' } });
    }
  });
}

/** Hashes have none of `e`, `o`, `t` and `u`. */
function pathOfNobody(): string {
  return `/nix/store/${randomUUID().replaceAll('-', '').replaceAll('e', '0')}-nowhere`;
}
