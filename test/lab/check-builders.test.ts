/** The builders' half of check-cache with real builders over ssh, each of which goes wrong in its own way. */
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { isLoadOf, loadFileOf } from '../../src/model/caches/load-file.ts';
import { type BuildersOptions, checkBuilders } from '../../src/probes/cache-check/builders.ts';
import type { ProbeContext } from '../../src/probes/probe.ts';
import { bringUpLab, newest } from '../support/lab.ts';
import { inTurn } from './in-turn.ts';
import { type Host, loads, type SshBuilders, startSshBuilders, storePaths } from './ssh-builders.ts';
import { whyNoSshTarget } from './ssh-target.ts';
import { until } from './wait.ts';

const lab = bringUpLab();
const missing = lab.missing ?? whyNoSshTarget();
const here = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux`;
const elsewhere = here.startsWith('x86_64') ? 'aarch64-linux' : 'x86_64-linux';
const stores = ['one', 'two', 'bare', 'stranger'] as const;

describe.skipIf(missing !== null)('builders over ssh', { timeout: 180_000 }, () => {
  inTurn();
  let builders: SshBuilders;
  let before: readonly (readonly string[])[];
  const present = () => [storePaths('/nix/store'), ...stores.map((host) => builders.paths(host))];

  beforeAll(async () => {
    builders = await startSshBuilders();
    // What was there before, here and there.
    for (const host of ['one', 'two'] as const) {
      const words = ['--eval', '-E', 'builtins.toFile "kept" "kept"', '--read-write-mode', '--store'];
      execFileSync('nix-instantiate', [...words, join(builders.directory, host)], { stdio: 'ignore' });
    }
  }, 60_000);
  afterAll(() => builders?.stop());
  beforeEach(() => {
    before = present();
  });
  afterEach(() => {
    expect(present()).toEqual(before);
    expect(before[1]).toMatchObject([expect.stringMatching(/-kept$/)]);
    expect(existsSync(join(builders.directory, 'state/check-builds.json'))).toBe(false);
    expect(builders.connections()).toBe(0);
  });

  /** `SYSTEM KEY JOBS SPEED FEATURES MANDATORY` */
  const line = (host: Host, rest = `${here} - 1 1`) => `${builders.address(host)} ${rest}`;
  const check = (context: ProbeContext, limits: Partial<BuildersOptions> = {}) =>
    checkBuilders(
      {
        deadlineMs: context.ports.clock.monotonic() + 150_000,
        nonce: randomUUID().replaceAll('-', ''),
        ...limits,
      },
      context,
    );

  test('none are configured', async () => {
    expect(await check(builders.context([]))).toEqual({
      build: { state: 'unconfigured', untested: null, said: null, builder: null, sec: null },
      builders: [],
    });
  });

  test('the one takes it, the other is tested by itself', async () => {
    const found = await check(builders.context([line('one', `${here} - 3 9`), line('two')]));
    const well = { trouble: null, said: null, slotsBusy: 0, waiting: 0, nixVersion: expect.any(String) };
    expect(found).toMatchObject({
      build: { state: 'built', builder: builders.address('one'), said: null, sec: expect.any(Number) },
      builders: [
        { ...well, address: builders.address('one'), used: true, slots: 3, speedFactor: 9 },
        { ...well, address: builders.address('two'), used: false, slots: 1 },
      ],
    });
    const { build, builders: all } = found;
    for (const one of all) {
      expect(one.buildSec).toBeGreaterThan(0);
      expect(one.answerSec).toBeGreaterThan(0);
    }
    expect(all[0]?.buildSec).toBeLessThanOrEqual(build.sec ?? 0);
  });

  test('a sandbox without a shell builds all the same', async () => {
    const found = await check(builders.context([line('bare')]));
    expect(found).toMatchObject({
      build: { state: 'built', builder: builders.address('bare') },
      builders: [{ trouble: null, used: true, buildSec: expect.any(Number) }],
    });
    // The newest one of Debian brings a shell along.
    if (!newest) expect(found.builders[0]?.bytesPerSec).toBeNull();
  });

  test('none of this system, none without its feature: nobody takes it, and what they can they build', async () => {
    const context = builders.context([
      line('one', `${here} - 1 1 kvm benchmark`),
      line('two', `${elsewhere} - 1 1`),
    ]);
    expect(await check(context)).toMatchObject({
      build: {
        state: 'declined',
        builder: null,
        said: expect.stringMatching(/start any build|local builds/),
      },
      builders: [
        { trouble: 'features', used: false, mandatory: ['benchmark'], buildSec: expect.any(Number) },
        // It says that it is of that system, and is not.
        { trouble: 'system', used: false, systems: [elsewhere], said: expect.any(String), buildSec: null },
      ],
    });
  });

  test('only ones of another system: it is for that', async () => {
    expect(await check(builders.context([line('closed', elsewhere)]))).toMatchObject({
      build: { state: 'declined' },
      builders: [{ trouble: 'unreachable' }],
    });
  });

  test('each in its own way: another host key, no login, nobody there, nobody trusts us, no such line', async () => {
    const hosts = ['renamed', 'locked', 'closed', 'stranger'] as const;
    const lines = hosts.map((host) => line(host));
    const { build, builders: all } = await check(builders.context(lines));
    // The one that answers takes it before it says that it may not.
    expect(build).toMatchObject({ state: expect.stringMatching(/^(?:declined|failed)$/) });
    const told = [
      ['host-key', expect.stringMatching(/^Host key verification failed/)],
      ['login', expect.stringMatching(/Permission denied \(publickey\)/)],
      ['unreachable', expect.stringMatching(/Connection refused/)],
      ['untrusted', expect.any(String)],
    ];
    expect(all.map(({ trouble, said }) => [trouble, said])).toEqual(told);
    expect(all.every(({ used, buildSec }) => !used && buildSec === null)).toBe(true);
  });

  test('a line that Nix refuses, beside a good one', async () => {
    const found = await check(builders.context([line('one', `${here} - many 1`), line('two')]));
    expect(found).toMatchObject({
      build: { state: 'declined', said: expect.stringMatching(/bad machine specification/) },
      builders: [
        { trouble: 'refused', said: 'many is no number of jobs', buildSec: null },
        { trouble: null, buildSec: expect.any(Number) },
      ],
    });
  });

  test('one that hangs keeps neither the others nor us', async () => {
    const context = builders.context([line('silent', `${here} - 9 9`), line('one')]);
    expect(await check(context, { offerSec: 4, buildSec: 20 })).toMatchObject({
      build: { state: 'declined', said: expect.stringMatching(/^no connection to ssh-ng:\/\/silent/) },
      builders: [
        { trouble: 'unreachable', answerSec: null, buildSec: null },
        { trouble: null, used: false, buildSec: expect.any(Number) },
      ],
    });
  });

  test('all slots are taken', async () => {
    const context = builders.context([line('one', `${here} - 2 1`)]);
    await check(context);
    const names = readdirSync(loads).filter((name) => name.includes(basename(builders.directory)));
    const one = builders.address('one');
    const slots = names
      .flatMap((name) => {
        const file = loadFileOf(name);
        return file?.use === 'slot' && isLoadOf(file, one, [one]) ? join(loads, name) : [];
      })
      .sort()
      .slice(0, 2);
    expect(slots).toHaveLength(2);
    for (const path of slots) {
      const child = spawn('flock', [path, 'sh', '-c', 'echo held; exec cat']);
      onTestFinished(() => void child.kill());
      await new Promise((resolve) => child.stdout.once('data', resolve));
    }
    expect(await check(context, { offerSec: 4 })).toMatchObject({
      build: { state: 'declined', said: expect.stringMatching(/^no builder had a free slot/) },
      builders: [{ trouble: 'slots', slots: 2, slotsBusy: 2, answerSec: expect.any(Number), buildSec: null }],
    });
  });

  test('through the daemon: of root it takes builders, of a user it does not', async () => {
    const address = `ssh-ng://localhost?remote-store=${join(builders.directory, 'two')}`;
    const lines = [`${address} ${here} - 1 1`];
    expect(await check(builders.context(lines, { daemon: true }))).toMatchObject({
      build: { state: 'built', builder: address },
    });
    expect(await check(builders.context(lines, { user: 'nixtester' }))).toMatchObject({
      build: { state: 'declined' },
      builders: [{ trouble: null, said: expect.stringMatching(/trusted user/), buildSec: null }],
    });
  });

  test('cancelled in its midst', async () => {
    const context = builders.context([line('silent')]);
    const checking = check(context);
    await until('the connection', () => builders.connections() > 1);
    context.cancel();
    expect(await checking).toMatchObject({ build: { state: 'untested', untested: 'time' } });
  });

  test('killed in its midst: the next one removes what it left', async () => {
    const child = spawn(
      new URL('../../scripts/node', import.meta.url).pathname,
      [
        new URL('./check-builders-child.ts', import.meta.url).pathname,
        ...[builders.directory, 'killed', line('silent')],
      ],
      { stdio: 'ignore' },
    );
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await until('what it makes', () =>
      storePaths('/nix/store').some((name) => name.includes('check-killed')),
    );
    child.kill('SIGKILL');
    await ended;
    // An ssh that waits for an answer knows nothing of it.
    builders.hangUp();
    await until('the end of its connections', () => builders.connections() === 0);
    expect(storePaths('/nix/store')).not.toEqual(before[0]);
    expect(await check(builders.context([line('one')]))).toMatchObject({ build: { state: 'built' } });
  });
});
