/** Keys of the guard: the page is there at all times, and who may not hold it is told why. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { dispatch } from '../../src/commands/dispatch.ts';
import { footerEntries } from '../../src/commands/footer.ts';
import { questionText } from '../../src/format/question.ts';
import type { GuardSeen } from '../../src/model/guard/guard-seen.ts';
import { rootActor } from '../../src/model/intents/actor.ts';
import type { Intent } from '../../src/model/intents/intent.ts';
import { whyTooLate } from '../../src/model/intents/intent-standing.ts';
import { armedGuard, busy, fixtureTimeMs } from '../support/model-fixture.ts';
import { situationOf } from '../support/situation.ts';

beforeAll(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const user = { ...rootActor, uid: 1000, privileged: false, signalsAll: false };
const own: GuardSeen = {
  ...armedGuard,
  ...{ pid: 7, startTime: 70, directory: '/run/user/1000/nixpulse-guard', uid: 1000 },
};
const within: GuardSeen = { ...own, directory: null, uid: null, scope: 'command' };

function press(key: string, guards: readonly GuardSeen[], actor = rootActor, over: object = {}) {
  return dispatch({ name: key }, situationOf({ ...over, act: { actor, model: { ...busy, guards } } }));
}
const asked = (guard: GuardSeen, holdMs: number) => ({
  type: 'ask',
  intent: {
    type: 'hold-guard',
    guard: { pid: guard.pid, startTime: guard.startTime },
    directory: guard.directory,
    holdMs,
  },
  word: null,
  openedBy: 'H',
});

test.each(['normal', 'details', 'log', 'why', 'remedies'] as const)('a opens the page from %s', (mode) => {
  expect(press('a', [], user, { mode })).toEqual({ type: 'open', mode: 'guard' });
  expect(press('a', [], user, { mode: 'guard' })).toEqual({ type: 'leave' });
});

describe('H', () => {
  test.each(['normal', 'guard'] as const)('holds it for an hour in mode %s', (mode) => {
    expect(press('H', [armedGuard], rootActor, { mode })).toEqual(asked(armedGuard, 3_600_000));
    expect(press('H', [own], user, { mode })).toEqual(asked(own, 3_600_000));
  });

  test('again: ends the hold; one that is over is none', () => {
    const heldUntilMs = fixtureTimeMs + 1000;
    expect(press('H', [{ ...own, heldUntilMs }])).toEqual(asked(own, 0));
    expect(press('H', [{ ...own, heldUntilMs: fixtureTimeMs - 1 }])).toEqual(asked(own, 3_600_000));
  });

  test('of several that of the machine', () => {
    expect(press('H', [within, armedGuard])).toEqual(asked(armedGuard, 3_600_000));
    expect(press('H', [{ ...armedGuard, ended: true }, own])).toEqual(asked(own, 3_600_000));
  });

  const notice = (text: string) => ({
    type: 'notify',
    text: `Hold the guard for an hour: ${text}`,
  });
  test.each([
    ['nobody guards', [], rootActor, 'no guard is armed here'],
    ['it was killed', [{ ...own, ended: true }], rootActor, 'no guard is armed here'],
    ["it is root's", [armedGuard], user, 'needs root: sudo nixpulse'],
    ['it is our own', [within], user, 'it guards the command of this nixpulse, and ends with it'],
  ] as const)('%s', (_, guards, actor, text) => {
    expect(press('H', guards, actor)).toEqual(notice(text));
  });

  test('not with --read-only, and not in a recording, where the page is', () => {
    expect(press('H', [own], user, { readOnly: true })).toEqual(notice('started with --read-only'));
    const replay = { replay: { canReturn: false, typed: null } };
    expect(press('H', [own], user, replay)).toMatchObject({ type: 'notify' });
    expect(press('a', [own], user, replay)).toEqual({ type: 'open', mode: 'guard' });
  });

  test('is offered on the page', () => {
    expect(footerEntries('guard', 'overview')).toContainEqual({ key: 'H', title: 'Hold' });
    expect(footerEntries('guard', 'overview', { readOnly: true })).not.toContainEqual({
      key: 'H',
      title: 'Hold',
    });
  });
});

describe('its question', () => {
  const hold: Intent = {
    ...{ type: 'hold-guard', guard: { pid: own.pid, startTime: own.startTime } },
    ...{ directory: own.directory ?? '', holdMs: 3_600_000 },
  };
  const model = { ...busy, guards: [own] };

  test('says until when, and what stays as it is', () => {
    expect(questionText({ intent: hold, model })).toBe(
      'hold the guard for 60 min · it does nothing until 14:28, whatever happens · it only says what it would do',
    );
    const [build, ...others] = busy.builds;
    if (build === undefined) throw new Error('no build');
    const paused = { ...build, paused: true, pausedFrom: { pid: own.pid, timeMs: fixtureTimeMs } };
    expect(questionText({ intent: hold, model: { ...model, builds: [paused, ...others] } })).toContain(
      '1 build that it paused goes on once it is calm',
    );
  });

  test('to end it', () => {
    expect(questionText({ intent: { ...hold, holdMs: 0 }, model })).toBe(
      'end the hold of the guard · it only says what it would do · now: dry run, 2 of 5 rules over',
    );
  });

  test('it is too late: it has ended', () => {
    expect(whyTooLate(hold, model)).toBeNull();
    expect(whyTooLate(hold, busy)).toBe('that guard has ended');
    expect(whyTooLate(hold, { ...busy, guards: [{ ...own, ended: true }] })).toBe('that guard has ended');
  });
});
