/** A guard that runs one command: what is the command's, and that it can be cancelled whatever is seen of it. */
import { describe, expect, test } from 'vitest';
import { controlledSettings, parseLimits } from '../../src/guard/limits.ts';
import { defaultGuardSettings } from '../../src/guard/settings.ts';
import { touchable } from '../../src/guard/touchable.ts';
import type { Model } from '../../src/model/model.ts';
import { activating, actsOver, buildOf, clientOf, gib, guarded, machine } from './guarded.ts';

const scope = { pid: 100, startedMs: 0 };
const settingsOf = (text: string) => {
  const parsed = parseLimits(text);
  if (!parsed.ok) throw new Error(parsed.cause);
  return controlledSettings(defaultGuardSettings, parsed.limits);
};

function acts(
  limits: string,
  seconds: number,
  modelAt: (sec: number) => Partial<Model>,
  clientPids?: Set<number>,
) {
  const one = guarded({
    settings: settingsOf(limits),
    scope: { ...scope, ...(clientPids && { clientPids }) },
  });
  return actsOver(one, [0, seconds], modelAt);
}

describe('what is the command’s', () => {
  test('its own client, and those that a script of it has started', () => {
    const clients = [clientOf(100), clientOf(120), clientOf(200)];
    const builds = [
      buildOf(1, { clientPid: 100 }),
      buildOf(2, { clientPid: 120 }),
      buildOf(3, { clientPid: 200 }),
    ];
    const pids = (clientPids?: ReadonlySet<number>) => {
      const within = touchable({ builds, clients }, { ...scope, ...(clientPids && { clientPids }) });
      return [within.clients.map(({ pid }) => pid), within.builds.map(({ pid }) => pid)];
    };
    expect(pids()).toEqual([[100], [1]]);
    expect(pids(new Set([120]))).toEqual([
      [100, 120],
      [1, 2],
    ]);
  });
});

describe('a limit of its time', () => {
  test('cancels it though no client of it is seen', () => {
    expect(acts('time=10s', 40, () => machine({ clients: [] }))).toEqual([
      expect.stringMatching(/^1\d rebuild-time tell/),
      expect.stringMatching(/rebuild-time cancel the command$/),
    ]);
  });

  test('and its clients, where they are', () => {
    const clients = [clientOf(120)];
    const [, cancelled] = acts('time=10s', 40, () => machine({ clients }), new Set([120]));
    expect(cancelled).toMatch(/rebuild-time cancel nix build \.#120$/);
  });

  test('never midway of a switch', () => {
    const clients = [clientOf(100, activating)];
    const done = acts('time=10s', 120, () => machine({ clients }));
    expect(done.filter((act) => act.includes('cancel'))).toEqual([]);
  });
});

test('memory-delta of a build below a script: told, lowered, paused, cancelled', () => {
  const clients = [clientOf(120)];
  const at = (sec: number) => {
    const took = Math.min(sec, 20) * gib;
    const builds = [buildOf(1, { clientPid: 120, residentBytes: took })];
    return machine({ clients, builds, total: 64 * gib, available: 60 * gib - took });
  };
  const done = acts('memory-delta=4G', 90, at, new Set([120]));
  expect(done.map((act) => act.split(' ')[2])).toEqual(['tell', 'lower', 'pause', 'cancel']);
  // Of somebody else's nothing is done.
  expect(acts('memory-delta=4G', 90, at)).toEqual([]);
});

test('what others give back meanwhile does not hide what it takes', () => {
  const clients = [clientOf(100)];
  const at = (sec: number) => {
    const took = Math.min(Math.max(0, sec - 5), 8) * gib;
    const builds = [buildOf(1, { clientPid: 100, residentBytes: took })];
    const others = sec < 5 ? 12 * gib : 0;
    return machine({ clients, builds, total: 64 * gib, available: 50 * gib - others - took });
  };
  expect(acts('memory-delta=4G', 30, at)[0]).toMatch(/memory-delta tell/);
});
