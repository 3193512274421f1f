/** What we paused a moment ago is paused, though what says so is read seldom. */
import { expect, test } from 'vitest';
import { ownPaused, type PausedMark, withFreshMarks } from '../../../src/model/intents/paused-mark.ts';
import { busy, firefox } from '../../support/model-fixture.ts';

function mark(agoMs: number, more: Partial<PausedMark> = {}): PausedMark {
  const { name, uid, user } = firefox;
  const target = { root: { pid: firefox.pid, startTime: firefox.startTime }, name, uid, user };
  return { target, pausedAtMs: busy.timeMs - agoMs, ours: true, ...more };
}

test('a mark of this moment counts, and quitting asks', () => {
  const shown = withFreshMarks(busy, [mark(800)]);
  const pausedNow = shown.builds.filter((build, index) => build.paused && !busy.builds[index]?.paused);
  expect(pausedNow.map(({ name }) => name)).toEqual(['firefox-130.0']);
  expect(ownPaused([mark(800)], shown)).toHaveLength(1);
});

test('an old one does not speak against what is seen', () => {
  expect(withFreshMarks(busy, [mark(8000)])).toBe(busy);
  expect(withFreshMarks(busy, [])).toBe(busy);
  const other = { ...mark(1), target: { ...mark(1).target, root: { pid: firefox.pid, startTime: 1 } } };
  expect(withFreshMarks(busy, [other])).toBe(busy);
});
