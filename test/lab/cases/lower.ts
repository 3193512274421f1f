/** Lower and restore: what the kernel says of every thread of a real build, before, after and when it is put back. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { limit } from '../../../src/actions/limit.ts';
import { lower } from '../../../src/actions/lower.ts';
import { loweredBuilds } from '../../../src/actions/lowered-builds.ts';
import { restore } from '../../../src/actions/restore.ts';
import type { BuildTarget } from '../../../src/model/intents/intent.ts';
import { restoringLeftBehind } from '../../../src/perform/undo-changes.ts';
import { type Lab, startBuild } from '../../support/lab.ts';
import { type Acting, actElsewhere, openActing } from '../acting.ts';
import { buildsWithNonce, processesWithNonce, readProcess } from '../truth.ts';
import { pause as sleep, until } from '../wait.ts';

/** `19 idle`, `0 none`: what its threads have, each once. By ionice(1), not by code of ours. */
function priorities(nonce: string): string[] {
  const found = new Set<string>();
  for (const { pid, state } of processesWithNonce(nonce)) {
    if (state === 'Z') continue;
    for (const tid of threadsOf(pid)) {
      try {
        const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1');
        const nice = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16];
        const io = execFileSync('ionice', ['-p', tid], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        found.add(`${nice} ${io.trim().split(/[:\n]/)[0]}`);
      } catch {
        // It has ended since.
      }
    }
  }
  return [...found].sort();
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function sessionNice(pid: number): string {
  return readFileSync(`/proc/${pid}/autogroup`, 'utf8').trim().replace(/^\S+ /, '');
}

const autogroups = (() => {
  try {
    return readFileSync('/proc/sys/kernel/sched_autogroup_enabled', 'utf8').trim() === '1';
  } catch {
    return false;
  }
})();

async function building(lab: Lab, acting: Acting, name = 'count', arguments_: Record<string, string> = {}) {
  const client = startBuild(lab, name, arguments_, { sandbox: name !== 'storm' });
  const build = await until('the build', () =>
    buildsWithNonce(client.nonce).find(() => processesWithNonce(client.nonce).length >= 4),
  );
  const target = await acting.target(build);
  return { client, build, target };
}

const lowerIt = (acting: Acting, target: BuildTarget) =>
  lower({ type: 'lower', targets: [target] }, acting.context);
const restoreIt = (acting: Acting, target: BuildTarget) =>
  restore({ type: 'restore', targets: [target] }, acting.context);

export function lowerCases(lab: Lab): void {
  test('every thread of a build is lowered, and put back', async () => {
    const acting = await openActing();
    const { client, build, target } = await building(lab, acting);
    expect(priorities(client.nonce)).toEqual(['0 none']);
    expect(await lowerIt(acting, target)).toMatchObject({
      status: 'done',
      summary: expect.stringMatching(/^lowered count-1\.0: \d+ processes at nice 19 and idle I\/O$/),
    });
    expect(priorities(client.nonce)).toEqual(['19 idle']);
    if (autogroups) expect(sessionNice(build.pid)).toBe('nice 19');
    await acting.watch.tickUntil(
      'it shown as lowered',
      (model) => model.builds.find(({ pid }) => pid === build.pid)?.lowered,
    );
    // What it starts from now on has it from its parents.
    await sleep(300);
    expect(priorities(client.nonce)).toEqual(['19 idle']);

    expect(await restoreIt(acting, target)).toMatchObject({ status: 'done' });
    expect(priorities(client.nonce)).toEqual(['0 none']);
    if (autogroups) expect(sessionNice(build.pid)).toBe('nice 0');
    expect(await loweredBuilds.load(acting.context)).toEqual([]);
    await until('its success', client.ended, { detail: client.output });
    expect(client.output()).toMatch(/^\/nix\/store\/.*-count-1\.0$/m);
  });

  test('a storm is lowered too, and what it forked since is put back', async () => {
    const acting = await openActing();
    const client = startBuild(lab, 'storm', { kind: 'swarm' }, { sandbox: false });
    const build = await until('the storm', () => buildsWithNonce(client.nonce)[0]);
    const target = await acting.target(build);
    expect((await lowerIt(acting, target)).status).toMatch(/done|incomplete/);
    await until('all of it lowered', () => priorities(client.nonce).join() === '19 idle', {
      detail: () => priorities(client.nonce).join(),
    });
    await restoreIt(acting, target);
    await until('all of it put back', () => priorities(client.nonce).join() === '0 none', {
      detail: () => priorities(client.nonce).join(),
    });
  });

  test('killed at any moment of it: the next one puts back what it finds', async () => {
    const acting = await openActing();
    const { client, target } = await building(lab, acting, 'parallel', { secs: '60' });
    const { context, stateDirectory } = acting;
    const deps = { ...context, actions: {}, user: 'root' };
    let midway = 0;
    for (let round = 0; round < 12; round += 1) {
      const other = actElsewhere(stateDirectory, { type: 'lower', targets: [target] }, { stay: true });
      onTestFinished(() => void other.child.kill('SIGKILL'));
      await until(
        'its first record, or its end',
        async () => {
          const rows = await loweredBuilds.load(context);
          return rows.length > 0 || other.said() !== '';
        },
        { everyMs: 1 },
      );
      await sleep(round * 3);
      other.child.kill('SIGKILL');
      await until('it gone', () => readProcess(other.child.pid as number) === null);
      if (other.said() === '') midway += 1;
      const intent = await restoringLeftBehind(deps);
      expect(intent).toMatchObject({ type: 'restore', targets: [target] });
      expect(await restoreIt(acting, target)).toMatchObject({ status: 'done' });
      expect(priorities(client.nonce), `round ${round}`).toEqual(['0 none']);
      expect(await loweredBuilds.load(context)).toEqual([]);
    }
    expect(midway).toBeGreaterThan(0);
  });

  test('limits are refused where nothing can give them, and it is said what would', async () => {
    const acting = await openActing();
    const { client, target } = await building(lab, acting);
    expect(await limit({ type: 'limit', targets: [target] }, acting.context)).toMatchObject({
      status: 'refused',
      summary: expect.stringContaining('use-cgroups = true'),
    });
    expect(client.ended()).toBe(false);
    expect(await loweredBuilds.load(acting.context)).toEqual([]);
  });

  test('who may not signal it may not lower it either', async () => {
    const acting = await openActing();
    const { client, target } = await building(lab, acting);
    const other = actElsewhere('/nowhere', { type: 'lower', targets: [target] }, { user: 'nobody' });
    await until('what came of it', () => other.said().includes('\n'));
    expect(JSON.parse(other.said())).toMatchObject({
      status: 'denied',
      summary: expect.stringContaining('sudo nixpulse lower'),
    });
    expect(priorities(client.nonce)).toEqual(['0 none']);
  });
}
