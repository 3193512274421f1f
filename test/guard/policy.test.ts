import { expect, test } from 'vitest';
import { stepOf } from '../../src/guard/ladder.ts';
import { type GuardGiven, type GuardMemory, judge, learned, noGuardMemory } from '../../src/guard/policy.ts';
import type { Candidate, GuardRule } from '../../src/guard/rule.ts';
import { defaultGuardSettings } from '../../src/guard/settings.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Build, Model } from '../../src/model/model.ts';

const settings = { ...defaultGuardSettings, restSec: 15, calmSec: 60 };
const build = {
  pid: 10,
  startTime: 5,
  name: 'a-1',
  uid: 30001,
  user: 'nixbld1',
  host: null,
  paused: false,
} as Build;

/** A machine whose memory rule measures what it is told to. */
function guard(over: (atSec: number) => Partial<Candidate>) {
  let memory: GuardMemory = noGuardMemory;
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
  const given: GuardGiven = { settings, scope: null, rules: [rule] };
  return {
    /** What is done at that second; each act succeeds at once. */
    at(sec: number, model: Partial<Model> = {}) {
      atSec = sec;
      const ruling = judge(
        { ...emptyModel, builds: [build], monotonicMs: sec * 1000, ...model },
        memory,
        given,
      );
      memory = ruling.memory;
      for (const { id, intent } of ruling.decisions)
        memory = learned(memory, id, intent === null ? null : 'done', sec * 1000, settings);
      return { state: ruling.readings[0]?.state, acts: ruling.decisions.map(({ action }) => action) };
    },
  };
}

test('a level alone does nothing before its duration', () => {
  const { at } = guard(() => ({}));
  expect(at(0)).toEqual({ state: 'over', acts: [] });
  expect(at(4)).toEqual({ state: 'over', acts: [] });
  expect(at(5)).toEqual({ state: 'tripped', acts: ['lower'] });
});

test('what gets better by itself, or what no second source says, is waited for', () => {
  const better = guard(() => ({ worsening: false }));
  const alone = guard(() => ({ agrees: false }));
  for (const { at } of [better, alone]) {
    at(0);
    expect(at(60)).toEqual({ state: 'over', acts: [] });
  }
});

test('the next action comes after a rest, and each only once', () => {
  const { at } = guard(() => ({}));
  at(0);
  expect(at(5).acts).toEqual(['lower']);
  expect(at(19)).toEqual({ state: 'resting', acts: [] });
  expect(at(20).acts).toEqual(['pause']);
  expect(at(35).acts).toEqual(['kill']);
  expect(at(60).acts).toEqual([]);
});

test('what was done is undone once it has been calm for long, one after the other', () => {
  const { at } = guard((sec) => (sec < 30 ? {} : { over: false }));
  at(0);
  at(5);
  at(20);
  at(29);
  expect(at(88).acts).toEqual([]);
  expect(at(89).acts).toEqual(['restore']);
  expect(at(90).acts).toEqual([]);
  expect(at(104).acts).toEqual(['resume']);
  expect(at(200).acts).toEqual([]);
});

test('after a kill by somebody else it rests', () => {
  const { at } = guard(() => ({}));
  const events = [{ kind: 'oom-kill', count: 1, timeMs: 4000, level: 'critical' }] as Model['events'];
  at(0);
  expect(at(5, { events })).toEqual({ state: 'resting', acts: [] });
  expect(at(19, { events }).acts).toEqual([]);
  expect(at(20, { events }).acts).toEqual(['lower']);
});

test('a build on another machine is not paused or killed here', () => {
  const remote = { ...build, host: 'builder' };
  const candidate = { builds: [remote], clients: [] } as unknown as Candidate;
  for (const action of ['lower', 'limit', 'pause', 'kill', 'cancel'] as const)
    expect(stepOf(action, candidate, new Set())).toBeNull();
});
