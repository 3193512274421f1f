/** How messages are found, joined and ordered; over a small table of its own. */
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import type { KnownMessage, Wording } from '../../src/model/advice/known-message.ts';
import { pastedLines } from '../../src/parse/paste.ts';

function row(id: string, pattern: RegExp, more: Partial<KnownMessage> = {}): KnownMessage {
  const wording: Wording = { pattern, since: '2.4', until: null, maker: null, example: '', source: '' };
  const cause = { text: `why {name}`, confirm: 'look {name}', remedies: [] };
  return {
    id,
    from: 'nix',
    rank: 'cause',
    wordings: [wording],
    title: `it is {name}`,
    causes: [cause],
    ...more,
  };
}

const missing = row('missing', /error: attribute '(?<name>[^']+)' missing/);
const space = row('space', /(?<name>\/\S+): No space left on device/, { brings: ['failed-unit'] });
const failedUnit = row('failed-unit', /unit (?<name>\S+) failed/);
const follows = row('follows', /error: 1 dependencies of derivation '(?<name>[^']+)' failed to build/, {
  rank: 'consequence',
});
const exit = row('exit', /error: builder for '(?<name>[^']+)' failed with exit code \d+/, {
  rank: 'symptom',
});
const table = [missing, space, failedUnit, follows, exit];

const explained = (text: string) => explain(pastedLines(text), table);

describe('a message', () => {
  test('with its facts, its place and its version', () => {
    const { lines, explained: found } = explained("building\nerror: attribute 'foo' missing\n");
    expect(lines).toBe(2);
    expect(found).toMatchObject([
      {
        ...{ id: 'missing', at: [2], facts: { name: 'foo' }, title: 'it is foo', count: 1 },
        causes: [{ text: 'why foo', confirm: 'look foo' }],
        versions: { since: '2.4', until: null },
      },
    ]);
  });

  test('across lines, wherever a space is', () => {
    expect(explained("error: attribute\n       'foo'\n  missing").explained[0]?.id).toBe('missing');
  });

  test('cut in the middle of a word by a terminal of 80 columns', () => {
    const name = 'a'.repeat(70);
    const text = `error: attribute '${name}' missing`;
    const [first] = explained(`${text.slice(0, 80)}\n${text.slice(80)}`).explained;
    expect(first?.facts).toEqual({ name });
  });

  test('not where a fact would reach across what it may not have', () => {
    expect(explained("error: attribute 'foo\nbar").explained).toEqual([]);
  });
});

describe('many messages', () => {
  test('forty of one kind are one, with what differs', () => {
    const text = Array.from({ length: 40 }, (_, at) => `error: attribute 'a${at}' missing`).join('\n');
    const { explained: found } = explained(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ count: 40, facts: { name: 'a0' } });
    expect(found[0]?.others).toHaveLength(39);
  });

  test('the same one again is said once', () => {
    const [first] = explained("error: attribute 'a' missing\nerror: attribute 'a' missing").explained;
    expect(first).toMatchObject({ count: 2, at: [1, 2], others: [] });
  });

  test('what only follows is told below each cause', () => {
    const text = [
      "error: attribute 'a' missing",
      ...Array.from(
        { length: 40 },
        (_, at) => `error: 1 dependencies of derivation '/d${at}' failed to build`,
      ),
    ].join('\n');
    const { explained: found } = explained(text);
    expect(found.map(({ id }) => id)).toEqual(['missing']);
    expect(found[0]?.followed).toEqual([{ id: 'follows', title: 'it is /d0', count: 40 }]);
  });

  test('what a cause brings is below it, and alone it is a cause', () => {
    const unit = 'unit a.service failed';
    expect(explained(`${unit}\nwrite /var/x: No space left on device`).explained.map(({ id }) => id)).toEqual(
      ['space'],
    );
    expect(explained(unit).explained.map(({ id }) => id)).toEqual(['failed-unit']);
  });

  test('causes come before symptoms, what was only warned of behind what failed', () => {
    const text = [
      "error: builder for '/a' failed with exit code 2",
      "warning: error: attribute 'a' missing",
      '/x: No space left on device',
    ].join('\n');
    expect(explained(text).explained.map(({ id }) => id)).toEqual(['space', 'missing', 'exit']);
  });
});

describe('what is not known', () => {
  test('is said, with the lines that look like the cause, the likeliest first', () => {
    const { explained: found, suspects } = explained(
      'checking for foo... not found\nall fine\nsrc/a.c:3:1: error: expected ;\n0 errors',
    );
    expect(found).toEqual([]);
    expect(suspects).toEqual([
      { at: 3, text: 'src/a.c:3:1: error: expected ;' },
      { at: 1, text: 'checking for foo... not found' },
    ]);
  });

  test('a symptom alone has its suspects too, a cause none', () => {
    const symptom = "error: builder for '/a' failed with exit code 2";
    expect(explained(`main.c:1:1: error: no\n${symptom}`).suspects[0]?.at).toBe(1);
    expect(explained(`main.c:1:1: error: no\nerror: attribute 'a' missing`).suspects).toEqual([]);
  });

  test('a text without anything', () => {
    expect(explained('')).toEqual({ lines: 0, explained: [], known: false, suspects: [] });
  });
});
