/** What is undone once it is calm: when, in which order, and with which room. */
import { describe, expect, test } from 'vitest';
import type { GuardRule } from '../../src/guard/rule.ts';
import { defaultGuardSettings } from '../../src/guard/settings.ts';
import type { Build, Model } from '../../src/model/model.ts';
import {
  activating,
  actsOver,
  buildOf,
  clientOf,
  type GuardedOptions,
  gib,
  guarded,
  machine,
} from './guarded.ts';

const settings = { ...defaultGuardSettings, restSec: 15, calmSec: 60 };

/** Over at the seconds that are given; `of` other rules are calm. */
function guard(isOver: (sec: number) => boolean, options: GuardedOptions = {}) {
  const rule: GuardRule<'memory'> = {
    id: 'memory',
    look: ({ nowMs, builds }) => [
      {
        ...{ subject: { kind: 'machine' }, name: null, value: 50, limit: 20, unit: 'percent' },
        ...{ over: isOver(nowMs / 1000), worsening: true, agrees: true, evidence: [], builds, clients: [] },
        upTo: 'pause',
        repeats: true,
      },
    ],
  };
  return guarded({ settings, rules: [rule], ...options });
}

const two: readonly Build[] = [
  buildOf(1, { residentBytes: 4 * gib }),
  buildOf(2, { residentBytes: 2 * gib }),
];
const calm =
  (more: Partial<Model> = {}) =>
  () =>
    machine({ builds: two, ...more });

test('paused builds one at a time, a minute apart, then what was lowered', () => {
  const one = guard((sec) => sec <= 40);
  expect(actsOver(one, [0, 300], calm())).toEqual([
    '5 memory lower thing-1 thing-2',
    '20 memory pause thing-1',
    '35 memory pause thing-2',
    '100 memory resume thing-1',
    '160 memory resume thing-2',
    '220 memory restore thing-1 thing-2',
  ]);
});

test('a build goes on only where there is room for what it held, beside others that run', () => {
  const third = buildOf(3);
  const paused = (residentBytes: number) => [buildOf(1, { residentBytes }), third];
  const one = guard((sec) => sec <= 20);
  actsOver(one, [0, 20], () => machine({ builds: paused(4 * gib) }));
  expect(one.paused.size).toBe(1);
  // Three of its four gigabytes went to swap meanwhile: they are needed back.
  const tight = () => machine({ builds: paused(gib), available: 4.5 * gib });
  expect(actsOver(one, [21, 400], tight)).toEqual(['80 memory restore thing-3']);
  const room = () => machine({ builds: paused(gib), available: 5 * gib });
  expect(actsOver(one, [401, 401], room)).toEqual(['401 memory resume thing-1']);
});

describe('where builds grew', () => {
  const gone = 1_000_000;
  /** 1 holds two gigabytes; 2 grows by so much a second until it is stopped. Paused at 20 and at 35 s. */
  const grown = (perSec: number, availableGib: number, leftSince = gone) => {
    const one = guard((sec) => sec <= 40 && one.paused.size < 2);
    const at = (sec: number) => {
      const residentBytes = gib + Math.min(sec, 35) * perSec * 2 ** 20;
      const own = [buildOf(1, { residentBytes: 2 * gib }), buildOf(2, { residentBytes })];
      const still = buildOf(3, { residentBytes: gib, clientPid: 160 });
      const builds = sec < leftSince ? [...own, still] : own;
      return machine({
        builds,
        available: availableGib * gib,
        clients: [clientOf(150), clientOf(160, activating)],
      });
    };
    return {
      one,
      acts: (to: number) => actsOver(one, [0, to], at).filter((act) => !/lower|restore/.test(act)),
    };
  };

  test('what memory fell on without goes on after ten seconds, and not after a minute', () => {
    expect(grown(80, 6).acts(70).slice(0, 3)).toEqual([
      '20 memory pause thing-1',
      '35 memory pause thing-2',
      '45 memory resume thing-1',
    ]);
    // Where the second one did not grow it was no more at fault than the first.
    expect(grown(0, 6).acts(94)).toEqual(['20 memory pause thing-1', '35 memory pause thing-2']);
  });

  test('what waited for one that was killed goes on ten seconds later', () => {
    const { one, acts } = grown(0, 6);
    acts(40);
    const events = [{ kind: 'oom-kill', count: 1, timeMs: 50_000, level: 'critical' }] as Model['events'];
    const still = buildOf(3, { residentBytes: gib });
    const rest = (more: Partial<Model>) => () =>
      machine({ builds: [buildOf(1, { residentBytes: 2 * gib }), still], available: 6 * gib, ...more });
    expect(actsOver(one, [41, 49], rest({}))).toEqual([]);
    expect(actsOver(one, [50, 70], rest({ events })).filter((act) => /resume/.test(act))).toEqual([
      '60 memory resume thing-1',
    ]);
  });

  test('one that grew to more than half of memory is killed for others that stand still', () => {
    const one = guard((sec) => sec <= 36 && one.paused.size < 2);
    const at = (sec: number) => {
      const residentBytes = Math.min(sec, 20) * 600 * 2 ** 20;
      const builds = [buildOf(1, { residentBytes }), buildOf(2, { residentBytes: 2 * gib })];
      return machine({ builds, available: gib });
    };
    expect(actsOver(one, [0, 60], at).filter((act) => !/lower/.test(act))).toEqual([
      ...['20 memory pause thing-1', '35 memory pause thing-2', '45 memory kill thing-1'],
      '55 memory resume thing-2',
    ]);
  });

  test('who is killed for the others is told with what it holds itself', () => {
    const leak: GuardRule<'leak'> = {
      id: 'leak',
      look: ({ builds, nowMs }) => [
        {
          ...{ subject: { kind: 'machine' }, name: null, value: 2, limit: 25, unit: 'percent' },
          ...{ over: nowMs <= 45_000, worsening: true, agrees: true, evidence: [], builds, clients: [] },
          ...{ upTo: 'pause', repeats: true },
        },
      ],
    };
    const one = guarded({ settings, rules: [leak] });
    const kills = [...Array(100).keys()].flatMap((sec) => {
      const residentBytes = Math.min(sec, 24) * 512 * 2 ** 20;
      const builds = [buildOf(1, { residentBytes }), buildOf(2, { residentBytes: 2 * gib })];
      return one
        .at(sec, machine({ builds, available: gib }))
        .decisions.filter(({ action }) => action === 'kill');
    });
    expect(kills).toMatchObject([{ names: ['thing-1'], reading: { value: 75, limit: 25, unit: 'percent' } }]);
  });

  test('what has little room for itself waits all the same', () => {
    expect(grown(80, 1.6).acts(94)).toEqual(['20 memory pause thing-1', '35 memory pause thing-2']);
  });

  test('how much it may take again is no more than it held', () => {
    // A gigabyte in three seconds is no reason to wait for twenty of them.
    const one = guard((sec) => sec <= 20 && one.paused.size < 1);
    const at = (sec: number) => {
      const residentBytes = Math.min(sec, 20) * 300 * 2 ** 20;
      return machine({ builds: [buildOf(1, { residentBytes }), buildOf(2)], available: 8 * gib });
    };
    expect(actsOver(one, [0, 100], at).filter((act) => act.includes('resume'))).toEqual([
      '80 memory resume thing-1',
    ]);
  });
});

test('where nothing else goes on nobody makes room, and it is tried', () => {
  const only = [buildOf(1, { residentBytes: 12 * gib })];
  const one = guard((sec) => sec <= 20);
  const acts = actsOver(one, [0, 200], () => machine({ builds: only, available: 2 * gib }));
  expect(acts.filter((act) => !act.includes('lower'))).toEqual([
    '20 memory pause thing-1',
    '80 memory resume thing-1',
    '140 memory restore thing-1',
  ]);
});

/** It trips so long after it was let go on. */
function tripping(afterSec: number, more: Partial<Model> = {}) {
  let wentOnSec = 0;
  const one = guard((sec) => one.paused.size === 0 && sec - wentOnSec >= afterSec, {
    settings: { ...settings, rules: { ...settings.rules, memory: { ...settings.rules.memory, forSec: 0 } } },
  });
  const only = [buildOf(1)];
  const acts: string[] = [];
  for (let sec = 0; sec <= 2000; sec++) {
    const own = one
      .at(sec, machine({ builds: only, ...more }))
      .acts.filter((act) => /pause|resume|kill/.test(act));
    if (own.some((act) => act.includes('resume'))) wentOnSec = sec;
    acts.push(...own.map((act) => `${sec} ${act.split(' ')[1]}`));
  }
  const times = acts.map((act) => Number(act.split(' ', 1)));
  const stood = times.slice(1).map((sec, i) => (acts[i]?.includes('pause') ? sec - (times[i] ?? 0) : 0));
  return { kinds: acts.map((act) => act.split(' ')[1]), stood: stood.filter((sec) => sec > 0) };
}

test('what trips again and again is calm for longer each time, and is not paused a fourth time', () => {
  const { kinds, stood } = tripping(30);
  expect(kinds).toEqual(['pause', 'resume', 'pause', 'resume', 'pause', 'resume']);
  expect(stood).toEqual([60, 120, 240]);
});

test('what takes all at once again is not tried a third time: with no room for it, it is killed', () => {
  expect(tripping(6)).toEqual({ kinds: ['pause', 'resume', 'pause', 'resume'], stood: [60, 240] });
  expect(tripping(6, machine({ builds: [buildOf(1)], available: gib }))).toEqual({
    ...{ kinds: ['pause', 'resume', 'pause', 'kill'], stood: [60, 240] },
  });
});

test('while it is held it undoes, and does not kill what has no room', () => {
  const only = [buildOf(1)];
  const short = machine({ builds: only, available: gib });
  const one = guard((sec) => one.paused.size === 0 && (sec <= 20 || sec >= 80));
  actsOver(one, [0, 200], () => short);
  expect([...one.memory.pauses.values()]).toEqual([3]);
  const held = { heldUntilMs: 1_000_000 };
  for (let sec = 201; sec < 600; sec++)
    expect(one.at(sec, short, held).acts.filter((act) => act.includes('kill'))).toEqual([]);
  expect(actsOver(one, [1001, 1001], () => short)).toEqual(['1001 memory kill thing-1']);
  const other = guard((sec) => sec <= 20);
  actsOver(other, [0, 20], calm());
  expect(other.at(80, calm()(), held).acts).toEqual(['memory resume thing-1']);
});

test('what somebody else lets go on is not ours any more', () => {
  const one = guard((sec) => sec <= 20);
  actsOver(one, [0, 25], calm());
  expect(one.memory.undoable.filter(({ action }) => action === 'pause')).toHaveLength(1);
  one.paused.clear();
  // One look may be wrong.
  one.at(26, calm()());
  expect(one.memory.undoable.filter(({ action }) => action === 'pause')).toHaveLength(1);
  one.at(31, calm()());
  expect(one.memory.undoable.filter(({ action }) => action === 'pause')).toEqual([]);
});

test('a build that ended is forgotten, and one that is missing for a moment is not', () => {
  const one = guard((sec) => sec <= 20);
  actsOver(one, [0, 25], calm());
  expect(actsOver(one, [26, 40], calm({ builds: [] }))).toEqual([]);
  expect(actsOver(one, [41, 90], calm())).toContain('80 memory resume thing-1');
  const other = guard((sec) => sec <= 20);
  actsOver(other, [0, 25], calm());
  actsOver(other, [26, 200], calm({ builds: [] }));
  expect(other.memory.undoable).toEqual([]);
  expect(other.memory.pauses.size).toBe(0);
});

test('a dry run tells of a pause and of its end, each once', () => {
  const one = guard((sec) => sec <= 20, { outcome: () => null });
  expect(actsOver(one, [0, 300], calm()).filter((act) => /pause|resume/.test(act))).toEqual([
    '20 memory pause thing-1',
    '80 memory resume thing-1',
  ]);
});

test.each([
  ['denied', 1],
  ['refused', 5],
  ['incomplete', 5],
] as const)('what could not be resumed is not tried for ever: %s', (status, tries) => {
  const one = guard((sec) => sec <= 20, {
    outcome: ({ action }) => (action === 'resume' ? status : 'done'),
  });
  expect(actsOver(one, [0, 900], calm()).filter((act) => act.includes('resume'))).toHaveLength(tries);
});

test('a build that could not be resumed at once is resumed a minute later', () => {
  let tries = 0;
  const one = guard((sec) => sec <= 20, {
    outcome: ({ action }) => (action === 'resume' && ++tries === 1 ? 'failed' : 'done'),
  });
  expect(actsOver(one, [0, 900], calm()).filter((act) => act.includes('resume'))).toEqual([
    '80 memory resume thing-1',
    '140 memory resume thing-1',
  ]);
  expect(one.paused.size).toBe(0);
});

test('what was lowered already is neither lowered nor restored', () => {
  const some = [buildOf(1, { lowered: true }), buildOf(2)];
  const one = guard((sec) => sec <= 6);
  expect(actsOver(one, [0, 200], () => machine({ builds: some }))).toEqual([
    '5 memory lower thing-2',
    '66 memory restore thing-2',
  ]);
});
