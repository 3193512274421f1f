import { expect, test } from 'vitest';
import type { Intent } from '../../src/model/intents/intent.ts';
import { parseJournal, parseJournalLine } from '../../src/parse/journal.ts';
import { journalEntry } from '../support/journal-entry.ts';

const line = (over: Readonly<Record<string, unknown>> = {}) => JSON.stringify({ ...journalEntry(), ...over });
const target = { root: { pid: 1, startTime: 2 }, uid: null, name: null, user: null };
const process = { pid: 1, startTime: 2 };
const intents: readonly Intent[] = [
  { type: 'kill', targets: [target], reason: null },
  { type: 'signal', build: target, process, signal: 'TERM' },
  { type: 'pause', targets: [] },
  { type: 'resume', targets: [target] },
  { type: 'cancel', clients: [{ process, command: 'nix' }], orphans: [target], everything: true },
  { type: 'restart-daemon' },
  { type: 'rollback', profile: { kind: 'system', path: '/p' }, generation: 3, mode: 'boot' },
  { type: 'verify' },
  { type: 'repair', paths: ['/nix/store/x'] },
  { type: 'collect-garbage', olderThanDays: null },
];

test.each(intents.map((intent) => [intent.type, intent] as const))(
  'what was written comes back: %s',
  (_, intent) => {
    const entry = journalEntry({ intent });
    expect(parseJournalLine(JSON.stringify(entry))).toEqual(entry);
  },
);

test.each<[string, string]>([
  ['empty', ''],
  ['torn', line().slice(0, 80)],
  ['two torn together', `${line().slice(0, 80)}${line()}`],
  ['no JSON', 'hello'],
  ['null', 'null'],
  ['a list', '[]'],
  ['a number', '7'],
  ['another version', line({ version: 2 })],
  ['no time', line({ time: 'yesterday' })],
  ['a status nobody has', line({ status: 'great' })],
  ['details that are none', line({ details: ['x', 3] })],
  ['an intent nobody has', line({ intent: { type: 'explode' } })],
  ['targets that are none', line({ intent: { type: 'kill', targets: [null] } })],
  ['targets without identity', line({ intent: { type: 'kill', targets: [{ root: { pid: '1' } }] } })],
  ['clients without command', line({ intent: { type: 'cancel', clients: [{ process }], orphans: [] } })],
  ['paths that are none', line({ intent: { type: 'repair', paths: 'x' } })],
  ['a prototype', '{"__proto__": {"version": 1}}'],
])('not an entry: %s', (_, text) => {
  expect(parseJournalLine(text)).toBeNull();
});

test('bad lines are skipped, the last ones count', () => {
  const lines = [line({ title: 'a' }), '{"torn', line({ title: 'b' }), '', line({ title: 'c' })].join('\n');
  expect(parseJournal(lines, 10).map(({ title }) => title)).toEqual(['a', 'b', 'c']);
  expect(parseJournal(lines, 2).map(({ title }) => title)).toEqual(['b', 'c']);
  expect(parseJournal('', 10)).toEqual([]);
});
