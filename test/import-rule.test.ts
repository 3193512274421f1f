/** The import rule of each room bites: one bad line per file through the project's own linter settings. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Room, rooms } from '../scripts/lint/rooms.ts';
import { rules, rulesFile } from '../scripts/lint/write-rules.ts';

const project = dirname(dirname(fileURLToPath(import.meta.url)));

const clocks = [
  'Date.now()',
  'new Date()',
  'performance.now()',
  'process.argv',
  'setTimeout(() => {}, 1)',
  'setInterval(() => {}, 1)',
  'Math.random()',
];
const packages = [
  'react',
  'zustand',
  'zustand/vanilla',
  'node:fs',
  'node:fs/promises',
  'ink',
  'execa',
  'commander',
];
const places = [...Object.keys(rooms), 'src/modes', 'src/main.ts'];

interface Case {
  readonly file: string;
  readonly line: string;
  readonly good: boolean;
}

/** A name in the table as somebody would import it; of a room any file, of a pattern any that fits. */
function example(name: string): string {
  if (name.includes('*')) return name.replace(/\*+$/, 'x.ts').replace('*', 'x');
  return /^(?:src\/[\w-]+|hooks|components)$/.test(name) ? `${name}/x.ts` : name;
}

function allows(may: readonly string[], name: string): boolean {
  return may.some((one) => one === name || (one.endsWith('*') && name.startsWith(one.replace(/\*+$/, ''))));
}

/** One file per room and depth, one line per case. */
function casesOf([room, { may, pure = false }]: [string, Room], depth: number): Case[] {
  const folder = [room, 'one', 'two'].slice(0, depth + 1).join('/');
  const file = `${folder}/x.${room === 'components' ? 'tsx' : 'ts'}`;
  const cases: Case[] = [];
  const add = (line: string, good: boolean) => cases.push({ file, line, good });
  const path = (name: string) => {
    if (!/^(?:src\/|hooks|components)/.test(name)) return name;
    const from = relative(folder, name);
    return from.startsWith('.') ? from : `./${from}`;
  };
  add("export * from './y.ts';", true);
  for (let up = 1; up <= depth; up++) add(`export * from '${'../'.repeat(up)}other/y.ts';`, true);
  for (const name of may) add(`export * from '${path(example(name))}';`, true);
  const others = places.filter((name) => name !== room && !may.some((one) => one === name));
  const forbidden = [
    ...others.map((name) => path(name.endsWith('.ts') ? name : `${name}/x.ts`)),
    ...packages.filter((name) => !allows(may, name)),
    // A path that looks like the room's own and leads out of it.
    `./../${'../'.repeat(depth)}main.ts`,
  ];
  for (const name of forbidden) {
    add(`export * from '${name}';`, false);
    add(`export const late${cases.length} = () => import('${name}');`, false);
  }
  for (const use of pure ? clocks : []) add(`export const value${cases.length} = ${use};`, false);
  if (pure) add('export const time = new Date(0).toISOString();', true);
  return cases;
}

const files = Object.entries(rooms).flatMap((room) => [0, 1, 2].map((depth) => casesOf(room, depth)));

let tree = '';
/** `file:line` of every complaint. */
const complaints = new Set<string>();

beforeAll(() => {
  tree = realpathSync(mkdtempSync(join(tmpdir(), 'nixpulse-lint-')));
  for (const name of ['biome.json', '.gitignore', 'scripts/lint']) {
    cpSync(join(project, name), join(tree, name), { recursive: true });
  }
  for (const cases of files) {
    const file = join(tree, cases[0]?.file ?? '');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${cases.map(({ line }) => line).join('\n')}\n`);
  }
  const biome = join(project, 'node_modules/.bin/biome');
  const args = ['lint', '--reporter=github', '--max-diagnostics=none', 'src', 'components', 'hooks'];
  const run = spawnSync(biome, args, { cwd: tree, encoding: 'utf8', maxBuffer: 1 << 26 });
  const pattern = /^::error title=([^,]*),file=([^,]*),line=(\d+)/gm;
  for (const [, title, file, line] of run.stdout.matchAll(pattern)) {
    if (/noRestricted|plugin/.test(title ?? ''))
      complaints.add(`${relative(tree, resolve(tree, file ?? ''))}:${line}`);
  }
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe.each(files.map((cases) => ({ file: cases[0]?.file ?? '', cases })))('$file', ({ cases }) => {
  const wrong = (good: boolean) =>
    cases
      .map((one, index) => ({ ...one, complained: complaints.has(`${one.file}:${index + 1}`) }))
      .filter((one) => one.good === good && one.complained === good)
      .map(({ line }) => line);
  test('may import what its row says', () => expect(wrong(true)).toEqual([]));
  test('may not import anything else', () => expect(wrong(false)).toEqual([]));
});

test('the rules are those of the table', () => {
  expect(readFileSync(rulesFile, 'utf8')).toBe(rules());
});

test('no file lies deeper than the rules reach, and no path goes in and out again', () => {
  const listed = spawnSync('git', ['ls-files', 'src', 'components', 'hooks'], {
    cwd: project,
    encoding: 'utf8',
  });
  const names = listed.stdout.split('\n').filter((name) => /\.tsx?$/.test(name));
  const room = (name: string) => Object.keys(rooms).find((one) => name.startsWith(`${one}/`));
  const deep = names.filter((name) => {
    const of = room(name);
    return of !== undefined && name.slice(of.length + 1).split('/').length > 3;
  });
  const around = names.filter((name) =>
    /(?:from|import\() ?'\.[^']*[^./][^']*\/\.\.\//.test(readFileSync(join(project, name), 'utf8')),
  );
  expect({ deep, around }).toEqual({ deep: [], around: [] });
  expect(names.length).toBeGreaterThan(300);
});
