/** What only the newest Nix has: cgroups of builds, users made up for a build, directories without names. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { cancel } from '../../../src/actions/cancel.ts';
import { kill } from '../../../src/actions/kill.ts';
import { limit } from '../../../src/actions/limit.ts';
import { lower } from '../../../src/actions/lower.ts';
import { pause } from '../../../src/actions/pause.ts';
import { restore } from '../../../src/actions/restore.ts';
import { resume } from '../../../src/actions/resume.ts';
import { bringUpLab, type Lab, startBuild, startCopy } from '../../support/lab.ts';
import { openActing } from '../acting.ts';
import { inTurn } from '../in-turn.ts';
import { living } from '../remains.ts';
import { buildsWithNonce, processesWithNonce, type TrueBuild } from '../truth.ts';
import { until } from '../wait.ts';
import { buildOf, clientOf, openWatch, snapshot } from '../watch.ts';

const lab = bringUpLab();
/** Each is a daemon of its own; all cases of one go through it. */
const configurations = [
  {
    title: 'use-cgroups',
    conf: 'experimental-features = nix-command cgroups\nuse-cgroups = true',
    user: /^nixbld\d+$/,
  },
  {
    title: 'auto-allocate-uids',
    conf: 'experimental-features = nix-command auto-allocate-uids\nauto-allocate-uids = true',
    user: /^uid 872\d{6}$/,
  },
] as const;

describe.skipIf(lab.missing !== null)('on the newest Nix alone', { timeout: 90_000 }, () => {
  inTurn();

  describe.each(configurations)('$title', ({ title, conf, user }) => {
    beforeAll(() => void bringUpLab(conf));
    afterAll(() => {
      bringUpLab();
      // Where a daemon with use-cgroups had moved to: outside of the namespaces, too, it would stay.
      sh('rmdir /sys/fs/cgroup/nix-daemon');
    });

    test('builds have names and users, for root and for everybody', async () => {
      const client = startBuild(lab, 'parallel', { secs: '60' });
      const builds = await until('five builds', () => {
        const found = buildsWithNonce(client.nonce);
        return found.length === 5 && found;
      });
      for (const who of ['root', 'nixtester'] as const) {
        const { status, stderr, model } = await snapshot(who);
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        for (const { pid, uid, name, startTime } of builds) {
          const shown = buildOf(model, pid);
          expect(shown).toMatchObject({ name, uid, startTime, sandboxed: true, clientPid: client.pid });
          expect(shown?.user).toMatch(user);
        }
      }
    });

    test('a paused build stands still, and succeeds afterwards', async () => {
      const { client, build, target, acting } = await counting(lab);
      expect(await pause({ type: 'pause', targets: [target] }, acting.context)).toMatchObject({
        status: 'done',
        summary: expect.stringMatching(/^paused count-1\.0: \d+ processes stand still$/),
      });
      if (title === 'use-cgroups') expect(eventsOf(build)).toContain('frozen 1');
      const states = processesWithNonce(client.nonce).map(({ state }) => state);
      expect(states).not.toContain('R');
      expect(await resume({ type: 'resume', targets: [target] }, acting.context)).toMatchObject({
        status: 'done',
        summary: expect.stringMatching(/^resumed count-1\.0 after/),
      });
      await until('its success', client.ended, { detail: client.output });
      expect(client.output()).toMatch(/^\/nix\/store\/.*-count-1\.0$/m);
    });

    // The processes of a frozen cgroup are asleep, not stopped.
    test('a paused build is shown as paused', async () => {
      const { build, target, acting } = await counting(lab);
      await pause({ type: 'pause', targets: [target] }, acting.context);
      try {
        const { model } = await snapshot();
        expect(buildOf(model, build.pid)).toMatchObject({ name: 'count-1.0', paused: true });
      } finally {
        await resume({ type: 'resume', targets: [target] }, acting.context);
      }
    });

    test('a build is lowered and limited, and put back', async () => {
      const { client, build, target, acting } = await counting(lab);
      const targets = [target];
      expect(await lower({ type: 'lower', targets }, acting.context)).toMatchObject({
        status: 'done',
        summary: expect.stringMatching(/^lowered count-1\.0: \d+ processes at nice 19 and idle I\/O$/),
      });
      expect(nicesOf(client.nonce)).toEqual(['19']);
      const limits = { memoryHighBytes: 512 * 1024 ** 2 };
      const limited = await limit({ type: 'limit', targets, ...limits }, acting.context);
      // Where the memory controller is one of cgroup v1, none of cgroup v2 has it.
      const before = title === 'use-cgroups' ? settingOf(build, 'memory.high') : null;
      if (before === null) {
        expect(limited).toMatchObject({ status: 'refused', summary: expect.stringContaining('use-cgroups') });
      } else {
        expect([limited.status, before]).toEqual(['done', String(limits.memoryHighBytes)]);
      }
      expect(await restore({ type: 'restore', targets }, acting.context)).toMatchObject({ status: 'done' });
      expect(nicesOf(client.nonce)).toEqual(['0']);
      if (before !== null) expect(settingOf(build, 'memory.high')).toBe('max');
      await until('its success', client.ended, { detail: client.output });
      expect(client.output()).toMatch(/^\/nix\/store\/.*-count-1\.0$/m);
    });

    test('kill: all of a build, and nothing else', async () => {
      const acting = await openActing();
      const client = startBuild(lab, 'parallel', { secs: '60' }, { keepGoing: true });
      const [victim, ...others] = await until('five builds', () => {
        const found = buildsWithNonce(client.nonce);
        return found.length === 5 && found;
      });
      if (victim === undefined) throw new Error('no victim');
      const targets = [await acting.target(victim)];
      expect(await kill({ type: 'kill', targets, reason: null }, acting.context)).toMatchObject({
        status: 'done',
        details: [expect.stringMatching(/goes on \(--keep-going\)$/)],
      });
      expect(living(client.nonce, victim.name)).toEqual([]);
      for (const { name, pid } of others) expect(living(client.nonce, name)).toContain(pid);
    });

    test('cancel: a client and its builds', async () => {
      const acting = await openActing();
      const client = startBuild(lab, 'retry', { t: '600' });
      await until('the build', () => buildsWithNonce(client.nonce)[0]);
      const clients = [await acting.clientTarget(client)];
      const intent = { type: 'cancel', clients, orphans: [], everything: false } as const;
      expect(await cancel(intent, acting.context)).toMatchObject({ status: 'done', details: [] });
      await until('its end', client.ended);
      expect(living(client.nonce)).toEqual([]);
    });
  });

  // The build's directory has no name there; that of its lock is looked for.
  test('a user sees the name of a build without sandbox', async () => {
    const client = startBuild(lab, 'stuck', { secs: '60' }, { sandbox: false });
    const build = await until('the build', () => buildsWithNonce(client.nonce)[0]);
    const { model } = await snapshot('nixtester');
    expect(buildOf(model, build.pid)).toMatchObject({ name: 'stuck-3.1', sandboxed: false });
  });

  const subvolume = fileURLToPath(new URL('subvolume.sh', import.meta.url));
  const within = ['unshare', '--mount', '--propagation', 'private', 'bash', subvolume];
  test('where / is a subvolume a build without sandbox is none with one', async () => {
    const client = startBuild(lab, 'stuck', { secs: '60' }, { direct: true, sandbox: false, within });
    const build = await until('the build', () => buildsWithNonce(client.nonce)[0], { detail: client.output });
    expect(rootOf(build)).toBe('/@');
    const { model } = await snapshot('root', ['nsenter', `--target=${client.pid}`, '--mount']);
    expect(buildOf(model, build.pid)).toMatchObject({ name: 'stuck-3.1', sandboxed: false });
  });

  test('where / is a subvolume a build in a sandbox has one', async () => {
    const client = startBuild(lab, 'stuck', { secs: '60' }, { direct: true, within });
    const build = await until('the build', () => buildsWithNonce(client.nonce)[0], { detail: client.output });
    const { model } = await snapshot('root', ['nsenter', `--target=${client.pid}`, '--mount']);
    expect(buildOf(model, build.pid)).toMatchObject({ name: 'stuck-3.1', sandboxed: true });
  });

  test('`nix copy` is copying', async () => {
    const file = `/var/tmp/large-${randomUUID()}`;
    const [path = ''] = sh(`head -c 60M /dev/urandom >${file}; nix-store --add ${file}; rm ${file}`);
    onTestFinished(() => void sh(`nix-store --delete ${path}; rm -rf /var/tmp/copied`));
    const client = startCopy(lab, path, 'file:///var/tmp/copied?compression=xz');
    const watch = openWatch();
    onTestFinished(() => watch.close());
    await watch.tickUntil('it copying', (model) => clientOf(model, client.pid)?.phase === 'copying', 6000);
  });
});

async function counting(on: Lab) {
  const acting = await openActing();
  const client = startBuild(on, 'count');
  const build = await until('the counting build', () =>
    buildsWithNonce(client.nonce).find(() => processesWithNonce(client.nonce).length >= 4),
  );
  return { acting, client, build, target: await acting.target(build) };
}

/** cgroup.events of the build's own cgroup. */
function eventsOf({ pid }: TrueBuild): string {
  const cgroup = readFileSync(`/proc/${pid}/cgroup`, 'utf8').match(/^0::(.*)$/m)?.[1];
  return readFileSync(`/sys/fs/cgroup${cgroup}/cgroup.events`, 'utf8');
}

/** Of its own cgroup; null: the controller is not there. */
function settingOf({ pid }: TrueBuild, name: string): string | null {
  const cgroup = readFileSync(`/proc/${pid}/cgroup`, 'utf8').match(/^0::(.*)$/m)?.[1];
  try {
    return readFileSync(`/sys/fs/cgroup${cgroup}/${name}`, 'utf8').trim();
  } catch {
    return null;
  }
}

/** Each once. */
function nicesOf(nonce: string): string[] {
  const found = processesWithNonce(nonce).flatMap(({ pid, state }) => {
    if (state === 'Z') return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16] ?? [];
    } catch {
      return [];
    }
  });
  return [...new Set(found)].sort();
}

/** `<id> <parent> <device> <root> / …`: proc_pid_mountinfo(5). */
function rootOf({ pid }: TrueBuild): string | undefined {
  return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').match(/^\d+ \d+ \S+ (\S+) \/ /m)?.[1];
}

function sh(script: string): string[] {
  return spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout.trim().split('\n');
}
