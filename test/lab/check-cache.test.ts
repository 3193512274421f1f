/** `nixpulse check-cache` at real caches of every kind: what it says of them, what it fetches, and what it leaves. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseCacheChecks } from '../../src/parse/cache-check-file.ts';
import { bringUpLab } from '../support/lab.ts';
import {
  type CacheKind,
  type CacheWorld,
  freePort,
  makeCacheWorld,
  nginxMissing,
  type Run,
} from './cache-world.ts';
import { inTurn } from './in-turn.ts';
import { addressOfNobody, serveNothing } from './logs/cache-server.ts';
import { until } from './wait.ts';

const lab = bringUpLab();
const missing = lab.missing ?? nginxMissing();

describe.skipIf(missing !== null)('check-cache', { timeout: 120_000 }, () => {
  inTurn(() => world?.end());
  let world: CacheWorld;
  beforeAll(async () => {
    world = await makeCacheWorld(lab);
  }, 120_000);

  const ofKind = ({ check }: Run, kind: CacheKind | string) => {
    const address = kind.startsWith('http') ? kind : world.url(kind as CacheKind);
    const cache = check?.caches.find((one) => one.address === address);
    if (cache === undefined) throw new Error(`${kind} was not asked`);
    return cache;
  };
  const left = () => join(world.state, 'check-cache.json');
  const kept = () => parseCacheChecks(readFileSync(join(world.state, 'cache-checks.jsonl'), 'utf8'));
  const only = (path: string) => `packages = ["${path}"]`;
  const series = (file: string) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => !line.startsWith('#'));

  test('each cache is what it is', async () => {
    const dead = await addressOfNobody();
    const kinds = [
      'private',
      'redirecting',
      'trickling',
      'lying',
      'otherStore',
      'unsigned',
      'broken',
    ] as const;
    const more = ['page', 'failing', 'harmonia'] as const;
    // What caches are asked for: the package that is fetched comes first.
    const run = await world.run([world.url('good'), '--no-build'], {
      substituters: [...kinds, ...more].map(world.url).concat(dead, world.url('good')),
      settings: only(world.paths.large),
    });
    expect(run.exitCode, run.errors).toBe(1);
    const troubles = [...kinds, ...more].map((kind) => [kind, ofKind(run, kind).trouble]);
    expect(Object.fromEntries(troubles)).toEqual({
      private: 'denied',
      redirecting: null,
      trickling: 'timeout',
      lying: 'bad-signature',
      otherStore: 'other-store',
      unsigned: 'unsigned',
      broken: 'broken-nar',
      page: 'no-cache',
      failing: 'status',
      harmonia: null,
    });
    const good = ofKind(run, 'good');
    expect(good).toMatchObject({ trouble: null, role: 'local', priority: 30, massQuery: true, lostSec: 0 });
    expect(good).toMatchObject({ narinfo: 'large-1.0', signature: 'good', keys: ['lab-1'], httpStatus: 200 });
    expect(good.bytesPerSec).toBeGreaterThan(100_000);
    expect(ofKind(run, 'harmonia')).toMatchObject({ signature: 'good', priority: 30 });
    expect(ofKind(run, 'lying')).toMatchObject({ signature: 'bad', keys: ['lab-1'] });
    expect(ofKind(run, 'otherStore').said).toBe('StoreDir: /gnu/store');
    expect(ofKind(run, 'private')).toMatchObject({ httpStatus: 401, lostSec: 0 });
    const trickling = ofKind(run, 'trickling');
    expect(trickling.said).toMatch(/trickles/);
    expect(trickling.lostSec).toBeGreaterThan(2);
    expect(trickling.bytesPerSec).toBeLessThan(20_000);
    expect(ofKind(run, dead)).toMatchObject({ trouble: 'unreachable', answerSec: null, signature: null });
    // One cache that answers with something else, or fails, keeps Nix from all the others: what Nix says of it is told.
    expect(run.check?.fetch).toMatchObject({ state: 'failed', fetched: 0, path: world.paths.large });
    expect(run.check?.fetch.said).toMatch(/is corrupt|HTTP error 502/);
    expect(world.has(world.paths.large)).toBe(false);
  });

  test('one that is silent costs each path its time, and keeps Nix from the others', async () => {
    const silent = await serveNothing();
    const run = await world.run(['--no-build', '--within', '30s'], {
      substituters: [silent, world.url('good')],
      settings: only(world.paths.large),
    });
    expect(ofKind(run, silent)).toMatchObject({ trouble: 'timeout', answerSec: null });
    expect(ofKind(run, silent).lostSec).toBeGreaterThanOrEqual(2);
    expect(run.check?.fetch).toMatchObject({ state: 'failed', fetched: 0 });
    expect(run.check?.fetch.said).toMatch(/does not answer/);
    expect(run.exitCode).toBe(1);
  });

  test('a file that has no directory is said before anything is asked', async () => {
    const nowhere = join(world.directory, 'nowhere/it.prom');
    const run = await world.run(['--textfile', nowhere], { substituters: [world.url('good')] });
    expect(run).toMatchObject({ exitCode: 1, check: null });
    expect(run.errors).toBe(`nixpulse: ${nowhere} cannot be written: there is no such directory\n`);
  });

  test('a private cache with the login that Nix has is well; the login is told nowhere', async () => {
    const netrc = join(world.directory, 'netrc');
    writeFileSync(netrc, 'machine 127.0.0.1 login ada password secret\n');
    const withNetrc = await world.run(['--no-fetch', '--no-build'], {
      substituters: [world.url('private')],
      conf: `netrc-file = ${netrc}`,
    });
    expect(ofKind(withNetrc, 'private')).toMatchObject({ trouble: null, role: 'local', httpStatus: 200 });
    const address = world.url('private').replace('//', '//ada:secret@');
    const named = await world.run([address, '--no-fetch', '--no-build'], { substituters: [] });
    expect(named.check?.caches).toMatchObject([
      { address: world.url('private'), trouble: null, role: 'local' },
    ]);
    const fetched = await world.run(
      [address, '--no-build', '--textfile', join(world.directory, 'named.prom')],
      {
        substituters: [address],
        settings: only(world.paths.large),
      },
    );
    expect(fetched.check?.fetch).toMatchObject({ state: 'hit', from: world.url('private') });
    expect(JSON.stringify(fetched) + readFileSync(join(world.directory, 'named.prom'), 'utf8')).not.toMatch(
      /secret/,
    );
    const wrong = await world.run(['--no-build'], {
      substituters: [address.replace('secret', 'secrets')],
      settings: only(world.paths.large),
    });
    expect(wrong.check?.caches).toMatchObject([{ trouble: 'denied' }]);
    expect(JSON.stringify(wrong)).not.toMatch(/secrets/);
    expect(JSON.stringify(named) + readFileSync(join(world.state, 'cache-checks.jsonl'), 'utf8')).not.toMatch(
      /secret/,
    );
  });

  test('a package is fetched from the local cache and removed; what was there stays', async () => {
    const { app, lib } = world.paths;
    world.realise(lib);
    onTestFinished(() => world.remove(lib));
    const textfile = join(world.directory, 'hit.prom');
    const run = await world.run(['--no-build', '--textfile', textfile], {
      substituters: [world.url('good')],
      settings: only(app),
    });
    expect(run.exitCode, JSON.stringify(run)).toBe(0);
    expect(run.check).toMatchObject({
      cut: false,
      failed: false,
      textfile,
      fetch: { state: 'hit', path: app, from: world.url('good'), fetched: 1, removed: 1, package: app },
    });
    expect(run.check?.fetch.sec).toBeGreaterThan(0);
    expect(run.check?.fetch.bytes).toBeGreaterThan(50_000);
    expect([world.has(app), world.has(lib)]).toEqual([false, true]);
    expect(existsSync(left())).toBe(false);
    expect(statSync(textfile).mode & 0o777).toBe(0o644);
    expect(series(textfile)).toEqual(
      expect.arrayContaining([
        'nix_local_cache_hit 1',
        'nix_cache_info_accessible 1',
        'nix_test_package_info{package="app-1.0"} 1',
        'nix_cache_check_left_paths 0',
      ]),
    );
    expect(kept().at(-1)?.fetch.state).toBe('hit');
    // Present by now: the list has nothing that could be tested.
    const present = await world.run(['--no-build'], {
      substituters: [world.url('good')],
      settings: only(lib),
    });
    expect(present.check?.fetch).toMatchObject({ state: 'untested', untested: 'all-present' });
    expect([present.exitCode, world.has(lib)]).toEqual([0, true]);
  });

  test('not from the local cache; from none', async () => {
    const dead = await addressOfNobody();
    const elsewhere = await world.run([dead, '--no-build'], {
      substituters: [dead, world.url('good')],
      settings: only(world.paths.app),
    });
    expect(elsewhere.check?.fetch).toMatchObject({ state: 'elsewhere', from: world.url('good') });
    expect(elsewhere.check?.fetch).toMatchObject({ fetched: 2, removed: 2 });
    const nowhere = `/nix/store/${'0'.repeat(32)}-nowhere`;
    const missing = await world.run(['--no-build'], {
      substituters: [world.url('good')],
      settings: only(nowhere),
    });
    expect(missing.check?.fetch).toMatchObject({ state: 'missing', fetched: 0, package: nowhere });
    expect(missing.exitCode).toBe(1);
    // One that can be no path of this store keeps nobody from the others.
    const strange = await world.run(['--no-build'], {
      substituters: [world.url('good')],
      settings: `packages = ["/gnu/store/${'0'.repeat(32)}-x", "-x", "/nix/store/${'0'.repeat(32)}-${'x'.repeat(250)}"]`,
    });
    expect(strange.check?.fetch).toMatchObject({ state: 'untested', untested: 'evaluation', fetched: 0 });
    // The cache has it, and Nix does not take it.
    const unsigned = await world.run(['--no-build'], {
      substituters: [world.url('unsigned')],
      settings: only(world.paths.large),
    });
    expect(unsigned.check?.fetch.state).toBe('failed');
    expect(unsigned.check?.fetch.said).toMatch(/has it, and Nix does not take it|sign/);
    expect([world.has(world.paths.app), world.has(world.paths.large)]).toEqual([false, false]);
  });

  /** One that has brought `lib` and still fetches `app`. */
  async function startSlow(words: readonly string[] = []) {
    const { app, lib } = world.paths;
    const started = world.start(['--no-build', ...words], {
      substituters: [world.url('slow')],
      settings: only(app),
    });
    await until('the first path', () => world.has(lib));
    return started;
  }
  const clean = (options = {}) =>
    world.run(['--no-fetch', '--no-build'], { substituters: [world.url('good')], ...options });

  test('what a process uses stays, is counted, and goes with the next run', async () => {
    const { app, lib } = world.paths;
    const started = await startSlow();
    const user = spawn('sleep', ['600'], { cwd: lib, stdio: 'ignore' });
    onTestFinished(() => void user.kill('SIGKILL'));
    const run = await started.ended;
    expect(run.check?.fetch).toMatchObject({ state: 'hit', fetched: 2, removed: 1 });
    expect([world.has(app), world.has(lib)]).toEqual([false, true]);
    expect(existsSync(left())).toBe(true);
    // Still in use.
    await clean();
    expect(world.has(lib)).toBe(true);
    const over = new Promise((resolve) => user.once('exit', resolve));
    user.kill('SIGKILL');
    await over;
    await clean();
    expect([world.has(lib), existsSync(left())]).toEqual([false, false]);
  });

  test('killed in its midst it is cleaned up after by the next run', async () => {
    const { app, lib } = world.paths;
    const { child, ended } = await startSlow();
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(left())).toBe(true);
    expect(world.has(lib)).toBe(true);
    await clean();
    expect([world.has(lib), world.has(app), existsSync(left())]).toEqual([false, false, false]);
  });

  test('what came before the run that was killed is none of its', async () => {
    const { lib } = world.paths;
    const { child, ended } = await startSlow();
    child.kill('SIGKILL');
    await ended;
    const file = JSON.parse(readFileSync(left(), 'utf8'));
    const past = file.brought.map((one: object) => ({ ...one, fromMs: 0, untilMs: 1000 }));
    writeFileSync(left(), JSON.stringify({ ...file, brought: past }));
    await clean();
    expect(world.has(lib)).toBe(true);
    world.remove(lib);
  });

  test('Ctrl-C: nothing is left, the file of the collector stays as it is, and the run is kept as cut', async () => {
    const { app, lib } = world.paths;
    const textfile = join(world.directory, 'cut.prom');
    writeFileSync(textfile, 'before 1\n');
    const { child, ended } = await startSlow(['--textfile', textfile]);
    child.kill('SIGINT');
    const run = await ended;
    expect(run.exitCode).toBe(130);
    expect(run.check).toMatchObject({ cut: true, fetch: { state: 'untested', untested: 'time' } });
    expect(kept().at(-1)?.cut).toBe(true);
    expect([world.has(lib), world.has(app)]).toEqual([false, false]);
    expect(readFileSync(textfile, 'utf8')).toBe('before 1\n');
    await clean();
    expect(existsSync(left())).toBe(false);
  });

  test('two at once: the second says so in a line, and changes nothing', async () => {
    const textfile = join(world.directory, 'second.prom');
    writeFileSync(textfile, 'before 1\n');
    const first = await startSlow();
    const second = await clean();
    expect(second).toMatchObject({ exitCode: 1, check: null });
    expect(second.errors).toMatch(
      new RegExp(`^nixpulse: another check runs \\(pid ${first.child.pid}\\).*\\n$`),
    );
    const run = await first.ended;
    expect(run.check?.fetch).toMatchObject({ state: 'hit', fetched: 2, removed: 2 });
    expect(readFileSync(textfile, 'utf8')).toBe('before 1\n');
  });

  test('a proxy’s cache is counted', async () => {
    const path = join(world.directory, 'proxied');
    mkdirSync(path);
    writeFileSync(join(path, 'a'), Buffer.alloc(100_000));
    writeFileSync(join(path, 'b'), Buffer.alloc(10));
    const { check } = await clean({ settings: `proxy-directory = "${path}"` });
    const [, kilobytes] =
      /^(\d+)/.exec(spawnSync('du', ['-k', join(path, 'a')], { encoding: 'utf8' }).stdout) ?? [];
    expect(check?.proxyDisk).toMatchObject({ path, files: 2 });
    expect(check?.proxyDisk?.usedBytes).toBeGreaterThanOrEqual(Number(kilobytes) * 1024);
    expect(check?.proxyDisk?.availableBytes).toBeGreaterThan(0);
    const gone = await clean({ settings: 'proxy-directory = "/nowhere"' });
    expect(gone.check?.proxyDisk).toMatchObject({ usedBytes: null, files: null, availableBytes: null });
  });

  test('a real node_exporter reads the file, and promtool has nothing to say against it', async () => {
    const texts = join(world.directory, 'texts');
    mkdirSync(texts);
    const textfile = join(texts, 'nix_build_cache.prom');
    const run = await world.run(['--no-build', '--textfile', textfile], {
      substituters: [world.url('good'), await addressOfNobody()],
      settings: only(world.paths.app),
    });
    expect(run.check?.fetch.state).toBe('hit');
    const lint = spawnSync('promtool', ['check', 'metrics'], {
      input: readFileSync(textfile),
      encoding: 'utf8',
    });
    expect([lint.status, lint.stdout + lint.stderr]).toEqual([0, '']);
    const port = await freePort();
    const exporter = spawn(
      'prometheus-node-exporter',
      [
        ...['--collector.disable-defaults', '--collector.textfile'],
        ...[`--collector.textfile.directory=${texts}`, `--web.listen-address=127.0.0.1:${port}`],
      ],
      { stdio: 'ignore' },
    );
    onTestFinished(() => void exporter.kill('SIGKILL'));
    const read = () =>
      fetch(`http://127.0.0.1:${port}/metrics`).then(
        (answer) => answer.text(),
        () => null,
      );
    const text = await until('node_exporter', read);
    for (const line of series(textfile).filter((one) => /^nix_\w+ \d$/.test(one)))
      expect(text).toContain(`${line}\n`);
    expect(text).toContain('node_textfile_scrape_error 0\n');
    expect(text).toMatch(
      /nix_cache_trouble\{cache="http:\/\/127\.0\.0\.1:\d+",role="other",trouble="unreachable"\} 1/,
    );
  });
});
