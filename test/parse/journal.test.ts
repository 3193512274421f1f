import { expect, test } from 'vitest';
import type { Intent } from '../../src/model/intents/intent.ts';
import { parseJournal } from '../../src/parse/journal.ts';
import { journalEntry } from '../support/journal-entry.ts';

const parsed = (text: string) => parseJournal(text, 10).entries;
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
    expect(parsed(JSON.stringify(entry))).toEqual([entry]);
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
  ['no version', line({ version: undefined })],
  ['no user', line({ user: undefined })],
  ['no summary', line({ summary: 3 })],
  ['no time', line({ time: 'yesterday' })],
  ['a prototype', '{"__proto__": {"version": 1}}'],
])('not an entry: %s', (_, text) => {
  expect(parsed(text)).toEqual([]);
});

test.each<[string, Readonly<Record<string, unknown>>, object]>([
  ['another version', { version: 2 }, { version: 2, status: 'done' }],
  ['a status nobody has', { status: 'great' }, { status: 'great' }],
  ['a way nobody asks by', { via: 'guard' }, { via: 'guard' }],
  ['details that are none', { details: ['x', 3] }, { details: ['x'] }],
  ['an intent nobody has', { intent: { type: 'explode' } }, { intent: null }],
  ['targets that are none', { intent: { type: 'kill', targets: [null] } }, { intent: null }],
  [
    'targets without identity',
    { intent: { type: 'kill', targets: [{ root: { pid: '1' } }] } },
    { intent: null },
  ],
  [
    'clients without command',
    { intent: { type: 'cancel', clients: [{ process }], orphans: [] } },
    { intent: null },
  ],
  ['paths that are none', { intent: { type: 'repair', paths: 'x' } }, { intent: null }],
  ['no length', { durationMs: null }, { durationMs: null }],
])('of another version, read as far as it can be: %s', (_, over, read) => {
  const { title, summary } = journalEntry();
  expect(parsed(line(over))).toMatchObject([{ title, summary, ...read }]);
});

test('bad lines are skipped, the last ones count', () => {
  const lines = [line({ title: 'a' }), '{"torn', line({ title: 'b' }), '', line({ title: 'c' })].join('\n');
  const titles = (most: number) => parseJournal(lines, most).entries.map(({ title }) => title);
  expect(titles(10)).toEqual(['a', 'b', 'c']);
  expect(titles(2)).toEqual(['b', 'c']);
  expect(parseJournal('', 10).entries).toEqual([]);
});

test('lines stay as they were, and beside them the newest that are not understood', () => {
  const [later, old, strange] = [
    line({ title: 'b', via: 'guard', more: 7 }),
    '{"kind":"old"}',
    '{"kind":"x"}',
  ];
  const text = [line({ title: 'a' }), old, strange, later, '{"torn', '[]'].join('\n');
  expect(parseJournal(text, 1, strange.length).lines).toEqual([strange, later]);
  expect(parseJournal(text, 9, 999).lines).toEqual([line({ title: 'a' }), old, strange, later]);
  expect(parseJournal(text, 9).lines).toEqual([line({ title: 'a' }), later]);
});
