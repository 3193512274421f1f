/** README: its tables are the program's, its first commands are the package's, its promises are kept. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { flagTable, shownCommands } from '../../src/cli/table.ts';
import { commands } from '../../src/commands/table.ts';
import { blocks, withBlocks } from './blocks.ts';

const pathOf = (page: string) => new URL(`../../${page}`, import.meta.url);
const read = (page: string) => readFileSync(pathOf(page), 'utf8');
const readme = () => read('README.md');
/** By page: what is written into it. */
const pages = { 'docs/keys.md': ['keys'], 'docs/commands.md': ['commands', 'options'] };

describe.each(Object.entries(pages))('%s', (page, names) => {
  it('has current tables (UPDATE_GOLDEN=1 writes them)', () => {
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(pathOf(page), withBlocks(read(page)));
    expect(read(page)).toBe(withBlocks(read(page)));
  });

  it.each(names)('has the block %s once', (name) => {
    expect(read(page).split(`<!-- ${name}: generated -->`)).toHaveLength(2);
  });

  it('is where every key, command and option of the program is', () => {
    expect(Object.values(pages).flat().toSorted()).toEqual(Object.keys(blocks).toSorted());
  });
});

describe('the tables', () => {
  it('name every command, flag and key', () => {
    const text = Object.values(blocks)
      .map((block) => block())
      .join('\n');
    for (const { title } of commands) expect(text).toContain(`| ${title} |`);
    for (const { word } of shownCommands)
      expect(text).toContain(`\`nixpulse${word === null ? '' : ` ${word}`}\``);
    for (const { name } of flagTable) expect(text).toContain(`\`${name}`);
  });
});

describe('README.md', () => {
  it('is one page for a user, a sysadmin and a packager: the rest is in docs', () => {
    expect(readme().split('\n').length - 1).toBeLessThanOrEqual(250);
  });

  it('begins with what it is, its picture, and the two commands', () => {
    const text = readme();
    const places = ['# nixpulse\n', '![', 'npm ci && npm start\n', 'npm ci && npm test\n'].map((part) =>
      text.indexOf(part),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(manifest.scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
  });

  it('shows only npm scripts and commands that there are', () => {
    const scripts = [...readme().matchAll(/npm run ([\w-]+)/g)].map(([, name]) => name);
    for (const name of scripts) expect(Object.keys(manifest.scripts)).toContain(name);
    const words = [...readme().matchAll(/(?:bin\/|`)nixpulse ([a-z]+)/g)].map(([, word]) => word);
    expect(words.length).toBeGreaterThan(0);
    for (const word of words) expect(shownCommands.map((row) => row.word?.split(' ')[0])).toContain(word);
  });
});
