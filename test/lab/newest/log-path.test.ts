/** json-log-path of a real daemon, set up as docs/log-path.md says it; all cases go through one daemon. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { usualLogPath } from '../../../src/followers/log-path.ts';
import { totalsOf } from '../../../src/logs/totals.ts';
import { bringUpLab, idsOf, type StartedBuild, startBuild } from '../../support/lab.ts';
import { inTurn } from '../in-turn.ts';
import { workerOf } from '../truth.ts';
import { until } from '../wait.ts';
import { type Following, openFollowing, rebuildOf } from './follow.ts';

const lab = bringUpLab();
const place = '/run/nixpulse';
const mib = 2 ** 20;

describe.skipIf(lab.missing !== null)('json-log-path', { timeout: 90_000 }, () => {
  inTurn(() => {
    bringUpLab();
    run('umount', place);
  });
  beforeAll(() => {
    mkdirSync(place, { recursive: true });
    run('mount', '-t', 'tmpfs', '-o', 'size=32M,mode=0750', 'nixpulse', place);
    // Root's own file, which users' nix does not see.
    writeFileSync(`${lab.directory}/etc/log.conf`, `json-log-path = ${usualLogPath}\n`, { mode: 0o600 });
    bringUpLab('!include log.conf');
  }, 600_000);

  test('three clients at once: each rebuild is its client’s, each build has its phase, and they end', async () => {
    const follow = opened();
    const clients = [
      startBuild(lab, 'parallel', { secs: '4' }),
      startBuild(lab, 'parallel', { secs: '4' }, { user: 'nixtester' }),
      startBuild(lab, 'count', { n: '5' }),
    ];
    const [ofRoot, ofUser, counting] = clients as [StartedBuild, StartedBuild, StartedBuild];
    const found = await follow.until('eleven builds in their phase', (model) => {
      const phases = model.builds.filter(({ phase }) => phase === 'buildPhase');
      return phases.length === 11 && model;
    });
    expect(found.logPath).toEqual({ path: usualLogPath, problem: null });
    for (const client of clients) {
      const followed = rebuildOf(found, client.pid);
      expect(followed).toMatchObject({
        over: false,
        lostBytes: 0,
        origin: { kind: 'file', path: usualLogPath },
      });
      expect(followed?.rebuild.writers).toEqual([workerOf(client.pid)]);
      const own = found.builds.filter(({ clientPid }) => clientPid === client.pid);
      expect(own.length).toBe(client === counting ? 1 : 5);
      for (const build of own) {
        expect(build.log).toMatchObject({ rebuild: followed?.id });
        expect(followed?.rebuild.running.get(build.log?.drv ?? '')?.name).toBe(build.name);
      }
    }
    const ids = clients.map(({ pid }) => rebuildOf(found, pid)?.id);
    expect(new Set(ids).size).toBe(3);
    const ended = await follow.until('the end of all three', (model) => {
      const told = ids.map((id) => model.rebuilds.find((one) => one.id === id));
      const done = told.map((one) => one && totalsOf(one.rebuild).done);
      return told.every((one) => one?.over) && done.join() === '5,5,1' && told;
    });
    expect(ended.map((one) => one?.lostBytes)).toEqual([0, 0, 0]);
    for (const client of [ofRoot, ofUser, counting]) expect(client.ended()).toBe(true);
  });

  test('what was read is taken out while they write: no line is lost', async () => {
    const follow = opened();
    const lines = 40_000;
    const clients = [1, 2].map(() => startBuild(lab, 'chatter', { n: String(lines) }));
    const counts = await follow.until('both at their end', (model) => {
      const told = model.rebuilds.filter(({ rebuild }) =>
        [rebuild.running, rebuild.finished].some((builds) =>
          [...builds.values()].some(({ name }) => name === 'chatter-1.0'),
        ),
      );
      const builds = told.flatMap(({ rebuild }) => [...rebuild.finished.values()]);
      return builds.length === 2 && told.every(({ over }) => over) && builds.map((build) => build.lines);
    });
    for (const client of clients) expect(client.ended()).toBe(true);
    // Each phase is a line of its own.
    expect(counts).toEqual([lines + 2, lines + 2]);
    for (const { lostBytes } of follow.model.rebuilds) expect(lostBytes).toBe(0);
    const { size, blocks } = statSync(usualLogPath);
    expect(size).toBeGreaterThan(8 * mib);
    expect(blocks * 512).toBeLessThan(6 * mib);
  });

  test('root’s nix build through the daemon, which writes everything twice, counts once', async () => {
    const follow = opened();
    await follow.until('it followed', (model) => model.logPath.path !== null);
    const nonce = String(Math.random());
    const words = [
      'build',
      '--no-link',
      '-f',
      `${lab.directory}/workloads/chatter.nix`,
      '--argstr',
      'n',
      '500',
    ];
    const made = spawnSync('nix', words, { encoding: 'utf8', env: environment({ NONCE: nonce }) });
    expect(made).toMatchObject({ status: 0 });
    const build = await follow.until('its build done', (model) =>
      model.rebuilds
        .flatMap(({ rebuild }) => [...rebuild.finished.values()])
        .find(({ name, lines }) => name === 'chatter-1.0' && lines < 40_000),
    );
    expect(build).toMatchObject({ state: 'done', lines: 502 });
    expect(build.phases.map(({ name }) => name)).toEqual(['buildPhase', 'installPhase']);
  });

  test('a user’s nix neither writes it nor complains', () => {
    const { uid, gid, home } = idsOf('nixtester');
    const size = statSync(usualLogPath).size;
    const options = { encoding: 'utf8', uid, gid, env: environment({ HOME: home }) } as const;
    const { status, stderr } = spawnSync('nix', ['eval', '--expr', '1 + 1'], options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(statSync(usualLogPath).size).toBe(size);
  });

  test('a recorder that stands still stops no build, and goes on with the rest', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'recorded-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const launcher = fileURLToPath(new URL('../../../bin/nixpulse', import.meta.url));
    const recorder = spawn(launcher, ['record', '--dir', directory, '--harden', 'off'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: environment({ TERM: 'dumb' }),
    });
    onTestFinished(() => void recorder.kill('SIGKILL'));
    await once(recorder.stderr, 'data');
    const before = startBuild(lab, 'chatter', { n: '10' });
    await until('a first build', before.ended);
    recorder.kill('SIGSTOP');
    const build = startBuild(lab, 'chatter', { n: '50000' });
    await until('a build that says much', build.ended, { deadlineMs: 60_000, detail: build.output });
    expect(build.output()).toMatch(/^\/nix\/store\/.*-chatter-1\.0$/m);
    recorder.kill('SIGCONT');
    await until('the recorder’s taking out', () => statSync(usualLogPath).blocks * 512 < 6 * mib);
    const ended = once(recorder, 'exit');
    recorder.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
  });

  test('metrics have the rebuilds of all clients, while they run and when they are over', async () => {
    const launcher = fileURLToPath(new URL('../../../bin/nixpulse', import.meta.url));
    const exporter = spawn(launcher, ['export', '--listen', '127.0.0.1:0', '--harden', 'off'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: environment({ TERM: 'dumb' }),
    });
    onTestFinished(() => void exporter.kill('SIGKILL'));
    const [line] = (await once(exporter.stderr, 'data')) as [Buffer];
    const url = /http:\S+/.exec(line.toString())?.[0] ?? '';
    const metric = async (series: string) => {
      const text = await (await fetch(url)).text();
      return Number(
        text
          .split('\n')
          .find((one) => one.startsWith(`${series} `))
          ?.slice(series.length),
      );
    };
    const clients = [1, 2].map(() => startBuild(lab, 'parallel', { secs: '8' }));
    await until('two rebuilds', async () => (await metric('nixpulse_rebuilds')) === 2);
    await until(
      'their builds',
      async () => (await metric('nixpulse_rebuild_derivations{state="running"}')) >= 10,
    );
    expect(await metric('nixpulse_rebuild_builds')).toBe(10);
    for (const client of clients) await until('an end', client.ended);
    const took = 'nixpulse_rebuild_duration_seconds';
    await until('both told', async () => (await metric(`${took}_count{result="done"}`)) === 2);
    expect(await metric(`${took}_sum{result="done"}`)).toBeGreaterThan(16);
    expect(await metric('nixpulse_rebuilds')).toBe(0);
  });

  test('full, Nix builds on, and it is said', async () => {
    const follow = opened();
    truncateSync(usualLogPath);
    run('mount', '-o', 'remount,size=1M', place);
    onTestFinished(() => {
      truncateSync(usualLogPath);
      run('mount', '-o', 'remount,size=32M', place);
    });
    const client = startBuild(lab, 'chatter', { n: '20000' });
    await follow.until('its problem', ({ logPath }) => logPath.problem?.kind === 'exhausted');
    await until('its success', client.ended, { detail: client.output });
    expect(client.output()).toMatch(/^\/nix\/store\/.*-chatter-1\.0$/m);
  });

  test('replaced by another file: who begins then is told by that', async () => {
    const follow = opened();
    await follow.until('it followed', (model) => model.logPath.path !== null);
    renameSync(usualLogPath, `${usualLogPath}.old`);
    const client = startBuild(lab, 'chatter', { n: '1000' });
    const followed = await follow.until('its rebuild', (model) =>
      model.rebuilds.find(({ id, rebuild }) => id.includes('#2') && rebuild.finished.size === 1),
    );
    const [build] = followed.rebuild.finished.values();
    expect(build).toMatchObject({ name: 'chatter-1.0', state: 'done', lines: 1002 });
    await until('its end', client.ended);
  });

  function opened(): Following {
    const follow = openFollowing();
    onTestFinished(() => follow.close());
    return follow;
  }

  function environment(more: Readonly<Record<string, string>>): Record<string, string> {
    const usual = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/root', LANG: 'C.UTF-8', NIX_PATH: '' };
    return { ...usual, NIX_CONF_DIR: `${lab.directory}/etc`, NIX_REMOTE: 'daemon', ...more };
  }
});

function run(file: string, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync(file, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ${words.join(' ')}: ${stderr}`);
}
