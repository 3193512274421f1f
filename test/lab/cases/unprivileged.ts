/** What a user without privileges sees: all that the kernel tells him, null for the rest. */
import { expect, test } from 'vitest';
import { idsOf, type Lab, newest, startBuild } from '../../support/lab.ts';
import {
  buildDirectoriesOf,
  buildsWithNonce,
  daemonPid,
  processesOfBuild,
  residentBytesOf,
} from '../truth.ts';
import { until } from '../wait.ts';
import { buildOf, clientOf, snapshot } from '../watch.ts';

export function unprivilegedCases(lab: Lab): void {
  test("a user sees root's builds and his own, with and without sandbox", async () => {
    const clients = [
      startBuild(lab, 'stuck', { secs: '60' }, { sandbox: true }),
      startBuild(lab, 'zombies', { n: '3', secs: '60' }, { sandbox: false }),
      startBuild(lab, 'escape', { t: '60' }, { user: 'nixtester' }),
    ] as const;
    const [boxed, open, own] = clients;
    const [inBox, outside, his] = await until(
      'three builds',
      () => {
        const builds = clients.map((client) => buildsWithNonce(client.nonce)[0]).filter((one) => !!one);
        return builds.length === 3 && builds;
      },
      { detail: () => clients.map((client) => client.output()).join('\n') },
    );
    if (!inBox || !outside || !his) throw new Error('three builds');
    const { status, stderr, model } = await snapshot('nixtester');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });

    const { uid } = idsOf('nixtester');
    for (const [build, sandboxed, clientPid] of [
      [inBox, true, boxed.pid],
      [outside, false, open.pid],
      [his, true, own.pid],
    ] as const) {
      const shown = buildOf(model, build.pid);
      const { user, startTime } = build;
      expect(shown).toMatchObject({ user, uid: build.uid, startTime, clientPid, sandboxed });
      // Only its directory names it outside a sandbox, and only if a killed build left no other one.
      if (sandboxed) expect(shown).toMatchObject({ name: build.name, namedBy: 'sandbox' });
      else if (newest) expect(shown).toMatchObject({ name: build.name, namedBy: 'lock' });
      else if (buildDirectoriesOf(build.uid).length === 1)
        expect(shown).toMatchObject({ name: build.name, namedBy: 'directory' });
      else expect([null, build.name]).toContain(shown?.name);
      // /proc/<pid>/io and environ of another user are denied: unknown is null, not 0.
      expect(shown).toMatchObject({ readBytesPerSec: null, writeBytesPerSec: null });
      if (shown?.namedBy !== 'lock') expect(shown?.out).toBeNull();
      const truth = residentBytesOf(processesOfBuild(build));
      expect(Math.abs((shown?.residentBytes ?? 0) / truth - 1)).toBeLessThan(0.2);
    }
    expect(buildOf(model, outside.pid)?.states.Z).toBe(3);
    expect(clientOf(model, own.pid)).toMatchObject({ user: 'nixtester', uid, builds: 1 });
    expect(clientOf(model, boxed.pid)).toMatchObject({ user: 'root', builds: 1, waitsFor: null });
    expect(model.daemon).toMatchObject({ pid: daemonPid(), running: true });
    expect(model.daemon.socket).not.toBe('absent');
  });

  test('a user whose client waits for a lock loses nothing but its name', async () => {
    const first = startBuild(lab, 'stuck', { secs: '60' });
    const build = await until('the build', () => buildsWithNonce(first.nonce)[0]);
    const second = startBuild(lab, 'stuck', { secs: '60' }, { user: 'nixtester', nonce: first.nonce });
    await until('the second client waiting', () => second.output().includes('waiting for lock') || null, {
      detail: second.output,
    }).catch(() => null);
    const { status, model } = await snapshot('nixtester');
    expect(status).toBe(0);
    expect(buildOf(model, build.pid)).toMatchObject({ name: 'stuck-3.1', user: build.user });
    const waiter = clientOf(model, second.pid);
    expect(waiter).toMatchObject({ user: 'nixtester', builds: 0 });
    // The kernel does not tell a user which file it is: no guess.
    expect(waiter?.waitsFor?.path ?? null).toBeNull();
  });
}
