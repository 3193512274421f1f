/** What a build does now, in words. */
import { describe, expect, test } from 'vitest';
import { identityKey } from '../../../src/base/identity.ts';
import { describeNow, type Zombies, zombiesOf } from '../../../src/model/forest/now.ts';
import type { BuildProcess } from '../../../src/model/model.ts';
import type { ProcessRaw, ProcessState } from '../../../src/model/sample.ts';
import { process } from '../../support/forest-raw.ts';

interface Row {
  readonly comm: string;
  readonly argv?: readonly string[];
  readonly cpu?: number | null;
  readonly state?: ProcessState;
  /** Position of the parent; default the first row. */
  readonly below?: number;
}

/** Rows become processes 100, 101, …; the first is the builder. */
function rawsOf(rows: readonly Row[]): readonly ProcessRaw[] {
  return rows.map(
    ({ comm, argv, state = 'S', below = 0 }, i): ProcessRaw =>
      process({
        pid: 100 + i,
        ppid: i === 0 ? 1 : 100 + below,
        comm,
        state,
        startTime: 1000 + i,
        facts: argv === undefined ? {} : { argv },
      }),
  );
}

function now(rows: readonly Row[], idleSec = 0, zombies: Zombies = new Map(), nowMs = 0): string | null {
  const raws = rawsOf(rows);
  const tree = raws.map(
    (raw, i): BuildProcess => ({
      ...raw,
      depth: 0,
      command: null,
      ageSec: 1,
      cpuPercent: rows[i]?.cpu ?? null,
      readBytesPerSec: null,
      writeBytesPerSec: null,
      escapee: false,
    }),
  );
  return describeNow(tree, raws, idleSec, zombies, nowMs);
}

const bash: Row = {
  comm: 'bash',
  argv: ['bash', '-e', '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-default-builder.sh'],
};
const cc = (file: string, more: Partial<Row> = {}): Row => ({
  comm: 'cc1plus',
  argv: ['/nix/store/x-gcc/libexec/cc1plus', '-quiet', '-O2', file, '-o', 'x.o'],
  cpu: 95,
  ...more,
});

describe('a child that is not reaped', () => {
  const at = (rows: readonly Row[], seenMs: number, nowMs: number) => {
    const raws = rawsOf(rows);
    return now(rows, 540, zombiesOf(raws, zombiesOf(raws, new Map(), seenMs), nowMs), nowMs);
  };
  const ninja: Row = { comm: 'ninja', state: 'Z' };
  test('is what an idle build waits for', () => {
    expect(at([bash, ninja], 0, 540_000)).toBe('zombie ninja 9 min');
    expect(at([bash, { comm: 'sleep' }], 0, 540_000)).toBe('idle 9 min');
  });
  test('says nothing while something works, or just after its end', () => {
    expect(at([bash, ninja, cc('a/b.c')], 0, 540_000)).toBe('cc1plus a');
    expect(at([bash, ninja], 0, 5000)).toBe('idle 9 min');
  });
  test('is forgotten when it is', () => {
    const before = new Map([[identityKey({ pid: 101, startTime: 1001 }), 0]]);
    expect(zombiesOf(rawsOf([bash, ninja]), before, 9)).toBe(before);
    expect(zombiesOf(rawsOf([bash]), before, 9).size).toBe(0);
    expect(zombiesOf([{ ...rawsOf([bash, ninja])[1], threads: 2 } as ProcessRaw], new Map(), 9).size).toBe(0);
  });
});

describe('compilers', () => {
  test.for([
    ['one', [bash, cc('src/a.cc')], 'cc1plus src'],
    ['one, its file not in a folder', [bash, cc('hello.c')], 'cc1plus hello.c'],
    ['many in one folder', [bash, cc('gfx/angle/a.cc'), cc('gfx/angle/b.cc')], 'cc1plus ×2 gfx/angle'],
    [
      'in folders with something in common',
      [bash, cc('gfx/angle/x/a.cc'), cc('gfx/angle/y/b.cc')],
      'cc1plus ×2 gfx/angle/…',
    ],
    ['one below the other', [bash, cc('gfx/a.cc'), cc('gfx/angle/b.cc')], 'cc1plus ×2 gfx/…'],
    ['with nothing in common', [bash, cc('gfx/a.cc'), cc('dom/b.cc')], 'cc1plus ×2'],
    ['dots mean nothing', [bash, cc('../../src/./a.cc')], 'cc1plus src'],
    ['an absolute file', [bash, cc('/build/source/lib/a.cc')], 'cc1plus build/source/lib'],
    ['command line not known yet', [bash, { comm: 'cc1plus', cpu: 90 }], 'cc1plus'],
    [
      'a crate',
      [bash, { comm: 'rustc', argv: ['rustc', '--crate-name', 'serde', 'src/lib.rs'], cpu: 99 }],
      'rustc serde',
    ],
    ['no source file', [bash, { comm: 'ld', argv: ['ld', '-o', 'x', 'a.o'], cpu: 50 }], 'ld'],
    ['an option is no file', [bash, { comm: 'as', argv: ['as', '-I/x.c', '-o', 'y'], cpu: 50 }], 'as'],
  ] as const)('%s', ([, rows, words]) => expect(now(rows)).toBe(words));
});

describe('who drives is not named while others work', () => {
  const make: Row = { comm: 'make', argv: ['make', '-j8'], cpu: 30 };
  test.for([
    ['make', [bash, make, cc('a/b.c', { below: 1 })], 'cc1plus a'],
    [
      'make, a sleeping shell between',
      [bash, make, { comm: 'sh', argv: ['sh', '-c', 'cc x'], below: 1 }, cc('a/b.c', { below: 2, cpu: 5 })],
      'cc1plus a',
    ],
    [
      'ninja and cargo',
      [
        bash,
        { comm: 'ninja', cpu: 99 },
        { comm: 'cargo', cpu: 99, below: 1 },
        cc('a/b.c', { below: 2, cpu: 10 }),
      ],
      'cc1plus a',
    ],
    ['make alone', [bash, make], 'make'],
    ['the heavier of two', [bash, cc('a/b.c', { cpu: 10 }), { comm: 'ld', cpu: 90 }], 'ld'],
    [
      'two of one kind beside one',
      [bash, { comm: 'ld', cpu: 80 }, cc('a/b.c', { cpu: 50 }), cc('a/c.c', { cpu: 50 })],
      'cc1plus ×2 a',
    ],
    ['who sleeps is not counted', [bash, cc('a/b.c', { cpu: 1 }), cc('a/c.c', { cpu: 50 })], 'cc1plus a'],
    ['who runs without a rate yet is', [bash, cc('a/b.c', { cpu: null, state: 'R' })], 'cc1plus a'],
  ] as const)('%s', ([, rows, words]) => expect(now(rows)).toBe(words));
});

describe('scripts and tools', () => {
  const configure: Row = { comm: 'bash', argv: ['bash', './configure', '--prefix=/x'], cpu: 20 };
  test.for([
    ['configure', [bash, configure], 'configure'],
    [
      'configure and what it compiles',
      [bash, configure, { comm: 'gcc', below: 1 }, cc('conftest.c', { below: 2 })],
      'configure',
    ],
    [
      'config.status',
      [
        bash,
        { comm: 'sh', argv: ['/bin/sh', './config.status'], cpu: 20 },
        { comm: 'sed', cpu: 4, below: 1 },
      ],
      'config.status',
    ],
    ['a compiler outside configure is heavier', [bash, { ...configure, cpu: 5 }, cc('a/b.c')], 'cc1plus a'],
    ['strip', [bash, { comm: 'strip', argv: ['strip', '-S', '/x/lib.so'], cpu: 60 }], 'strip'],
    ['ctest', [bash, { comm: 'ctest', argv: ['ctest', '-j8'], cpu: 60 }], 'ctest'],
    ['pytest', [bash, { comm: 'python3.12', argv: ['python3.12', '-m', 'pytest'], cpu: 60 }], 'pytest'],
    ['stdenv itself', [{ ...bash, cpu: 40 }], 'default-builder.sh'],
  ] as const)('%s', ([, rows, words]) => expect(now(rows)).toBe(words));
});

describe('states', () => {
  const zombie: Row = { comm: 'cc', state: 'Z' };
  const stopped: Row = { comm: 'cc', state: 'T' };
  test.for([
    ['waits for the disk', [bash, { comm: 'ld', state: 'D' }], 0, 'waits for disk: ld'],
    ['one of two waits', [bash, cc('a/b.c', { state: 'D' }), cc('a/c.c', { state: 'R' })], 0, 'cc1plus ×2 a'],
    ['all dead', [zombie, zombie], 600, 'defunct'],
    ['all stopped, the dead do not count', [stopped, stopped, zombie], 600, 'stopped'],
    ['one goes on', [stopped, bash], 5, 'default-builder.sh'],
    ['a dead process is not busy', [bash, { ...zombie, cpu: 99 }], 20, 'idle 20 s'],
    ['between two things: the newest', [bash, { comm: 'sleep' }], 3, 'sleep'],
    ['idle for seconds', [bash], 42, 'idle 42 s'],
    ['idle for minutes', [bash], 240, 'idle 4 min'],
    ['idle for long', [bash], 3600 * 3, 'idle 3 h'],
    [
      'a builtin builder',
      [{ comm: 'nix-daemon', argv: ['nix-daemon', '5151'], cpu: 20 }],
      0,
      'builtin builder',
    ],
    ['a builtin builder that waits for the network', [{ comm: 'nix-daemon' }], 300, 'builtin builder'],
    ['nix inside a build is nix', [bash, { comm: 'nix-build', cpu: 20 }], 0, 'nix-build'],
    ['nobody', [], 0, null],
  ] as const)('%s', ([, rows, idle, words]) => expect(now(rows, idle)).toBe(words));
});

test('nothing that a build calls itself reaches the terminal as a command', () => {
  const evil = '\u001b]0;x\u0007\u009b2J';
  const rows = [bash, { comm: evil, argv: [`/x/${evil}`, `${evil}/${'y'.repeat(9000)}/a.c`], cpu: 90 }];
  const words = now(rows) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  expect(words).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  expect(words.length).toBeLessThan(200);
});

test('processes in a circle do not hang it', () => {
  const rows = [
    { comm: 'a', cpu: 50, below: 1 },
    { comm: 'b', cpu: 50, below: 0 },
  ];
  const raws = rows.map(({ comm }, i) => process({ pid: 100 + i, ppid: 101 - i, comm }));
  const tree = raws.map((raw) => ({ ...raw, cpuPercent: 50 }) as unknown as BuildProcess);
  expect(describeNow(tree, raws, 0)).toBe('b');
});
