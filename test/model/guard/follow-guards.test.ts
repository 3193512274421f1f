/** What a guard did is told once, and not what it did long before it was first seen. */
import { describe, expect, test } from 'vitest';
import { derive } from '../../../src/model/derive.ts';
import {
  freshActs,
  guardEvents,
  guardKills,
  pausedByGuards,
} from '../../../src/model/guard/follow-guards.ts';
import type { GuardAct } from '../../../src/model/guard/guard.ts';
import type { GuardSeen } from '../../../src/model/guard/guard-seen.ts';
import { ownKills } from '../../../src/model/intents/own-kills.ts';
import type { Build } from '../../../src/model/model.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { guardAct } from '../../support/guard-status.ts';
import { journalEntry } from '../../support/journal-entry.ts';
import { armedGuard, buildOf } from '../../support/model-fixture.ts';

const nowMs = 1e12;
const seen = (...acts: readonly GuardAct[]): GuardSeen => ({ ...armedGuard, atMs: nowMs, acts });
const timesOf = (now: readonly GuardSeen[], before: readonly GuardSeen[]) =>
  guardEvents(freshActs(now, before, nowMs), nowMs).map(({ timeMs }) => timeMs);

test('new acts, once, in order of time', () => {
  const old = guardAct({ atMs: nowMs - 600_000 });
  const first = guardAct({ atMs: nowMs - 2000 });
  const second = guardAct({ atMs: nowMs - 1000, action: 'kill' });
  expect(timesOf([seen(old, first, second)], [seen(old)])).toEqual([nowMs - 2000, nowMs - 1000]);
  expect(timesOf([seen(old, first, second)], [seen(old, first, second)])).toEqual([]);
  expect(timesOf([seen(first, second)], [seen(old, first, second)])).toEqual([]);
});

test('what it was doing and what came of it is one', () => {
  const begun = guardAct({ atMs: nowMs - 2000, status: null });
  expect(timesOf([seen({ ...begun, status: 'done' })], [seen(begun)])).toEqual([]);
});

test('at first sight only of the last minute; of another guard its own', () => {
  const long = guardAct({ atMs: nowMs - 61_000 });
  const recent = guardAct({ atMs: nowMs - 59_000 });
  expect(timesOf([seen(long, recent)], [])).toEqual([nowMs - 59_000]);
  const other = { ...seen(recent), pid: 7 };
  expect(timesOf([seen(long), other], [seen(long)])).toEqual([nowMs - 59_000]);
});

test.each([
  [{ action: 'pause', dryRun: true, status: null }, 'warning'],
  [{ action: 'tell', status: null }, 'warning'],
  [{ action: 'kill', status: 'done' }, 'critical'],
  [{ action: 'kill', dryRun: true, status: null }, 'warning'],
  [{ action: 'resume', status: 'done' }, 'ok'],
  [{ action: 'restore', status: 'failed' }, 'warning'],
] as const)('%o is %s', (over, level) => {
  expect(guardEvents([guardAct({ atMs: nowMs, ...over })], nowMs)).toMatchObject([{ level }]);
});

test('the Model: what is said stays until something else is, and what is the same stays the same', () => {
  const at = (second: number, guards?: readonly GuardSeen[]): Sample => ({
    ...{ version: 1, timeMs: nowMs + second * 1000, monotonicMs: second * 1000 },
    ...(guards && { guards: { ok: true, atMs: second * 1000, value: guards } }),
  });
  const one = derive(at(1, [seen(guardAct({ atMs: nowMs }))]), null);
  expect(one.model.events).toMatchObject([{ kind: 'guard', rule: 'memory', names: ['firefox-130.0'] }]);
  const two = derive(at(2), one);
  expect(two.model.guards).toBe(one.model.guards);
  const three = derive(at(3, [seen(guardAct({ atMs: nowMs }))]), two);
  expect(three.model.guards).toBe(one.model.guards);
  expect(three.model.events).toBe(one.model.events);
  expect(derive(at(4, []), three).model.guards).toEqual([]);
});

describe('a build that stands still', () => {
  const build = buildOf({ pid: 9, paused: true });
  const byAct = (over: object = {}) =>
    seen(guardAct({ atMs: nowMs - 5000, processes: [{ pid: 9, startTime: 90 }], ...over }));
  const fromOf = (one: Build, guards: readonly GuardSeen[]) =>
    pausedByGuards([one], guards, [])[0]?.pausedFrom;

  test('as the registry says, and the guard is that nixpulse', () => {
    const registered = { ...build, pausedFrom: { pid: 640, timeMs: 7 } };
    expect(fromOf(registered, [seen()])).toEqual({ pid: 640, timeMs: 7, guard: true });
    // A person did it from another nixpulse, whatever the guard said of it.
    const other = { ...build, pausedFrom: { pid: 77, timeMs: 7 } };
    expect(fromOf(other, [byAct()])).toEqual({ pid: 77, timeMs: 7 });
  });

  test('as the guard says, whose registry may not be read', () => {
    expect(fromOf(build, [byAct()])).toEqual({ pid: 640, timeMs: nowMs - 5000, guard: true });
  });

  test.each([
    ['in a dry run', { dryRun: true, status: null }],
    ['in vain', { status: 'denied' }],
    ['another process of that pid', { processes: [{ pid: 9, startTime: 91 }] }],
    ['and resumed', { action: 'resume' }],
  ] as const)('but not %s', (_, over) => expect(fromOf(build, [byAct(over)])).toBeNull());

  test("one that goes on is nobody's; what is the same stays the same", () => {
    expect(fromOf({ ...build, paused: false }, [byAct()])).toBeNull();
    const builds = [build];
    expect(pausedByGuards(builds, [], [])).toBe(builds);
    const marked = pausedByGuards(builds, [byAct()], []);
    expect(pausedByGuards(builds, [byAct()], marked)).toBe(marked);
  });
});

describe('whom it ended', () => {
  const kill = guardAct({ atMs: nowMs, action: 'kill', processes: [{ pid: 9, startTime: 90 }] });

  test('is told as kills of our own are, once beside the journal that says the same', () => {
    const entry = journalEntry({
      ...{ via: 'guard', rule: 'memory', time: new Date(nowMs).toISOString() },
      intent: {
        type: 'kill',
        targets: [{ root: { pid: 9, startTime: 90 }, uid: 1, name: 'firefox-130.0', user: null }],
        reason: null,
      },
    });
    const sample: Sample = {
      ...{ version: 1, timeMs: nowMs + 1000, monotonicMs: 1000 },
      guards: { ok: true, atMs: 1000, value: [seen(kill)] },
    };
    const killed = { kind: 'killed', killer: 'nixpulse guard', pid: 9, build: 'firefox-130.0', builds: 1 };
    expect(derive(sample, null).model.events).toMatchObject([{ kind: 'guard' }, killed]);
    const both: Sample = { ...sample, notices: { ok: true, atMs: 1000, value: ownKills(entry) } };
    expect(derive(both, null).model.events).toMatchObject([{ kind: 'guard' }, killed]);
    expect(guardKills([{ ...kill, action: 'cancel', names: ['nix build'] }])).toMatchObject([
      { what: 'client', pid: 9, command: 'nix build', build: null, guard: true },
    ]);
  });

  test.each([
    ['only said', { dryRun: true, status: null }],
    ['not done', { status: 'denied' }],
    ['nobody ended', { action: 'pause' }],
  ] as const)('%s: nothing', (_, over) => expect(guardKills([{ ...kill, ...over }])).toEqual([]));
});
