/** A guard put together: from what was seen to what is done, told and learned. */
import { expect, test } from 'vitest';
import type { Candidate, GuardRule } from '../../src/guard/rule.ts';
import { defaultGuardSettings, type GuardSettings } from '../../src/guard/settings.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { GuardAct } from '../../src/model/guard/guard.ts';
import type { Intent } from '../../src/model/intents/intent.ts';
import type { JournalEntry, OutcomeStatus } from '../../src/model/intents/outcome.ts';
import type { Build } from '../../src/model/model.ts';
import { createGuarding } from '../../src/perform/guard-acting.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { journalEntry } from '../support/journal-entry.ts';

const build = {
  ...{ pid: 10, startTime: 5, name: 'a-1', uid: 30001, user: 'nixbld1', host: null, paused: false },
} as Build;

interface Start {
  readonly settings?: Partial<GuardSettings>;
  /** What becomes of each action; null: another one is in its way. */
  readonly becomes?: OutcomeStatus | null | 'bug' | 'pending';
  readonly heldForMs?: number;
}

function start({ settings, becomes = 'done', heldForMs }: Start = {}) {
  const clock = createFakeClock();
  const asked: Intent['type'][] = [];
  const acts: GuardAct[] = [];
  const entries: (JournalEntry | null)[] = [];
  let over = true;
  const rule: GuardRule<'memory'> = {
    id: 'memory',
    look: ({ builds }): readonly Candidate[] => [
      {
        ...{ subject: { kind: 'machine' }, name: null, value: 50, limit: 20, unit: 'percent', over },
        ...{ worsening: true, agrees: true, evidence: [], builds, clients: [] },
      },
    ],
  };
  const heldUntilMs = heldForMs === undefined ? null : clock.now() + heldForMs;
  const guarding = createGuarding({
    settings: { ...defaultGuardSettings, dryRun: false, ...settings },
    scope: null,
    clock,
    process: { pid: 4, startTime: 40 },
    perform(intent) {
      asked.push(intent.type);
      if (becomes === 'bug') return Promise.reject(new Error('a bug'));
      if (becomes === 'pending') return new Promise(() => {});
      return Promise.resolve(
        becomes === null ? null : journalEntry({ intent, status: becomes, via: 'guard' }),
      );
    },
    onAct(act, entry) {
      acts.push(act);
      entries.push(entry);
    },
    heldUntilMs: () => heldUntilMs,
    given: () => ({ rules: [rule] }),
  });
  return {
    guarding,
    acts,
    entries,
    asked,
    calm: () => {
      over = false;
    },
    /** A look each second, for so many. */
    async looks(seconds: number) {
      for (let second = 0; second < seconds; second += 1) {
        guarding.looked({
          ...emptyModel,
          timeMs: clock.now(),
          monotonicMs: clock.monotonic(),
          builds: [build],
        });
        await Promise.resolve();
        await new Promise(setImmediate);
        clock.advance(1000);
      }
    },
  };
}

test('what is decided is carried out, once, told with its entry, and the next comes after a rest', async () => {
  const { asked, acts, entries, guarding, looks } = start();
  await looks(6);
  expect(asked).toEqual(['lower']);
  expect(acts).toMatchObject([
    { rule: 'memory', action: 'lower', names: ['a-1'], value: 50, limit: 20, heldSec: 5, status: 'done' },
  ]);
  expect(entries).toMatchObject([{ via: 'guard', intent: { type: 'lower' } }]);
  await looks(31);
  expect(asked).toEqual(['lower', 'pause', 'kill']);
  expect(guarding.status()).toMatchObject({ pid: 4, startTime: 40, scope: 'machine', dryRun: false });
  expect(guarding.status().acts).toEqual(acts);
  expect(guarding.status().readings).toMatchObject([{ rule: 'memory', value: 50, taken: 3 }]);
});

test('a dry run tells everything and does nothing', async () => {
  const { asked, acts, entries, looks } = start({ settings: { dryRun: true } });
  await looks(40);
  expect(asked).toEqual([]);
  expect(entries.every((entry) => entry === null)).toBe(true);
  expect(acts.map(({ action, dryRun, status }) => [action, dryRun, status])).toEqual([
    ['lower', true, null],
    ['pause', true, null],
    ['kill', true, null],
  ]);
});

test('while somebody holds it nothing is done; afterwards it is', async () => {
  const { asked, looks } = start({ heldForMs: 20_000 });
  await looks(20);
  expect(asked).toEqual([]);
  await looks(2);
  expect(asked).toEqual(['lower']);
});

test('what is under way is waited for', async () => {
  const { asked, guarding, acts, looks } = start({ becomes: 'pending' });
  await looks(30);
  expect(asked).toEqual(['lower']);
  expect(acts).toEqual([]);
  expect(guarding.busy).toBe(true);
});

test.each([
  ['refused', 'refused'],
  ['denied', 'denied'],
  ['bug', 'failed'],
] as const)('%s: the next action has its turn without a rest', async (becomes, status) => {
  const { asked, acts, looks } = start({ becomes });
  await looks(9);
  expect(asked).toEqual(['lower', 'pause', 'kill']);
  expect(acts.map((act) => act.status)).toEqual([status, status, status]);
});

test('what another action was in the way of is tried again', async () => {
  const { asked, acts, looks } = start({ becomes: null });
  await looks(30);
  expect(asked).toEqual(['lower', 'lower']);
  expect(acts.map((act) => act.status)).toEqual(['refused', 'refused']);
});

test('what was done is undone when it is calm again', async () => {
  const { asked, calm, looks } = start({ settings: { calmSec: 10 } });
  await looks(7);
  calm();
  await looks(30);
  expect(asked).toEqual(['lower', 'restore']);
});

test('other settings count from the next look on', async () => {
  const { asked, guarding, looks } = start({ settings: { dryRun: true } });
  await looks(6);
  guarding.use({ settings: { ...defaultGuardSettings, dryRun: false } });
  await looks(20);
  expect(asked).toEqual(['pause']);
  expect(guarding.status().dryRun).toBe(false);
});

test('what was done while it was armed is undone by a dry run, too', async () => {
  const { asked, acts, guarding, calm, looks } = start({ settings: { calmSec: 10 } });
  await looks(7);
  guarding.use({ settings: { ...defaultGuardSettings, calmSec: 10, dryRun: true } });
  calm();
  await looks(30);
  expect(asked).toEqual(['lower', 'restore']);
  expect(acts.map(({ action, dryRun }) => [action, dryRun])).toEqual([
    ['lower', false],
    ['restore', false],
  ]);
});

test('what a dry run told of is done by who is armed, and only then undone', async () => {
  const { asked, acts, guarding, calm, looks } = start({ settings: { dryRun: true, calmSec: 10 } });
  await looks(7);
  guarding.use({ settings: { ...defaultGuardSettings, calmSec: 10, dryRun: false } });
  calm();
  await looks(30);
  expect(asked).toEqual([]);
  expect(acts.map(({ action }) => action)).toEqual(['lower']);
});

test('at its end nothing is judged any more', async () => {
  const { asked, guarding, looks } = start();
  guarding.end();
  await looks(30);
  expect(asked).toEqual([]);
});
