/** A flag's argument, checked: the value, or what it should have been. */
import { fail, ok, type Result } from '../base/problem.ts';
import type { Argument } from './table.ts';

/** Plain decimals: `1`, `0.5`, `.5`; no signs, exponents, hex or words. */
const decimal = /^(?:\d+(?:\.\d*)?|\.\d+)$/;

/** The Problem's `cause` is one clause: `expected 0.1 to 3600 seconds`. */
export function parseValue(argument: Argument, text: string): Result<string | number> {
  switch (argument.kind) {
    case 'seconds': {
      const value = decimal.test(text) ? Number(text) : Number.NaN;
      if (value >= argument.min && value <= argument.max) return ok(value);
      return fail('malformed', argument.name, `expected ${argument.min} to ${argument.max} seconds`);
    }
    case 'directory':
      return text === '' ? fail('malformed', argument.name, 'expected a directory') : ok(text);
    case 'file':
      return text === '' ? fail('malformed', argument.name, 'expected a file') : ok(text);
    case 'time':
      // The rest is checked against the recording; `-10m` is a time, `--json` is the next option.
      if (text !== '' && !text.startsWith('--')) return ok(text);
      return fail('malformed', argument.name, 'expected a time: 03:28, 2026-11-20T03:28 or -10m');
    case 'generation':
      if (/^[1-9]\d{0,8}$/.test(text)) return ok(Number(text));
      return fail('malformed', argument.name, 'expected the number of a generation');
    case 'choice':
      if (argument.choices.includes(text)) return ok(text);
      return fail('malformed', argument.name, `expected ${listOf(argument.choices)}`);
  }
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
