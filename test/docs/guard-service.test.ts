/** docs/guard.md, section "As a service": what it says of the journal is what is written there. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { guardEnvironment, guardJournalFields, guardMessageIds } from '../../src/format/guard-act.ts';
import type { GuardAct } from '../../src/model/guard/guard.ts';

const [, text = ''] = readFileSync(new URL('../../docs/guard.md', import.meta.url), 'utf8').split(
  '## As a service',
);

const seen: GuardAct = {
  ...{ atMs: 0, rule: 'leak', action: 'tell', names: ['memleak-0.1'], value: 12.377192659682397, limit: 3 },
  ...{ unit: 'percent', heldSec: 3, evidence: [], dryRun: false, status: null, summary: null },
};

it('names every kind of message', () => {
  const listed = [...text.matchAll(/^\| .* \| `([0-9a-f]{32})` \|$/gm)].map(([, id]) => id);
  expect(listed.toSorted()).toEqual(Object.values(guardMessageIds).toSorted());
});

it('shows an act as it is written', () => {
  const shown = Object.fromEntries(
    [...text.matchAll(/"([A-Z_]+)": "([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const written = Object.entries(guardJournalFields(seen)).filter(
    ([, value]) => value !== null && value !== '',
  );
  expect(shown).toEqual(Object.fromEntries(written.map(([key, value]) => [key, String(value)])));
});

it('names what a hook has beside that', () => {
  const known = [...text.matchAll(/NIXPULSE_[A-Z_]+/g)].map(([name]) => name);
  expect(known).toEqual(expect.arrayContaining(Object.keys(guardEnvironment(seen))));
});
