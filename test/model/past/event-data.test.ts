/** Events as recordings bring them back, of this version and of others. */
import { describe, expect, test } from 'vitest';
import type { ModelEvent } from '../../../src/model/model.ts';
import { isAlert, kindOf, readEvent, subjectOf } from '../../../src/model/past/event-data.ts';
import { everyEvent } from '../../support/every-event.ts';

describe('reading', () => {
  test.each(everyEvent.map((event) => [event.kind, event] as const))(
    '%s comes back as it was',
    (_, event) => {
      expect(readEvent({ ...event, text: 'words', later: 7 })).toEqual(
        event.kind === 'foreign' ? { ...event, text: 'words' } : event,
      );
      const torn = event.kind === 'foreign' ? { text: undefined } : dataless(event);
      expect(readEvent({ ...event, ...torn })?.kind).toBe('foreign');
    },
  );

  test.each<[string, object, object]>([
    [
      'of an earlier version: its words',
      { kind: 'pressure', level: 'critical', text: 'memory critical: full 63%' },
      { level: 'critical', kind: 'foreign', was: 'pressure', text: 'memory critical: full 63%' },
    ],
    [
      'of a later version with words',
      { kind: 'hung-eval', level: 'warning', text: 'nix hangs', pid: 1 },
      { level: 'warning', kind: 'foreign', was: 'hung-eval', text: 'nix hangs' },
    ],
    [
      'of a later version without: its kind',
      { kind: 'hung-eval', level: 'grave' },
      { level: 'ok', kind: 'foreign', was: 'hung-eval', text: 'hung-eval' },
    ],
    [
      'named like what every object has',
      { kind: 'constructor', level: 'ok' },
      { level: 'ok', kind: 'foreign', was: 'constructor', text: 'constructor' },
    ],
  ])('%s', (_, value, read) => {
    expect(readEvent({ timeMs: 5, ...value })).toEqual({ timeMs: 5, ...read });
  });

  test.each([[null], [7], [[]], [{}], [{ kind: 'stall' }], [{ kind: 3, timeMs: 1 }]])(
    '%j is none',
    (value) => {
      expect(readEvent(value)).toBeNull();
    },
  );
});

/** All of its data taken away. */
function dataless(event: ModelEvent): object {
  const { timeMs, level, kind, ...data } = event;
  return Object.fromEntries(Object.keys(data).map((name) => [name, undefined]));
}

test('builds and clients that come and go are no alerts, whoever recorded them', () => {
  const alerts = everyEvent.filter(isAlert).map(kindOf);
  expect(alerts).toEqual([
    'oom-kill',
    'oom-limit',
    'killed',
    'hung-task',
    'limit',
    'pressure',
    'stall',
    'space',
    'inodes',
    'shortage-ended',
    'suspend',
    'clock-jump',
    'build-failed',
    'rebuild-ended',
    'finding',
    'guard',
  ]);
  expect(isAlert({ timeMs: 1, level: 'ok', kind: 'foreign', was: 'hung-eval', text: 'x' })).toBe(true);
});

test('what two see alike is one subject, what differs is two', () => {
  const subject = (over: object) => subjectOf({ timeMs: 1, level: 'ok', ...over } as ModelEvent);
  const stall = { kind: 'stall', device: 'sda', stalledSec: 2 };
  expect(subject({ ...stall, stalledSec: 2.4 })).toBe(subject(stall));
  expect(subject({ ...stall, device: 'sdb' })).not.toBe(subject(stall));
  const ended = { kind: 'build-ended', pid: 1, startTime: 2, name: null, user: null, ageSec: 3 };
  expect(subject({ ...ended, name: 'a', ageSec: 4 })).toBe(subject(ended));
  expect(subject({ ...ended, startTime: 3 })).not.toBe(subject(ended));
});
