/** Pause: nothing of a build moves, Nix does not mind, and it goes on as if nothing had been. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { leftBehind } from '../../../src/actions/change-registry.ts';
import { pause } from '../../../src/actions/pause.ts';
import { pausedBuilds, resumeAll, stillPaused } from '../../../src/actions/paused-builds.ts';
import { resume } from '../../../src/actions/resume.ts';
import { signalProcess } from '../../../src/actions/signal-process.ts';
import { type Lab, newest, startBuild } from '../../support/lab.ts';
import { type Acting, actElsewhere, openActing } from '../acting.ts';
import { buildsWithNonce, processesBelow, processesWithNonce, readProcess } from '../truth.ts';
import { pause as sleep, until } from '../wait.ts';

/** How long the build stands still; the issue's own wish is 60. */
const pauseSec = Number(process.env.NIXPULSE_PAUSE_SEC ?? 3);

/** CPU ticks of each process, fields 14 and 15 of stat. */
function ticksOf(nonce: string): Record<number, number> {
  const ticks: Record<number, number> = {};
  for (const { pid } of processesWithNonce(nonce)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      ticks[pid] = Number(fields[11]) + Number(fields[12]);
    } catch {
      // It has ended since.
    }
  }
  return ticks;
}

/** Twice: what is forked before its parent moved is left behind. */
function moveInto(cgroup: string, nonce: string): void {
  for (let pass = 0; pass < 2; pass += 1) {
    for (const { pid } of processesWithNonce(nonce)) {
      try {
        writeFileSync(`${cgroup}/cgroup.procs`, String(pid));
      } catch {
        // It has ended since.
      }
    }
  }
}

/** A cgroup can be removed once nobody is in it. */
function removed(cgroup: string): boolean {
  try {
    rmdirSync(cgroup);
    return true;
  } catch {
    return false;
  }
}

/** Of what lives: a child that ended before its parent stopped stays a zombie. */
function states(nonce: string): string[] {
  return [...new Set(processesWithNonce(nonce).map((one) => one.state))].filter((state) => state !== 'Z');
}

async function counting(lab: Lab, acting: Acting, sandbox = true) {
  const client = startBuild(lab, 'count', {}, { sandbox });
  const build = await until('the counting build', () =>
    buildsWithNonce(client.nonce).find(() => processesWithNonce(client.nonce).length >= 4),
  );
  return { client, build, target: await acting.target(build) };
}

export function pauseCases(lab: Lab): void {
  test.for([true, false])(
    'a paused build stands still, and succeeds afterwards (sandbox: %s)',
    async (sandbox) => {
      const acting = await openActing();
      const { client, build, target } = await counting(lab, acting, sandbox);
      const outcome = await pause({ type: 'pause', targets: [target] }, acting.context);
      expect(outcome).toMatchObject({
        status: 'done',
        summary: expect.stringMatching(/^paused count-1\.0: \d+ processes stand still$/),
      });
      expect(states(client.nonce)).toEqual(['T']);
      const before = { ticks: ticksOf(client.nonce), output: client.output() };
      await acting.watch.tickUntil(
        'it shown as paused',
        (model) => model.builds.find(({ pid }) => pid === build.pid)?.paused,
      );
      await sleep(pauseSec * 1000);
      expect(ticksOf(client.nonce)).toEqual(before.ticks);
      expect(client.output()).toBe(before.output);

      const resumed = await resume({ type: 'resume', targets: [target] }, acting.context);
      expect(resumed).toMatchObject({
        status: 'done',
        summary: expect.stringMatching(/^resumed count-1\.0 after/),
      });
      await until('its success', client.ended, { detail: client.output });
      expect(client.output()).toMatch(/^\/nix\/store\/.*-count-1\.0$/m);
      expect(await pausedBuilds.load(acting.context)).toEqual([]);
    },
  );

  test('a storm stands still too', async () => {
    const acting = await openActing();
    const client = startBuild(lab, 'storm', { kind: 'swarm' }, { sandbox: false });
    const build = await until('the storm', () => buildsWithNonce(client.nonce)[0]);
    const target = await acting.target(build);
    expect(await pause({ type: 'pause', targets: [target] }, acting.context)).toMatchObject({
      status: 'done',
    });
    const before = ticksOf(client.nonce);
    await sleep(300);
    expect(ticksOf(client.nonce)).toEqual(before);
    expect(await resume({ type: 'resume', targets: [target] }, acting.context)).toMatchObject({
      status: 'done',
    });
    await until('it going on', () => JSON.stringify(ticksOf(client.nonce)) !== JSON.stringify(before));
  });

  const hierarchy = '/sys/fs/cgroup/unified';
  // On the newest Nix they are Nix's own: newest/newest.test.ts.
  test.skipIf(newest || !existsSync(`${hierarchy}/cgroup.procs`))(
    'a build in a cgroup of its own is frozen',
    async () => {
      const acting = await openActing();
      const { client, build, target } = await counting(lab, acting);
      // As Nix 2.12 and later do with use-cgroups, which the lab's Nix is too old for.
      const cgroup = `${hierarchy}/nix-build-uid-${build.uid}`;
      mkdirSync(cgroup);
      onTestFinished(() => until('the cgroup empty', () => removed(cgroup)).then(() => {}));
      moveInto(cgroup, client.nonce);
      expect(await pause({ type: 'pause', targets: [target] }, acting.context)).toMatchObject({
        status: 'done',
      });
      expect(readFileSync(`${cgroup}/cgroup.events`, 'utf8')).toContain('frozen 1');
      expect(states(client.nonce)).not.toContain('T');
      const before = ticksOf(client.nonce);
      await sleep(300);
      expect(ticksOf(client.nonce)).toEqual(before);
      const raw = acting.context.readForest();
      const recorded = await pausedBuilds.load(acting.context);
      expect(raw === null ? [] : stillPaused(recorded, raw, acting.context.ports.files)).toHaveLength(1);
      expect(await resume({ type: 'resume', targets: [target] }, acting.context)).toMatchObject({
        status: 'done',
      });
      await until('its success', client.ended, { detail: client.output });
      expect(client.output()).toMatch(/^\/nix\/store\/.*-count-1\.0$/m);
    },
  );

  test('one nixpulse is killed while a build is paused: the next one offers to resume it', async () => {
    const acting = await openActing();
    const { client, target } = await counting(lab, acting);
    const other = actElsewhere(acting.stateDirectory, { type: 'pause', targets: [target] }, { stay: true });
    onTestFinished(() => void other.child.kill('SIGKILL'));
    await until('the build stopped', () => states(client.nonce).join() === 'T', {
      detail: () => states(client.nonce).join(),
    });
    await until('it recorded for good', async () => (await pausedBuilds.load(acting.context)).length === 1);
    const { ports } = acting.context;
    expect(leftBehind(await pausedBuilds.load(acting.context), ports.files)).toEqual([]);
    await until('the other done with it', () => other.said().includes('"done"'));
    other.child.kill('SIGKILL');
    await until('the other gone', () => readProcess(other.child.pid as number) === null);

    const recorded = leftBehind(await pausedBuilds.load(acting.context), ports.files);
    const raw = acting.context.readForest();
    expect(raw === null ? [] : stillPaused(recorded, raw, ports.files).map((one) => one.target)).toEqual([
      target,
    ]);
    const again = (targets: readonly (typeof target)[]) =>
      resume({ type: 'resume', targets }, acting.context);
    expect(await resumeAll(again, acting.context, 'own')).toBeNull();
    expect(await resumeAll(again, acting.context, 'all')).toMatchObject({ status: 'done' });
    await until('its success', client.ended, { detail: client.output });
    expect(client.output()).toMatch(/^\/nix\/store\/.*-count-1\.0$/m);
  });

  test('one process of the tree is stopped, continued and ended', async () => {
    const acting = await openActing();
    const client = startBuild(lab, 'parallel', { secs: '60' }, { keepGoing: true });
    const build = await until('a build with children', () =>
      buildsWithNonce(client.nonce).find((one) => processesBelow(one.pid).length >= 3),
    );
    const target = await acting.target(build);
    const child = await until('its child', () =>
      processesBelow(build.pid).find((one) => one.ppid === build.pid),
    );
    const process = { pid: child.pid, startTime: child.startTime };
    const send = (signal: 'STOP' | 'CONT' | 'KILL') =>
      signalProcess({ type: 'signal', build: target, process, signal }, acting.context);
    expect(await send('STOP')).toMatchObject({
      status: 'done',
      summary: expect.stringContaining('it is stopped'),
    });
    expect(readProcess(child.pid)?.state).toBe('T');
    expect(await send('CONT')).toMatchObject({ status: 'done' });
    expect(await send('KILL')).toMatchObject({
      status: 'done',
      summary: expect.stringContaining('it has ended'),
    });
    expect(await send('KILL')).toMatchObject({ status: 'refused' });
    const client2 = { pid: client.pid, startTime: readProcess(client.pid)?.startTime ?? 0 };
    const intent = { type: 'signal', build: target, process: client2, signal: 'KILL' } as const;
    expect(await signalProcess(intent, acting.context)).toMatchObject({ status: 'refused' });
    expect(client.ended()).toBe(false);
  });
}
