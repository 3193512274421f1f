/** Lines of the kernel, each counted once, whoever read it before. */
import { expect, test } from 'vitest';
import type { Notice } from '../../../src/model/diagnosis/notice.ts';
import { appendNotices } from '../../../src/model/machine/derive-health.ts';

const line = (timeMs: number, text = 'md/raid1:md0: Disk failure on loop1, disabling device.'): Notice => ({
  ...{ kind: 'device', device: 'loop1', what: 'removed' },
  ...{ timeMs, from: 'kernel', text },
});
const untilMs = 1_000_000;

test('what a recording has told already is not told twice, however the clocks drift', () => {
  const recorded = [line(960_000), line(980_000)];
  expect(appendNotices(recorded, [line(959_000), line(978_500)], untilMs)).toBe(recorded);
});

test('of several alike each stands for one', () => {
  const recorded = [line(960_000)];
  const added = [line(960_100), line(970_000)];
  expect(appendNotices(recorded, added, untilMs)).toEqual([...recorded, added[1]]);
});

test('what comes after the last look is new, though it says the same', () => {
  const recorded = [line(999_000)];
  expect(appendNotices(recorded, [line(1_000_500)], untilMs)).toHaveLength(2);
});

test('nor is another line, or the same of long ago, the one that is known', () => {
  const recorded = [line(600_000), line(960_000, 'another')];
  expect(appendNotices(recorded, [line(960_000)], untilMs)).toHaveLength(3);
});
