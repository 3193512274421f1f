/** What an action ended, as notices: of those that are done, and only what cannot have survived. */
import { expect, test } from 'vitest';
import type { Intent } from '../../../src/model/intents/intent.ts';
import { ownKills } from '../../../src/model/intents/own-kills.ts';
import { journalEntry } from '../../support/journal-entry.ts';

const target = { root: { pid: 7, startTime: 70 }, uid: 30_001, name: 'a-1.0', user: 'nixbld1' };
const process = { pid: 8, startTime: 80 };
const endsIn = (intent: Intent, status: 'done' | 'incomplete' | 'refused' | 'cancelled' = 'done') =>
  ownKills(journalEntry({ intent, status })).map(({ timeMs, from, text, ...data }) => data);

test('a build that was killed, at the moment at which that began', () => {
  const [notice] = ownKills(journalEntry());
  expect(notice).toEqual({
    kind: 'own-kill',
    what: 'build',
    ...{ pid: 2001, startTime: 20_010, uid: 30_003, build: 'firefox-130.0', command: null },
    timeMs: Date.UTC(2026, 10, 20, 13, 27, 40),
    from: 'nixpulse',
    text: journalEntry().summary,
  });
});

test('clients that were cancelled, and builds that nobody waited for any more', () => {
  const clients = [{ process, command: 'nixos-rebuild switch' }];
  expect(endsIn({ type: 'cancel', clients, orphans: [target], everything: false })).toMatchObject([
    { what: 'client', pid: 8, startTime: 80, command: 'nixos-rebuild switch', build: null },
    { what: 'build', pid: 7, startTime: 70, command: null, build: 'a-1.0' },
  ]);
});

test('one process of a build: by a signal that nothing survives', () => {
  const signal = (name: 'KILL' | 'TERM' | 'STOP') =>
    endsIn({ type: 'signal', build: target, process, signal: name });
  expect(signal('KILL')).toMatchObject([{ what: 'process', pid: 8, startTime: 80, build: 'a-1.0' }]);
  expect([...signal('TERM'), ...signal('STOP')]).toEqual([]);
});

test('nothing of what was not done, or ends nothing', () => {
  for (const status of ['incomplete', 'refused', 'cancelled'] as const)
    expect(endsIn({ type: 'kill', targets: [target], reason: null }, status)).toEqual([]);
  expect(endsIn({ type: 'pause', targets: [target] })).toEqual([]);
  expect(ownKills(journalEntry({ time: 'yesterday' }))).toEqual([]);
});
