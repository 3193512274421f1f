/** The import rule of each room bites: one bad line per file through the project's own linter settings. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

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
const everywhereBad = ['react', 'zustand', 'node:fs', 'node:fs/promises', 'ink', 'execa'];

interface Room {
  /** Where a file of the room lies. */
  readonly file: string;
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
  /** Neither clock nor timer nor system. */
  readonly pure?: boolean;
}

const rooms: readonly Room[] = [
  {
    file: 'src/model/x.ts',
    allowed: ['./identity.ts'],
    forbidden: ['../parse/stat.ts', '../store/state.ts', '../platform/ports.ts', ...everywhereBad],
    pure: true,
  },
  ...['parse', 'diagnose', 'format', 'commands'].map((name) => ({
    file: `src/${name}/x.ts`,
    allowed: ['./y.ts', '../model/model.ts'],
    forbidden: ['../store/state.ts', '../platform/ports.ts', '../samplers/source.ts', ...everywhereBad],
    pure: true,
  })),
  {
    file: 'src/store/x.ts',
    allowed: ['../model/model.ts', '../diagnose/y.ts', '../commands/table.ts', 'zustand/vanilla'],
    forbidden: ['../samplers/source.ts', '../app/loop.ts', '../format/number.ts', ...everywhereBad],
    pure: true,
  },
  {
    file: 'src/samplers/x.ts',
    allowed: ['./y.ts', '../model/model.ts', '../parse/stat.ts', '../platform/ports.ts'],
    forbidden: ['../platform/files.ts', '../store/state.ts', '../app/loop.ts', ...everywhereBad],
  },
  {
    file: 'src/actions/x.ts',
    allowed: ['../model/model.ts', '../parse/stat.ts', '../platform/ports.ts'],
    forbidden: ['../platform/spawn.ts', '../samplers/source.ts', ...everywhereBad],
  },
  {
    file: 'src/record/x.ts',
    allowed: ['../model/sample.ts', '../platform/ports.ts', '@msgpack/msgpack', 'node:zlib'],
    forbidden: ['../parse/stat.ts', '../samplers/source.ts', 'node:worker_threads', ...everywhereBad],
  },
  {
    file: 'src/platform/x.ts',
    allowed: [
      './ports.ts',
      '../model/problem.ts',
      'node:fs',
      'node:fs/promises',
      'execa',
      'koffi',
      'blessed-contrib/lib/widget/donut.js',
    ],
    forbidden: ['../parse/stat.ts', '../samplers/source.ts', 'react', 'commander', 'blessed'],
  },
  {
    file: 'src/cli/x.ts',
    allowed: ['./table.ts', '../model/problem.ts', 'commander'],
    forbidden: ['../platform/files.ts', '../app/loop.ts', ...everywhereBad],
  },
  {
    file: 'src/watch/loop.ts',
    allowed: ['../model/sample.ts', '../samplers/source.ts', '../platform/ports.ts'],
    forbidden: ['react', 'ink', '../../components/app/app.tsx', '../../hooks/use-select.ts', '../main.ts'],
  },
  {
    file: 'components/title/x.tsx',
    allowed: [
      'react',
      'ink',
      './y.tsx',
      '../theme.ts',
      '../../hooks/use-select.ts',
      '../../src/base/number.ts',
      '../../src/model/model.ts',
      '../../src/state/state.ts',
    ],
    forbidden: [
      '../../src/samplers/source.ts',
      '../../src/actions/kill.ts',
      '../../src/record/reader.ts',
      '../../src/watch/loop.ts',
      '../../src/platform/ports.ts',
      '../../src/state/create.ts',
      'node:fs',
      'zustand',
    ],
  },
  {
    file: 'hooks/x.ts',
    allowed: ['./app-context.ts', '../src/state/state.ts', '../src/commands/table.ts', 'react', 'ink'],
    forbidden: ['../src/watch/loop.ts', '../src/platform/ports.ts', '../components/theme.ts', 'node:fs'],
  },
];

interface Case {
  readonly line: string;
  readonly good: boolean;
}

/** One file per room, one line per case. */
function casesOf(room: Room): Case[] {
  const cases: Case[] = [];
  const add = (line: string, good: boolean) => cases.push({ line, good });
  for (const name of room.allowed) add(`export * from '${name}';`, true);
  for (const name of room.forbidden) {
    add(`export * from '${name}';`, false);
    add(`export const late${cases.length} = () => import('${name}');`, false);
  }
  // A path that looks like the room's own and leads out of it.
  add("export * from './../main.ts';", false);
  for (const use of room.pure ? clocks : []) add(`export const value${cases.length} = ${use};`, false);
  if (room.pure) add('export const time = new Date(0).toISOString();', true);
  return cases;
}

let tree = '';
/** `file:line` of every complaint. */
const complaints = new Set<string>();

beforeAll(() => {
  tree = realpathSync(mkdtempSync(join(tmpdir(), 'nixpulse-lint-')));
  for (const name of ['biome.json', '.gitignore', 'scripts/lint']) {
    cpSync(join(project, name), join(tree, name), { recursive: true });
  }
  for (const room of rooms) {
    mkdirSync(join(tree, dirname(room.file)), { recursive: true });
    const lines = casesOf(room).map(({ line }) => line);
    writeFileSync(join(tree, room.file), `${lines.join('\n')}\n`);
  }
  const biome = join(project, 'node_modules/.bin/biome');
  const args = ['lint', '--reporter=github', '--max-diagnostics=none', 'src', 'components', 'hooks'];
  const run = spawnSync(biome, args, { cwd: tree, encoding: 'utf8' });
  for (const [, title, file, line] of run.stdout.matchAll(
    /^::error title=([^,]*),file=([^,]*),line=(\d+)/gm,
  )) {
    if (/noRestricted|plugin/.test(title ?? ''))
      complaints.add(`${relative(tree, resolve(tree, file ?? ''))}:${line}`);
  }
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe.each(rooms)('$file', (room) => {
  const cases = casesOf(room).map((one, index) => ({ ...one, place: `${room.file}:${index + 1}` }));
  test.each(cases.filter(({ good }) => good))('may: $line', ({ place }) => {
    expect(complaints).not.toContain(place);
  });
  test.each(cases.filter(({ good }) => !good))('may not: $line', ({ place }) => {
    expect(complaints).toContain(place);
  });
});
