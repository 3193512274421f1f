import { expect, test } from 'vitest';
import { checkFiles, durationFiles, recordingsDirectory } from '../../src/modes/environment.ts';

const ada = { HOME: '/home/ada' };

test.each([
  [ada, 1000, '/home/ada/.local/state/nixpulse/recordings', '/home/ada/.local/state/nixpulse/durations.csv'],
  // sudo may leave the home of who asked: nothing of root's goes there.
  [ada, 0, '/var/lib/nixpulse', '/var/lib/nixpulse/durations.csv'],
  [
    { ...ada, XDG_STATE_HOME: '/srv/state/' },
    0,
    '/srv/state/nixpulse/recordings',
    '/srv/state/nixpulse/durations.csv',
  ],
  [{ ...ada, XDG_STATE_HOME: 'relative' }, 0, '/var/lib/nixpulse', '/var/lib/nixpulse/durations.csv'],
])('what is kept of %j as uid %i', (environment, uid, recordings, durations) => {
  expect(recordingsDirectory(null, environment, uid)).toBe(recordings);
  expect(durationFiles(environment, uid).own).toBe(durations);
});

test.each([
  ['root', 0, ['/var/lib/nixpulse-check-cache/cache-checks.jsonl'], true],
  [
    'a user reads root’s as well',
    1000,
    [
      '/var/lib/nixpulse-check-cache/cache-checks.jsonl',
      '/home/ada/.local/state/nixpulse/cache-checks.jsonl',
    ],
    false,
  ],
])('runs of check-cache: %s', (_, uid, all, shared) => {
  expect(checkFiles(ada, uid)).toEqual({ own: all.at(-1), all, shared });
});
