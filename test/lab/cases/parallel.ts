/** Five parallel builds through the daemon: named, owned and weighed rightly. */
import { expect, onTestFinished, test } from 'vitest';
import type { Model } from '../../../src/model/model.ts';
import { type Lab, startBuild } from '../../support/lab.ts';
import { signalBuild } from '../end.ts';
import {
  buildsWithNonce,
  daemonPid,
  processesOfBuild,
  processesWithNonce,
  readProcess,
  residentBytesOf,
  workerOf,
} from '../truth.ts';
import { pause, until } from '../wait.ts';
import { buildOf, clientOf, openWatch, snapshot, tickMs } from '../watch.ts';

const names = ['firefox-130.0', 'linux-6.12', 'llvm-18.1.8', 'rustc-1.80.1', 'webkitgtk-2.46.0+abi=4.1'];

export function parallelCases(lab: Lab): void {
  test('five parallel builds are named with their users within 2 ticks', async () => {
    const watch = openWatch();
    onTestFinished(() => watch.close());
    watch.tick();
    const client = startBuild(lab, 'parallel', { secs: '60' });
    const firstSeen = new Map<number, number>();
    const namedAt = new Map<number, number>();
    let tick = 0;
    let model: Model = watch.tick();
    await until(
      'five named builds',
      () => {
        tick += 1;
        const truth = buildsWithNonce(client.nonce);
        for (const { pid } of truth) if (!firstSeen.has(pid)) firstSeen.set(pid, tick);
        model = watch.tick();
        for (const { pid, name, user, uid, startTime } of truth) {
          const build = buildOf(model, pid);
          if (build?.name !== name || build.user !== user || namedAt.has(pid)) continue;
          expect(build).toMatchObject({ uid, startTime, sandboxed: true, host: null, paused: false });
          namedAt.set(pid, tick);
        }
        return namedAt.size === 5;
      },
      { everyMs: tickMs, deadlineMs: 45_000, detail: () => client.output() },
    );
    // Seen for the first time by tick n, named at the latest by tick n + 1.
    const late = [...namedAt].map(([pid, at]) => at - (firstSeen.get(pid) ?? 0));
    expect(Math.max(...late)).toBeLessThanOrEqual(1);

    const truth = buildsWithNonce(client.nonce);
    expect(truth.map((build) => build.name).sort()).toEqual(names);
    expect(new Set(truth.map((build) => build.user)).size).toBe(5);
    const worker = workerOf(client.pid);
    for (const { pid } of truth) {
      const build = buildOf(model, pid);
      expect(build).toMatchObject({ clientPid: client.pid, workerPid: worker });
      expect(build?.drvHash).toMatch(/^[0-9a-df-np-sv-z]{32}$/);
      expect(build?.ageSec).toBeGreaterThanOrEqual(0);
      expect(build?.ageSec).toBeLessThan(60);
    }
    expect(buildOf(model, truth.find((one) => one.name === names[4])?.pid ?? 0)).toMatchObject({
      pname: 'webkitgtk',
      version: '2.46.0+abi=4.1',
    });
    expect(clientOf(model, client.pid)).toMatchObject({
      tool: 'nix-build',
      user: 'root',
      direct: false,
      phase: 'building',
      builds: 5,
      waitsFor: null,
    });
    expect(clientOf(model, client.pid)?.command).toContain('nix-build');
  });

  test('summed resident memory is within 5 % of /proc at the same time', async () => {
    const watch = openWatch();
    onTestFinished(() => watch.close());
    const client = startBuild(lab, 'parallel', { secs: '60' });
    await until('five builds', () => buildsWithNonce(client.nonce).length === 5, { deadlineMs: 45_000 });
    await watch.tickUntil('five builds with processes', (model) =>
      buildsWithNonce(client.nonce).every(({ pid }) => (buildOf(model, pid)?.processes ?? 0) > 2),
    );
    // Compilers come and go within milliseconds, so the two readings are made of a stopped moment.
    const builds = buildsWithNonce(client.nonce);
    for (let round = 0; round < 5; round++) {
      signalBuild(client.nonce, 'SIGSTOP');
      await until('a stopped moment', () =>
        processesWithNonce(client.nonce).every((one) => /[TZ]/.test(one.state)),
      );
      const model = watch.tick();
      for (const build of builds) {
        const truth = residentBytesOf(processesOfBuild(build));
        const seen = buildOf(model, build.pid)?.residentBytes ?? 0;
        expect(Math.abs(seen / truth - 1), `${build.name}: ${seen} seen, ${truth} true`).toBeLessThan(0.05);
      }
      signalBuild(client.nonce, 'SIGCONT');
      await pause(tickMs);
    }
  });

  test('the launcher says the same, and how the daemon is', async () => {
    const client = startBuild(lab, 'parallel', { secs: '60' });
    await until('five builds', () => buildsWithNonce(client.nonce).length === 5, { deadlineMs: 45_000 });
    const { status, stderr, model } = await snapshot();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const { pid, name, user, uid, startTime } of buildsWithNonce(client.nonce)) {
      const build = buildOf(model, pid);
      expect(build).toMatchObject({ name, user, uid, startTime, sandboxed: true, clientPid: client.pid });
      expect(build?.cpuPercent).not.toBeNull();
      expect(build?.writeBytesPerSec).not.toBeNull();
    }
    const daemon = daemonPid();
    expect(model.daemon).toMatchObject({ pid: daemon, running: true, socket: 'listening' });
    const truth = readProcess(daemon ?? 0)?.residentBytes ?? 0;
    expect(Math.abs((model.daemon.residentBytes ?? 0) / truth - 1)).toBeLessThan(0.05);
  });
}
