import { describe, expect, it } from 'vitest';
import { block, code, codeCell, plain, table } from '../../../src/format/report/markdown.ts';

const page = { unicode: true };

describe('text of others', () => {
  it.each([
    ['a|b', 'a\\|b'],
    ['<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert(1)\\>'],
    ['[click](http://x)', '\\[click\\](http://x)'],
    ['`rm -rf`', '\\`rm -rf\\`'],
    ['**bold** _em_', '\\*\\*bold\\*\\* \\_em\\_'],
    ['snake_case_name', 'snake_case_name'],
    ['~~gone~~', '\\~~gone\\~~'],
    ['&lt;b&gt; a & b', '\\&lt;b\\&gt; a & b'],
    ['two\nlines\t tab', 'two lines tab'],
    ['\u001b[31mred', '?\\[31mred'],
    ['back\\slash', 'back\\\\slash'],
    ['right‮to left', 'right?to left'],
  ])('%j is shown as it is', (text, shown) => {
    expect(plain(text, page)).toBe(shown);
  });

  it('is cut where it is endless', () => {
    expect(plain('x'.repeat(10_000), page).length).toBe(400);
  });

  it('is ASCII alone where that is asked for', () => {
    expect(plain('é–→', { unicode: false })).toMatch(/^[ -~]+$/);
  });

  it('does not end the code that it stands in', () => {
    expect(code('a`b', page)).toBe('``a`b``');
    expect(code('`', page)).toBe('`` ` ``');
    expect(codeCell('a|b', page)).toBe('`a\\|b`');
    expect(block(['```', 'x'], 'nix', page)).toEqual(['````nix', '```', 'x', '````']);
  });

  it('keeps its cell', () => {
    const rows = [[plain('a|b\nc', page), 'd']];
    expect(table(['A', 'B'], rows)).toEqual(['| A | B |', '|---|---|', '| a\\|b c | d |']);
  });
});
