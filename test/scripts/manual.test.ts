/** dist/man and dist/completions: drawn from the tables, as `npm run build` left them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { typedWords } from '../../scripts/completions/offers.ts';
import { documents } from '../../scripts/documents.ts';
import { examplesOf } from '../../scripts/manual/beside-the-tables.ts';
import { entry, escaped, paragraph, usage } from '../../scripts/manual/roff.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { flagsOf, flagTable, shownCommands } from '../../src/cli/table.ts';
import { commands as keys } from '../../src/commands/table.ts';
import { settingRows } from '../../src/settings/rows.ts';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
/** Pages tell the day when they were made, in their first line. */
const undated = (page: string) => page.replace(/^(\.TH .*?)"\d{4}-\d\d-\d\d"/, '$1""');
const drawn = documents(0);
const pages = [...(drawn['man'] ?? [])];
const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

describe.each(Object.entries(drawn))('dist/%s', (folder, files) => {
  test('holds what the tables say now, and nothing else', () => {
    expect(readdirSync(`${dist}/${folder}`).toSorted()).toEqual([...files.keys()].toSorted());
    for (const [name, text] of files)
      expect(undated(readFileSync(`${dist}/${folder}/${name}`, 'utf8')), name).toBe(undated(text));
  });
});

describe('the pages', () => {
  test('one of the program, one of each of its words, one of the settings', () => {
    const words = shownCommands.flatMap(({ word }) => (word === null ? [] : [word.split(' ')[0]]));
    const names = ['nixpulse.1', ...new Set(words.map((word) => `nixpulse-${word}.1`)), 'nixpulse.toml.5'];
    expect(pages.map(([name]) => name)).toEqual(names);
  });

  test.skipIf(!has('mandoc') && !process.env.CI)('mandoc has nothing to say against them', () => {
    const files = pages.map(([name]) => `${dist}/man/${name}`);
    const { stdout, stderr, status } = spawnSync('mandoc', ['-Tlint', ...files], { encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });

  const man = (name: string, ...words: readonly string[]) => {
    const env = { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANROFFOPT: '', MANPAGER: 'cat' };
    return spawnSync('man', [...words, '-l', `${dist}/man/${name}`], { encoding: 'utf8', env });
  };
  describe.skipIf(!has('man') && !process.env.CI)('read by man(1)', () => {
    test.each(pages.map(([name]) => name))('%s gives no warning', (name) => {
      const { stderr, status } = man(name, '--warnings', '-E', 'UTF-8', '-Tutf8', '-Z');
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    });

    /** Without hyphens at the ends of lines, and more than one space. */
    const shown = (name: string) =>
      man(name)
        .stdout.replace(/[\u2010-]\n\s+/g, '')
        .replace(/\s+/g, ' ');

    test('every flag of a command stands on its page', () => {
      for (const { word, row, below } of typedWords) {
        const text = shown(`nixpulse-${word}.1`);
        const rows = below.length === 0 ? [row] : below.map((one) => one.row);
        for (const flag of rows.flatMap(({ id }) => flagsOf(id))) expect(text).toContain(`${flag.name} `);
        for (const { word: typed } of rows) expect(text).toContain(`nixpulse ${typed}`);
      }
    });

    test('every command, key and setting on those of the program and its settings', () => {
      const program = shown('nixpulse.1');
      for (const { word } of typedWords) expect(program).toContain(`nixpulse ${word} `);
      for (const { title } of keys) expect(program).toContain(title.split(' ')[0]);
      const settings = shown('nixpulse.toml.5');
      for (const { key } of settingRows)
        expect(settings).toContain(` ${key.slice(key.lastIndexOf('.') + 1)} `);
    });
  });

  test('what is shown as an example is understood', () => {
    const lines = shownCommands.flatMap(({ id }) => examplesOf(id).map(({ line }) => ({ id, line })));
    expect(lines.length).toBeGreaterThan(10);
    for (const { id, line } of lines) {
      const [, typed = ''] = /nixpulse(?= |$) ?([^|()]*)/.exec(line) ?? [];
      const words = typed.split(' ').filter((word) => word !== '');
      expect(parseCommandLine(words, '0'), line).toMatchObject({ kind: 'run', invocation: { command: id } });
    }
  });
});

describe('roff', () => {
  test('obeys nothing of a text', () => {
    expect(escaped('.TH \\fB a-b')).toBe('.TH \\efB a\\-b');
    expect(paragraph('.so /etc/passwd')).toBe('\\&.so /etc/passwd');
    expect(paragraph("'br")).toBe('\\(aqbr');
    expect(entry('.x', ['y'])).toBe('.TP\n\\&.x\ny');
  });

  test('a line that is broken does not begin with a macro', () => {
    const broken = paragraph(`${'x'.repeat(77)} .PP end`);
    for (const line of broken.split('\n')) expect(line).not.toMatch(/^[.']/);
    expect(broken).toContain('\n\\&.PP');
  });

  test('characters that are not ASCII have their numbers', () => {
    expect(paragraph('the machine’s `x`')).toBe('the machine\\[u2019]s \\fBx\\fR');
  });

  test('in a usage what stands for something is in italics', () => {
    expect(usage('watch [OPTIONS] -- CMD...')).toBe(
      '\\fBwatch\\fR [\\fIOPTIONS\\fR] \\fB\\-\\-\\fR \\fICMD\\fR...',
    );
  });
});

test('a flag takes a word with every command or with none', () => {
  for (const same of Map.groupBy(flagTable, ({ name }) => name).values())
    expect(
      new Set(same.map(({ argument }) => argument !== undefined && !('optional' in argument))).size,
    ).toBe(1);
  expect(existsSync(`${dist}/completions/nixpulse.bash`)).toBe(true);
});
