import { describe, expect, it } from 'vitest';
import { triplesOf } from '../../src/explain/triples.ts';

describe('triplesOf', () => {
  it('never says no of what is there', () => {
    const text = 'error: builder for ‘/nix/store/…-größer.drv’ failed\u{1f680} 日本語の文';
    const triples = triplesOf(text);
    for (let from = 0; from < text.length; from += 1) {
      for (let to = from; to <= text.length; to += 1) {
        expect(triples.mayHave(text.slice(from, to))).toBe(true);
      }
    }
  });

  it('says no of most that is not', () => {
    const triples = triplesOf('building the system configuration...\nactivating the configuration...');
    const absent = [
      'bootloader',
      'oom-killer',
      'resolve',
      'Permission',
      'passphrase',
      'hostid',
      'EINTEGRITY',
    ];
    expect(absent.filter((word) => triples.mayHave(word))).toEqual([]);
  });

  it('knows nothing of fewer than three characters', () => {
    expect(triplesOf('').mayHave('ab')).toBe(true);
    expect(triplesOf('').mayHave('abc')).toBe(false);
  });
});
