/** Patterns as they are searched for: what may be left out must never be what would have matched. */
import { describe, expect, it } from 'vitest';
import { knownMessages } from '../../src/explain/messages.ts';
import { needlesOf, searched } from '../../src/explain/searched.ts';

describe('searched', () => {
  it('has a space of the pattern for any white space, but not in a class', () => {
    const { regex } = searched(/no [ab ]+end/);
    expect(regex.exec('no\n  ab end')?.[0]).toBe('no\n  ab end');
    regex.lastIndex = 0;
    expect(regex.exec('no ab\nend')).toBeNull();
  });

  it('begins a run of characters at its first one', () => {
    const { regex } = searched(/(?<unit>\S+): timed out/);
    expect(regex.exec('the foo.service: timed out')?.groups?.['unit']).toBe('foo.service');
    regex.lastIndex = 0;
    // In the middle of a run there is nothing to find: the leftmost match began further left.
    expect(regex.source.startsWith('(?<unit>(?<!\\S)\\S+)')).toBe(true);
  });

  it('reads no further for the end of what is quoted than something quoted is long', () => {
    const { regex } = searched(/cannot open '(?<pool>[^']+)': no such pool/);
    expect(regex.test("cannot open 'tank\n2': no such pool")).toBe(true);
    regex.lastIndex = 0;
    expect(regex.test(`cannot open '${'x'.repeat(501)}': no such pool`)).toBe(false);
    // These end with their line, or with a word.
    for (const pattern of [/a [^\n]+ b/, /a [^\s:]+ b/, /a \[^x]+ b/])
      expect(searched(pattern).regex.source).toBe(pattern.source.replaceAll(' ', '\\s+'));
  });

  it.each<[RegExp, readonly string[] | null]>([
    [/Failed to install bootloader/, ['bootloader']],
    [/(?:foo|barely) x/, ['foo', 'barely']],
    [/(?:optional )?always/, ['always']],
    [/colou?r/, ['colo']],
    [/a{2,}bcd/, ['bcd']],
    [/one|two.*three/, ['one', 'three']],
    [/(?!never)(?<name>\S+) is masked/, ['masked']],
    [/\[Errno 28\]/, ['[Errno']],
    [/\d+ \w/, null],
    [/ab/, null],
  ])('%s needs %j', (pattern, needles) => {
    expect(needlesOf(pattern.source)).toEqual(needles);
  });

  it('has a needle for every wording of the table, which its example contains', () => {
    for (const { id, wordings } of knownMessages) {
      for (const { pattern, example } of wordings) {
        const { needles } = searched(pattern);
        if (pattern.ignoreCase) continue;
        expect(needles, `${id}: ${pattern}`).not.toBeNull();
        expect(
          needles?.some((needle) => example.includes(needle)),
          `${id}: ${needles}`,
        ).toBe(true);
      }
    }
  });
});
