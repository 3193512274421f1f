/** What was done and what happened, as one list: what a guard did once, with what came of it. */
import { expect, test } from 'vitest';
import { readEntry } from '../../src/model/intents/read-entry.ts';
import type { ModelEvent } from '../../src/model/model.ts';
import { journalOf } from '../../src/state/journal.ts';
import { everyEvent } from '../support/every-event.ts';
import { journalEntry } from '../support/journal-entry.ts';

const atMs = Date.parse('2026-11-20T13:27:40.000Z');
const acted = everyEvent.find(({ kind }) => kind === 'guard') as Extract<ModelEvent, { kind: 'guard' }>;
const killed: ModelEvent = { ...acted, action: 'kill', timeMs: atMs - 3 };
const entry = journalEntry({ via: 'guard', rule: 'memory' });
const kindsOf = (...args: Parameters<typeof journalOf>) => journalOf(...args).rows.map(({ kind }) => kind);

test('an act that has its entry is that entry', () => {
  expect(kindsOf([entry], [killed], null)).toEqual(['action']);
});

test.each([
  ['of another user there is no entry', [], killed],
  ['a person did the same at that time', [journalEntry()], killed],
  ['it did something else then', [entry], { ...killed, action: 'pause' }],
  ['it did so at another time', [entry], { ...killed, timeMs: atMs - 10_000 }],
  ['it was only said', [entry], { ...killed, dryRun: true }],
] as const)('%s: the act is told', (_, entries, event) => {
  expect(kindsOf(entries, [event as ModelEvent], null)).toContain('alert');
});

test('an entry is read back with its rule, whatever version has it, and with whom it named', () => {
  const { intent } = entry;
  const targets = intent.type === 'kill' ? intent.targets : [];
  for (const type of ['lower', 'limit', 'restore'] as const) {
    const one = journalEntry({ via: 'guard', rule: 'memory', intent: { type, targets } });
    expect(readEntry(structuredClone(one))).toEqual(one);
  }
  expect(readEntry({ ...entry, rule: 'of-tomorrow' })?.rule).toBe('of-tomorrow');
  expect(readEntry({ ...entry, rule: 7 })).not.toHaveProperty('rule');
  expect(readEntry(journalEntry())).not.toHaveProperty('rule');
  const unit = journalEntry({ intent: { type: 'restart-unit', unit: 'nix-daemon.service' } });
  expect(readEntry(structuredClone(unit))?.intent).toEqual(unit.intent);
  const hold = {
    type: 'hold-guard',
    guard: { pid: 7, startTime: 70 },
    directory: '/run/x',
    holdMs: 0,
  } as const;
  expect(readEntry(journalEntry({ intent: hold }))?.intent).toEqual(hold);
});
