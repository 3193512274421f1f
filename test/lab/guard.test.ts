/** A guard on a real Nix: what leaks is paused and ended, what is honest lives, and a guard that is killed leaves nothing paused. */
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bringUpLab, startBuild } from '../support/lab.ts';
import { type Guarded, guarded, receiveAt } from './guarding.ts';
import { inTurn } from './in-turn.ts';
import { buildsWithNonce, processesOfBuild } from './truth.ts';
import { pause, until } from './wait.ts';

const lab = bringUpLab();
/** 150 MB of a rebuild are too much. */
const delta = (actions: readonly string[]) => ({
  'memory-delta': `limit = "150M"\nfor = "1s"\nactions = ${JSON.stringify(actions)}`,
});
const armed = 'dry-run = false\nrest = "2s"\ncalm = "10 min"';

describe.skipIf(lab.missing !== null)('a guard', { timeout: 120_000 }, () => {
  inTurn();

  /** The build of a client of ours, once it runs. */
  async function buildOf(workload: string, args: Readonly<Record<string, string>>) {
    const client = startBuild(lab, workload, args);
    const build = await until(`the build ${workload}`, () => buildsWithNonce(client.nonce)[0]);
    return { client, build, states: () => processesOfBuild(build).map(({ state }) => state) };
  }

  test('what takes too much is paused, then killed; an honest build beside it lives; each is told', async () => {
    const guard = guarded(armed, delta(['tell', 'pause', 'kill']));
    onTestFinished(guard.end);
    const manager = await receiveAt(join(guard.folder, 'notify'));
    onTestFinished(manager.end);
    const child = await guard.start(['guard'], {
      NOTIFY_SOCKET: join(guard.folder, 'notify'),
      WATCHDOG_USEC: '2000000',
    });
    const honest = await buildOf('leak', { rate: '5', max: '60', hold: '600' });
    const leaking = await buildOf('leak', { rate: '40', max: '2000', hold: '600' });
    await until('its pause', () => leaking.states().includes('T'), { everyMs: 20, detail: guard.err });
    expect(guard.run('guard', 'status').out).toMatch(/memory of a rebuild +\d/);
    await until('its end', () => buildsWithNonce(leaking.client.nonce).length === 0, { detail: guard.err });
    expect(buildsWithNonce(honest.client.nonce)).toHaveLength(1);
    expect(honest.states()).not.toContain('T');
    await until('its words', () => /killed memleak-0\.1: memory of a rebuild/.test(guard.err()), {
      detail: guard.err,
    });
    // Words come before the journal, which waits for its disk.
    await until('its journal', () => guard.entries().length >= 2, { detail: guard.err });
    expect(guard.entries().map(({ via, status, intent }) => [via, status, intent.type])).toEqual([
      ['guard', 'done', 'pause'],
      ['guard', 'done', 'kill'],
    ]);
    expect(guard.err()).toMatch(/look at .*: memory of a rebuild [\d.]+ .B, limit 150 MB/);
    expect(guard.err()).toMatch(/paused memleak-0\.1: memory of a rebuild/);
    const status = JSON.parse(guard.run('guard', 'status', '--json').out);
    expect(status).toMatchObject({ runs: true, guards: [{ standing: 'armed', scope: 'machine' }] });
    expect(status.guards[0].acts.map(({ action }: { action: string }) => action)).toEqual([
      'tell',
      'pause',
      'kill',
    ]);
    child.kill('SIGTERM');
    await until('its end', () => child.exitCode !== null);
    expect(child.exitCode).toBe(143);
    const said = manager.said().map(({ text }) => text);
    expect(said[0]).toBe('READY=1\n');
    expect(said.filter((text) => text === 'WATCHDOG=1\n').length).toBeGreaterThan(3);
    expect(said.at(-1)).toMatch(/^STOPPING=1\n/);
    expect(guard.run('guard', 'status').code).toBe(1);
  });

  test('a dry run says the same and does nothing', async () => {
    const guard = guarded('rest = "2s"', delta(['lower', 'pause', 'kill']));
    onTestFinished(guard.end);
    await guard.start();
    const { build, client, states } = await buildOf('leak', { rate: '60', max: '2000', hold: '600' });
    const told = () => /would kill memleak/.test(guard.err());
    await until('what it would do', told, { deadlineMs: 60_000, detail: guard.err });
    expect(guard.err()).toMatch(/would lower memleak[\s\S]*would pause memleak/);
    expect(states()).not.toContain('T');
    expect(getPriority(build.pid)).toBe(0);
    expect(buildsWithNonce(client.nonce)).toHaveLength(1);
    expect(guard.entries()).toEqual([]);
  });

  test('one that ends well undoes what it did, and while it is held it does nothing', async () => {
    const guard = guarded(armed, delta(['pause']));
    onTestFinished(guard.end);
    const child = await guard.start();
    expect(guard.run('guard', 'hold', '10m')).toMatchObject({ code: 0 });
    await until('that it is held', () => /held for 10 min/.test(guard.err()), { detail: guard.err });
    const { states } = await buildOf('leak', { rate: '60', max: '2000', hold: '600' });
    await pause(8000);
    expect(states()).not.toContain('T');
    expect(guard.run('guard', 'hold', '0')).toMatchObject({ code: 0 });
    await until('its pause', () => states().includes('T'), { deadlineMs: 60_000, detail: guard.err });
    // A second one of the same machine does not begin.
    expect(guard.run('guard', '--config', join(guard.folder, 'config.toml'))).toMatchObject({
      code: 1,
      err: `nixpulse: another guard runs already: process ${child.pid}\n`,
    });
    child.kill('SIGINT');
    await until('its end', () => child.exitCode !== null);
    expect([child.exitCode, states().includes('T')]).toEqual([130, false]);
    expect(recorded(guard)).toBe(false);
  });

  // Once it has done all of it; and within its act, which takes a tenth of a second, at any moment.
  const moments = [null, 0, ...Array.from({ length: 4 }, () => Math.round(Math.random() * 120))];

  test.each(['pause', 'lower'] as const)(
    'kill -9 in or after a %s: within seconds all is as before',
    async (action) => {
      const guard = guarded(armed, delta([action]));
      onTestFinished(guard.end);
      for (const afterMs of moments) {
        const before = guard.entries().length;
        const child = await guard.start();
        const { build, client } = await buildOf('leak', { rate: '90', max: '2000', hold: '600' });
        const changed = () =>
          processesOfBuild(build).some(({ pid, state }) =>
            action === 'pause' ? state === 'T' : niceOf(pid) !== 0,
          );
        await until('its act', changed, { everyMs: 1, deadlineMs: 60_000, detail: guard.err });
        const actedMs = Date.now();
        if (afterMs === null) await until('its entry', () => guard.entries().length > before);
        else await pause(afterMs);
        child.kill('SIGKILL');
        const killedMs = Date.now();
        await until('all as before', () => !changed(), { everyMs: 5, deadlineMs: 5000, detail: guard.err });
        const decided = guard.entries()[before]?.time;
        console.log(
          `${action}, killed ${afterMs ?? 'late'}: as before after ${Date.now() - killedMs} ms`,
          afterMs === null
            ? `; from the decision to what could be seen ${actedMs - Date.parse(decided ?? '')} ms`
            : '',
        );
        await until('that nothing is recorded', () => !recorded(guard), { deadlineMs: 5000 });
        expect(processesOfBuild(build).length).toBeGreaterThan(0);
        await client.stop();
      }
    },
  );
});

function niceOf(pid: number): number {
  try {
    return getPriority(pid);
  } catch {
    return 0;
  }
}

function recorded({ folder, runtime }: Guarded): boolean {
  const places = [join(folder, 'state/nixpulse'), join(runtime, 'nixpulse-guard')];
  return places.some((place) =>
    ['paused.json', 'lowered.json'].some((name) => {
      const path = join(place, name);
      return existsSync(path) && readFileSync(path, 'utf8').includes('"target"');
    }),
  );
}
