/** When a rule becomes an act, with a rule that measures what it is told to. */
import { expect, test } from 'vitest';
import type { Candidate, GuardRule } from '../../src/guard/rule.ts';
import { defaultGuardSettings } from '../../src/guard/settings.ts';
import type { Build, Model } from '../../src/model/model.ts';
import { activating, buildOf, clientOf, type GuardedOptions, guarded, machine } from './guarded.ts';

const settings = { ...defaultGuardSettings, restSec: 15, calmSec: 60 };

/** A machine whose memory rule measures what it is told to. */
function guard(over: (atSec: number) => Partial<Candidate>, options: GuardedOptions = {}) {
  let atSec = 0;
  const rule: GuardRule<'memory'> = {
    id: 'memory',
    look: ({ builds }) => [
      {
        ...{ subject: { kind: 'machine' }, name: null, value: 50, limit: 20, unit: 'percent', over: true },
        ...{ worsening: true, agrees: true, evidence: [], builds, clients: [], ...over(atSec) },
      },
    ],
  };
  const one = guarded({ settings, rules: [rule], ...options });
  return {
    get memory() {
      return one.memory;
    },
    at(sec: number, model: Partial<Model> = {}, more: Parameters<typeof one.at>[2] = {}) {
      atSec = sec;
      const look = one.at(sec, { ...machine({ builds: [buildOf(1)] }), ...model }, more);
      const [reading] = look.readings;
      return {
        state: reading?.state,
        acts: look.decisions.map(({ action }) => action),
        reading,
        decisions: look.decisions,
      };
    },
  };
}
const seen = ({ state, acts }: ReturnType<ReturnType<typeof guard>['at']>) => ({ state, acts });

test('a level alone does nothing before its duration', () => {
  const { at } = guard(() => ({}));
  expect(seen(at(0))).toEqual({ state: 'over', acts: [] });
  expect(seen(at(4))).toEqual({ state: 'over', acts: [] });
  expect(seen(at(5))).toEqual({ state: 'tripped', acts: ['lower'] });
});

test('what gets better by itself, or what no second source says, is waited for', () => {
  const better = guard(() => ({ worsening: false }));
  const alone = guard(() => ({ agrees: false }));
  for (const { at } of [better, alone]) {
    at(0);
    expect(seen(at(60))).toEqual({ state: 'over', acts: [] });
  }
});

test('the next action comes after a rest, and each only once', () => {
  const { at } = guard(() => ({}));
  at(0);
  expect(at(5).acts).toEqual(['lower']);
  expect(seen(at(19))).toEqual({ state: 'resting', acts: [] });
  expect(at(20).acts).toEqual(['pause']);
  expect(at(35).acts).toEqual(['kill']);
  expect(at(60).acts).toEqual([]);
});

test('a moment in which it does not hold begins its duration anew', () => {
  const { at } = guard((sec) => ({ over: sec !== 3 }));
  at(0);
  at(3);
  expect(at(5).acts).toEqual([]);
  expect(at(9).acts).toEqual([]);
  expect(at(10).acts).toEqual(['lower']);
});

test('with seconds left, what cannot show in them is left out, and neither proof nor rest takes more than a share', () => {
  const { at } = guard((sec) => ({ leftSec: 8 - sec }));
  expect(at(0).acts).toEqual([]);
  expect(at(1).acts).toEqual([]);
  expect(at(2).acts).toEqual(['pause']);
  expect(at(3).acts).toEqual([]);
  // Two seconds in which a pause would show; a kill, which takes five, is all that is left.
  expect(at(4).acts).toEqual(['kill']);
});

test('with nothing left the quickest comes first, and after it the harshest', () => {
  const { at } = guard(() => ({ leftSec: 0 }));
  expect(at(0).acts).toEqual([]);
  expect(at(0.5).acts).toEqual(['pause']);
  expect(at(2).acts).toEqual([]);
  expect(at(2.5).acts).toEqual(['kill']);
});

test('where it is made by those that are paused nobody is killed while one of them goes on', () => {
  const some = { builds: [buildOf(1), buildOf(2), buildOf(3)] };
  const { at } = guard(() => ({ leftSec: 1, made: true, repeats: true, pauses: [some.builds[2] as Build] }));
  at(0, some);
  expect(at(0.5, some).decisions[0]).toMatchObject({ action: 'pause', names: ['thing-3'] });
  expect(at(3, some).decisions[0]).toMatchObject({ action: 'kill', names: ['thing-1'] });
  // Another one makes it by now: that one is stopped before somebody else is killed.
  const again = guard((sec) => ({
    ...{ leftSec: 1, made: true, repeats: true },
    pauses: [some.builds[sec < 10 ? 2 : 1] as Build],
  }));
  again.at(0, some);
  again.at(0.5, some);
  again.at(3, some);
  expect(again.at(10, some).decisions[0]).toMatchObject({ action: 'pause', names: ['thing-2'] });
});

test('what is only told may be read before the next action', () => {
  const told = {
    ...settings,
    rules: { ...settings.rules, memory: { ...settings.rules.memory, actions: ['tell', 'pause'] as const } },
  };
  const { at } = guard(() => ({}), { settings: told });
  at(0);
  expect(at(5).acts).toEqual(['tell']);
  expect(seen(at(19))).toEqual({ state: 'resting', acts: [] });
  expect(at(20).acts).toEqual(['pause']);
});

test('nothing harsher than it is worth', () => {
  const { at } = guard((sec) => (sec < 100 ? { upTo: 'lower' } : {}));
  at(0);
  expect(at(5).acts).toEqual(['lower']);
  expect(at(60).acts).toEqual([]);
  expect(at(100).acts).toEqual(['pause']);
});

test('an action is repeated on others before a harsher one, where the rule says so', () => {
  const some = { builds: [buildOf(1), buildOf(2), buildOf(3)] };
  const { at } = guard(() => ({ repeats: true }));
  at(0, some);
  const acts = [5, 20, 35, 50, 65, 80, 95].map((sec) =>
    at(sec, some).decisions.map(({ action, names }) => `${action} ${names}`),
  );
  expect(acts.flat()).toEqual([
    'lower thing-1,thing-2,thing-3',
    ...['pause thing-1', 'pause thing-2', 'pause thing-3'],
    ...['kill thing-1', 'kill thing-2', 'kill thing-3'],
  ]);
});

test('after a kill by somebody else it rests', () => {
  const { at } = guard(() => ({}));
  const events = [{ kind: 'oom-kill', count: 1, timeMs: 4000, level: 'critical' }] as Model['events'];
  at(0);
  expect(seen(at(5, { events }))).toEqual({ state: 'resting', acts: [] });
  expect(at(19, { events }).acts).toEqual([]);
  expect(at(20, { events }).acts).toEqual(['lower']);
});

test.each([
  ['of no build', '/system.slice/docker-1.scope', null, ['lower']],
  ['that has hit a build', '/system.slice/docker-1.scope', 'thing-1', []],
  ['of the cgroup that builds are in', '/system.slice/nix-daemon.service', null, []],
] as const)('a kill at the limit of a cgroup %s', (_, cgroup, build, acts) => {
  const { at } = guard(() => ({}));
  const limit = { kind: 'oom-limit', cgroup, limitBytes: 1, count: 1, build, level: 'critical' } as const;
  const own = buildOf(1, { cgroup: '/system.slice/nix-daemon.service/nix-build-uid-1' });
  at(0, { builds: [own] });
  expect(at(5, { builds: [own], events: [{ ...limit, timeMs: 4000 }] }).acts).toEqual(acts);
});

test('a kill that was there when it began is none of its business, even where clocks go back', () => {
  const killed = (timeMs: number) => ({
    events: [{ kind: 'oom-kill', count: 1, timeMs, level: 'critical' }] as Model['events'],
  });
  const { at } = guard(() => ({}));
  at(0, killed(9000));
  expect(at(5, killed(9000)).acts).toEqual(['lower']);
  expect(seen(at(20, killed(3000)))).toEqual({ state: 'resting', acts: [] });
});

test('held, it does nothing and still says how far it is', () => {
  const { at } = guard(() => ({}));
  at(0, {}, { heldUntilMs: 60_000 });
  expect(seen(at(20, {}, { heldUntilMs: 60_000 }))).toEqual({ state: 'tripped', acts: [] });
  expect(at(60, {}, { heldUntilMs: 60_000 }).acts).toEqual(['lower']);
});

test('held, it undoes what it did all the same', () => {
  const { at } = guard((sec) => (sec < 6 ? {} : { over: false }));
  at(0);
  expect(at(5).acts).toEqual(['lower']);
  const undone = Array.from({ length: 200 }, (_, i) => at(6 + i, {}, { heldUntilMs: 3_600_000 }).acts).flat();
  expect(undone).toEqual(['restore']);
});

test('what is refused does not rest: the next action has its turn at once', () => {
  const { at } = guard(() => ({}), { outcome: ({ action }) => (action === 'lower' ? 'denied' : 'done') });
  at(0);
  expect(at(5).acts).toEqual(['lower']);
  expect(at(6).acts).toEqual(['pause']);
});

test('what another action was in the way of is decided anew', () => {
  let free = false;
  const { at } = guard(() => ({}), { outcome: () => (free ? 'done' : 'conflict') });
  at(0);
  expect(at(5).acts).toEqual(['lower']);
  free = true;
  expect(seen(at(19))).toEqual({ state: 'resting', acts: [] });
  expect(at(20).acts).toEqual(['lower']);
  expect(at(35).acts).toEqual(['pause']);
});

test('an action that does not end keeps others from theirs for half a minute', () => {
  const { at } = guard(() => ({}), { outcome: ({ action }) => (action === 'lower' ? undefined : 'done') });
  at(0);
  expect(at(5).acts).toEqual(['lower']);
  expect(seen(at(34))).toEqual({ state: 'resting', acts: [] });
  expect(at(35).acts).toEqual(['pause']);
});

test('what nobody ever tells the end of is forgotten', () => {
  const some = { builds: [buildOf(1), buildOf(2), buildOf(3)] };
  const one = guard(() => ({ repeats: true }), { outcome: () => undefined });
  for (let sec = 0; sec < 3000; sec += 10) one.at(sec, some);
  expect(one.memory.pending.length).toBeGreaterThan(0);
  expect(one.memory.pending.length).toBeLessThan(20);
  expect(one.memory.held.size).toBe(one.memory.pending.length);
});

test('a rule without a limit is as if it were off, and one of which nothing is known says so', () => {
  const rules: readonly GuardRule[] = [
    { id: 'memory', look: () => null },
    { id: 'leak', look: () => [] },
  ];
  const { readings } = guarded({ rules }).at(0);
  expect(readings.map(({ rule, state }) => [rule, state])).toEqual([['leak', 'unknown']]);
});

test('it goes on where it was after a look that came a minute late', () => {
  const { at } = guard(() => ({}));
  at(0);
  expect(at(5).acts).toEqual(['lower']);
  expect(at(100).acts).toEqual(['pause']);
});

test('a daemon is not restarted while a configuration is put in force', () => {
  const actions = ['restart-daemon'] as const;
  const restarts = {
    ...settings,
    rules: { ...settings.rules, memory: { ...settings.rules.memory, actions } },
  };
  const { at } = guard(() => ({}), { settings: restarts });
  const clients = [clientOf(900, activating)];
  at(0, { clients });
  expect(at(5, { clients }).acts).toEqual([]);
  expect(at(6).acts).toEqual(['restart-daemon']);
});

test.for([
  ['while a configuration is put in force', { clients: [clientOf(900, activating)] }, {}],
  ['by a guard of one command', {}, { scope: { pid: 150, startedMs: 0 } }],
] as const)('the daemon, and with it builds that are spared, is not limited %s', ([, more, given]) => {
  const actions = ['limit'] as const;
  const limits = {
    ...settings,
    rules: { ...settings.rules, memory: { ...settings.rules.memory, actions } },
  };
  const own = '/system.slice/nix-daemon.service/nix-build-uid-30001';
  for (const [cgroup, acts] of [
    ['/system.slice/nix-daemon.service', []],
    [own, ['limit']],
  ] as const) {
    const builds = [buildOf(1, { cgroup, uid: 30_001 })];
    const { at } = guard(() => ({}), { settings: limits, ...given });
    const clients = [clientOf(150), ...('clients' in more ? more.clients : [])];
    at(0, { builds, clients });
    expect(at(5, { builds, clients }).acts).toEqual(acts);
  }
});
