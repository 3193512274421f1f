import { describe, expect, test } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { formatExplanation } from '../../src/format/explanation-text.ts';
import { pastedLines } from '../../src/parse/paste.ts';

const shown = (text: string) =>
  formatExplanation(explain(pastedLines(text)), { columns: 80, name: 'log.txt' }).split('\n');
const warned =
  "warning: ignoring the client-specified setting 'trusted-public-keys', because it is a restricted setting and you are not a trusted user";

describe('the first line is the answer', () => {
  test.each([
    ['a cause', "error: attribute 'foo' missing", /^1\. .*foo/],
    ['nothing that is known', 'the frobnicator could not be calibrated', /^The cause is not known: none of/],
    [
      'a failure behind a mere warning',
      `${warned}\nerror: no such frobnicator`,
      /^The cause is not known: .*warned of/,
    ],
    [
      'a failure without its cause',
      "error: builder for '/nix/store/x-a.drv' failed with exit code 1",
      /^1\. a build failed/,
    ],
  ])('%s', (_, text, first) => {
    const rows = shown(text);
    expect(rows[0]).toMatch(first);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(80);
  });
});

test('the last line says of what', () => {
  expect(shown("error: attribute 'foo' missing\n").at(-1)).toBe('log.txt, 1 line');
});

test('lines that look like the cause stand before what was only warned of', () => {
  const rows = shown(`${warned}\nerror: no such frobnicator`);
  const at = (what: RegExp) => rows.findIndex((row) => what.test(row));
  expect(at(/2 {2}error: no such frobnicator/)).toBeGreaterThan(0);
  expect(at(/^1\. the daemon did not take/)).toBeGreaterThan(at(/no such frobnicator/));
});

test('the log of the build that failed can be asked for as it stands there', () => {
  const rows = shown("error: builder for '/nix/store/x-a.drv' failed with exit code 1");
  expect(rows.some((row) => row.includes('$ nix log /nix/store/x-a.drv'))).toBe(true);
});
