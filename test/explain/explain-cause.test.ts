/** What the log of a rebuild told, explained: by its words, and by what was found without words. */
import { expect, test } from 'vitest';
import { explainCause } from '../../src/explain/explain-cause.ts';
import type { KnownMessage } from '../../src/model/advice/known-message.ts';
import type { Cause } from '../../src/model/rebuild/cause.ts';

const row = (id: string, pattern: RegExp, more: Partial<KnownMessage> = {}): KnownMessage => ({
  ...{ id, from: 'nix', rank: 'cause', title: `${id} {name}` },
  wordings: [{ pattern, since: null, until: null, maker: null, example: '', source: '' }],
  causes: [{ text: 'why', confirm: null, remedies: [] }],
  ...more,
});
const table = [
  row('missing', /error: attribute '(?<name>\S+)' missing/),
  row('memory', /Killed process \d+/, { title: 'killed {process}', sameAs: ['out-of-memory'] }),
  row('exit', /error: builder for '\S+' failed with exit code/, { rank: 'symptom', sameAs: ['exit'] }),
  row('linker', /collect2: fatal error/),
];
const killed: Cause = {
  ...{ kind: 'out-of-memory', scope: 'machine', cgroup: null, certainty: 'certain', process: 'cc1plus' },
};
const ids = (cause: Cause, text: string, lines: readonly string[] = []) =>
  explainCause({ cause, text, lines }, table).explained.map(({ id }) => id);

test("Nix's words, which have no `error:` before them here", () => {
  const cause: Cause = { kind: 'evaluation', recursion: false, file: null, line: null, column: null };
  const { explained } = explainCause({ cause, text: "attribute 'a' missing", lines: [] }, table);
  expect(explained).toMatchObject([{ id: 'missing', title: 'missing a' }]);
});

test('what was found by evidence stands first, with its facts', () => {
  const root = { cause: killed, text: "builder for '/d' failed with exit code 1", lines: [] };
  const { explained } = explainCause(root, table);
  expect(explained).toMatchObject([{ id: 'memory', title: 'killed cc1plus', at: [] }]);
});

test('before what the log says, too', () => {
  expect(ids(killed, "builder for '/d' failed with exit code 1", ['collect2: fatal error: ld'])).toEqual([
    'memory',
    'linker',
  ]);
});

test('the cause in the log of a build stands before its exit code', () => {
  const exit: Cause = { kind: 'exit', code: 1 };
  expect(ids(exit, "builder for '/d' failed with exit code 1", ['collect2: fatal error: ld'])).toEqual([
    'linker',
    'exit',
  ]);
});

test('what a cause brought is not told a second time', () => {
  const told = explainCause(
    {
      cause: { kind: 'exit', code: 1 },
      text: "builder for '/d' failed with exit code 1",
      lines: ['collect2: fatal error: ld'],
    },
    table.map((one) => (one.id === 'exit' ? { ...one, rank: 'consequence' } : one)),
  );
  expect(told.explained.map(({ id }) => id)).toEqual(['linker']);
  expect(told.explained[0]?.followed.map(({ id }) => id)).toEqual(['exit']);
});

test('what nobody knows is said, with the lines that look like the cause', () => {
  const cause: Cause = { kind: 'unknown' };
  const told = explainCause({ cause, text: '', lines: ['main.c:1:2: error: no'] }, table);
  expect(told.explained).toEqual([]);
  expect(told.suspects[0]?.text).toBe('main.c:1:2: error: no');
});
