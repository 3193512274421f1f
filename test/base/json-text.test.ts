import { expect, test } from 'vitest';
import { jsonDocument, jsonLine } from '../../src/base/json-text.ts';

const hostile = { name: 'a\u009b31m\u202eb\u200fc\x7f\u001b[2J', plain: 'Größe ✓ 漢字' };

test.each([jsonDocument, jsonLine])(
  'what a terminal would obey is escaped, and the document is the same',
  (text) => {
    expect(JSON.parse(text(hostile))).toEqual(hostile);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(text(hostile)).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]/);
    expect(text(hostile)).toContain('Größe ✓ 漢字');
  },
);
