/** No sentence of README.md without what shows it; what is named there exists, and nothing keeps it from running. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { plain, sentencesOf, uncovered } from '../../scripts/claims/sentences.ts';
import { hasTitle, keptFromRunning } from '../../scripts/claims/titles.ts';
import { claims, notClaims } from './claims.ts';

const tests = fileURLToPath(new URL('..', import.meta.url));
const sentences = sentencesOf(readFileSync(join(tests, '../README.md'), 'utf8'));
const excerpts = [...claims.map(({ says }) => says), ...notClaims];

/** A file of tests, and those beside and below it that it takes cases from. */
function sourceOf(file: string): string {
  const source = readFileSync(join(tests, file), 'utf8');
  const cases = [...source.matchAll(/from '(\.\/(?:cases|logs)\/[^']+)'/g)].map(([, path = '']) =>
    readFileSync(join(tests, dirname(file), path), 'utf8'),
  );
  return [source, ...cases].join('\n');
}

describe('README.md', () => {
  it.each(sentences.map(({ line, text }) => [line, text] as const))('line %i: %s', (_, text) => {
    expect(uncovered(text, excerpts), 'neither claimed nor left out in test/docs/claims.ts').toBe('');
  });

  it('has every excerpt, within one sentence, as it is read', () => {
    for (const excerpt of excerpts) {
      expect(plain(excerpt), excerpt).toBe(excerpt);
      expect(
        sentences.some(({ text }) => text.includes(excerpt)),
        excerpt,
      ).toBe(true);
    }
    expect(new Set(excerpts).size).toBe(excerpts.length);
  });
});

describe.each(claims.map((claim) => [claim.says, claim] as const))('%s', (_, { shownBy, command }) => {
  it('is shown by a command, or by tests that there are and that run', () => {
    const named = Object.entries(shownBy ?? {});
    expect(named.length > 0 || command !== undefined).toBe(true);
    for (const [file, titles] of named) {
      expect(existsSync(join(tests, file)), file).toBe(true);
      const source = sourceOf(file);
      expect(titles.length, file).toBeGreaterThan(0);
      for (const title of titles) expect(hasTitle(source, title), `${file}: ${title}`).toBe(true);
      expect(keptFromRunning(source), file).toEqual([]);
    }
  });
});
