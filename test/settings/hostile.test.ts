/** Files that are wrong in every way: what is read of them ends, says so in short lines, and keeps what is right. */
import { describe, expect, test } from 'vitest';
import { complaintText } from '../../src/model/settings/setting.ts';
import { parseSettings } from '../../src/settings/parse-settings.ts';
import { settingsInForce, usualSettings } from '../../src/settings/settings.ts';

function read(text: string) {
  const { given, complaints } = parseSettings(text, 'c.toml');
  return { ...settingsInForce([given]), complaints: complaints.map(complaintText) };
}

describe('files that are wrong in every way', () => {
  test('of thousands of complaints the first hundred are told', () => {
    const { complaints } = read(Array.from({ length: 5000 }, (_, line) => `k${line} = 1`).join('\n'));
    expect(complaints).toHaveLength(101);
    expect(complaints.at(-1)).toBe('c.toml:101: and 4900 more from here on');
  });

  test.each([
    `rest = ${'a'.repeat(9000)}`,
    'rest = a\u001b[31m',
    `${'a.'.repeat(5000)}b = 1`,
    `a = 1\n${'a.'.repeat(5000)}b = 1`,
    `["a\u009b${'x'.repeat(900)}"]`,
    `rest = "${'x'.repeat(900)}"`,
    `x = ${'['.repeat(60_000)}`,
  ])('nobody’s text draws on the terminal, or fills it: %#', (text) => {
    const { complaints } = read(`[guard]\n${text}\n"a\\u001b" = 1\n`);
    expect(complaints.length).toBeGreaterThan(0);
    for (const one of complaints) {
      expect(one).not.toMatch(/\p{Cc}/u);
      expect(one.length).toBeLessThan(200);
    }
  });

  test('whatever is put into a right file or taken out of it, the rest is what it says', () => {
    const right =
      '[guard]\nrest = 20\nhook = ["a", "b"]\n[guard.rules.memory]\nfull = 30\nactions = ["pause"]\n';
    const marks = ['', '[', ']', '"', '=', '\n', '#', '.', "'", '{', ',', '\\', '"""', ' '];
    const usual = usualSettings.guard;
    let wrong = 0;
    for (let at = 0; at < right.length; at += 1) {
      for (const mark of marks) {
        const text = `${right.slice(0, at)}${mark}${right.slice(mark === '' ? at + 1 : at)}`;
        const { settings, complaints } = read(text);
        wrong += Number(complaints.length > 0);
        const { restSec, rules } = settings.guard;
        expect([20, 2, usual.restSec], text).toContain(restSec);
        expect([30, 3, usual.rules.memory.numbers.full], text).toContain(rules.memory.numbers.full);
        expect([['pause'], usual.rules.memory.actions], text).toContainEqual(rules.memory.actions);
        for (const one of complaints) expect(one, text).toMatch(/^c\.toml:[1-9]: /);
      }
    }
    expect(wrong).toBeGreaterThan(500);
  });
});
