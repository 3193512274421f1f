/** How the README is cut, how titles are found, and what becomes of a claim whose tests did what. */
import { describe, expect, it } from 'vitest';
import { outcomeOf, projectsOf, type Report, worst } from '../../scripts/claims/run-tests.ts';
import { plain, sentencesOf, uncovered } from '../../scripts/claims/sentences.ts';
import { hasTitle, keptFromRunning, ranAs } from '../../scripts/claims/titles.ts';

describe('sentences', () => {
  it('are those of paragraphs, lists, pictures and comments of commands', () => {
    const text = [
      ...['# A heading.', 'One *is*', '[here](a.md#b). `two`', 'ends? – three!', ''],
      ...['| a table. | it |', '- **Four** is an item.', '- five', '![Six. Seven](p.png)', ''],
      ...['```', 'nixpulse guard   # eight', 'nixpulse', '```', 'nine of 1.5 GB'],
    ];
    expect(sentencesOf(text.join('\n'))).toEqual([
      { line: 2, text: 'One is here.' },
      { line: 2, text: '`two` ends?' },
      { line: 2, text: '– three!' },
      { line: 7, text: 'Four is an item.' },
      { line: 8, text: 'five ![Six.'.replace('![', '') },
      { line: 8, text: 'Seven' },
      { line: 12, text: 'eight' },
      { line: 15, text: 'nine of 1.5 GB' },
    ]);
  });

  it('are covered where every word is in an excerpt, but those that join two', () => {
    const text = 'It pauses a build, kills it, and never blocks.';
    expect(uncovered(text, ['It pauses a build', 'kills it', 'never blocks.'])).toBe('');
    expect(uncovered(text, ['It pauses a build', 'never blocks.'])).toBe(', kills it, and');
    expect(uncovered('nothing', [])).toBe('nothing');
    expect(plain('**a** [b `c`](d)  e')).toBe('a b `c` e');
  });
});

describe('titles', () => {
  const source = [
    "test('plain', () => {});",
    'it("it\'s", () => {});',
    "test.each([['row name', 1]])('%s is %i', () => {});",
    "test.skipIf(x)(\n  'far off',\n  () => {});",
    "// a comment with 'words', and more",
  ].join('\n');

  it('are found as they stand there, rows of an each as well', () => {
    for (const title of ['plain', "it's", '%s is %i', 'far off', 'row name'])
      expect(hasTitle(source, title), title).toBe(true);
    for (const title of ['plai', 'comment', 'other']) expect(hasTitle(source, title), title).toBe(false);
  });

  it('are what a run calls them, whatever is filled in', () => {
    const ran = (title: string, as: string) => new RegExp(`^${ranAs(title)}$`).test(as);
    expect(ran('%s is %i (a.b)', 'one two is 3 (a.b)')).toBe(true);
    expect(ran('%ix%i', '80x24')).toBe(true);
    expect(ran('%ix%i', 'axb')).toBe(false);
    expect(ran('$name: is $a.b', 'it: is x')).toBe(true);
    expect(ran('a.b', 'aXb')).toBe(false);
  });

  it('of what never runs are told', () => {
    expect(keptFromRunning("test.skip('x')")).toEqual(['test.skip']);
    expect(keptFromRunning("test.skipIf(root)('x'); test('todo')")).toEqual([]);
  });
});

describe('what became of it', () => {
  const report = (
    status: string,
    assertionResults: Report['testResults'][0]['assertionResults'],
  ): Report => ({
    testResults: [{ name: '/project/test/a/b.test.ts', status, assertionResults }],
  });
  const one = (title: string, status: string, ...ancestorTitles: readonly string[]) => ({
    ...{ title, status, ancestorTitles },
  });
  const of = (title: string, ...reports: readonly Report[]) =>
    outcomeOf({ file: 'a/b.test.ts', title }, reports);

  it('is ok where one passed, failed where one failed, and not run else', () => {
    const both = report('failed', [one('x', 'passed', 'd'), one('y', 'failed', 'e'), one('z', 'skipped')]);
    expect(['x', 'd', 'y', 'e', 'z', 'w'].map((title) => of(title, both))).toEqual([
      ...['ok', 'ok', 'failed', 'failed', 'not run', 'not run'],
    ]);
  });

  it('is a failure where the file could not be loaded, and not run where nothing ran', () => {
    expect(of('x', report('failed', []))).toBe('failed');
    expect(of('x')).toBe('not run');
  });

  it('is the worst of all that shows it', () => {
    expect(worst(['ok', 'not run', 'failed'])).toBe('failed');
    expect(worst(['ok', 'not run'])).toBe('not run');
    expect(worst(['ok'])).toBe('ok');
  });

  it('comes of the project that has the file', () => {
    const files = [
      'pty/a.test.ts',
      'lab/a.test.ts',
      'lab/newest/a.test.ts',
      'freeze/freeze.test.ts',
      'a.test.ts',
    ];
    expect(files.map((file) => projectsOf(file)[0])).toEqual([
      ...['terminal', 'lab', 'newest', 'lab', 'unit-pure'],
    ]);
  });
});
