import { describe, expect, test } from 'vitest';
import { offeredGenerations, offeredLines, offeredTargets } from '../../src/format/offered-targets.ts';
import { resolveBuild, resolveClient } from '../../src/model/intents/resolve-target.ts';
import type { Build } from '../../src/model/model.ts';
import type { Generation } from '../../src/model/nix-store/generations.ts';
import { buildOf, busy, firefox, fixtureCases, rebuild, remote } from '../support/model-fixture.ts';

const words = (...args: Parameters<typeof offeredTargets>) => offeredTargets(...args).map(({ word }) => word);
const seen = (...builds: readonly Build[]) => ({ builds, clients: [] });

describe('what may be named', () => {
  test('builds of this machine, the heaviest first, with what tells them apart', () => {
    const [first] = offeredTargets('builds', busy);
    expect(first).toEqual({ word: 'firefox-130.0', note: 'nixbld3, 11.2G, 47:02' });
    expect(words('builds', busy)).not.toContain(remote.name);
    expect(words('clients', busy)).toEqual(expect.arrayContaining([String(rebuild.pid), 'firefox-130.0']));
  });

  test('only what is paused is resumed, only what is not is paused', () => {
    const paused = buildOf({ pid: 7, name: 'gcc-14', paused: true });
    const lowered = buildOf({ pid: 8, name: 'llvm-18', lowered: true });
    const model = seen(firefox, paused, lowered);
    expect(words('paused-builds', model)).toEqual(['gcc-14']);
    expect(words('running-builds', model)).toEqual(['firefox-130.0', 'llvm-18']);
    expect(words('changed-builds', model)).toEqual(['llvm-18']);
  });

  test.each(fixtureCases)('$name: every word means one thing', ({ model }) => {
    for (const word of words('builds', model)) expect(resolveBuild(word, model).kind, word).toBe('one');
    for (const word of words('clients', model)) expect(resolveClient(word, model).kind, word).toBe('one');
  });

  test('two builds of one name are named by their users, without users by their pids', () => {
    const twins = [
      buildOf({ pid: 1, name: 'a-1', user: 'nixbld1' }),
      buildOf({ pid: 2, name: 'a-1', user: 'nixbld2' }),
      buildOf({ pid: 3, name: 'a-1', user: null }),
    ];
    expect(words('builds', seen(...twins))).toEqual(['nixbld1', 'nixbld2', '3']);
    for (const { note } of offeredTargets('builds', seen(...twins))) expect(note).toMatch(/^a-1, /);
  });
});

describe('what others chose', () => {
  test.each([
    'a;reboot',
    'a b',
    "a'b",
    'a$(reboot)',
    'a`reboot`',
    'a*',
    'a?b',
    '-rf',
    '--all',
    '~root',
    '=ls',
    'a\nb',
    'a\tb',
    'a\u001b[2J',
    'a\u202eb',
    'é',
    '../a',
    '',
    'a'.repeat(300),
  ])('a build that is called %j goes by its user', (name) => {
    expect(words('builds', seen(buildOf({ pid: 4711, name, user: 'nixbld9' })))).toEqual(['nixbld9']);
  });

  test('what Nix allows a name to be needs no quotes', () => {
    const name = 'webkitgtk-2.46.0+abi=4.1_x';
    expect(words('builds', seen(buildOf({ pid: 1, name })))).toEqual([name]);
  });

  test('a note is one line of plain text, and not long', () => {
    const client = { ...rebuild, command: `nix build\n\u001b]0;title\u0007 ${'ü\t'.repeat(100)}` };
    const lines = offeredLines(offeredTargets('clients', { builds: [], clients: [client] }));
    expect(lines).toMatch(/^\d+\t[\x20-\x7e]{1,60}\n$/);
  });
});

test('generations come as they are, the newest first', () => {
  const generation = (number: number): Generation => ({
    ...{ number, storePath: null, dateMs: null, version: '24.11.1', kernel: null },
    ...{ isDefault: number === 42, isRunning: number === 41, isBooted: false },
    soundness: number === 40 ? { state: 'unsound', flaws: ['gone'] } : { state: 'sound' },
  });
  expect(offeredLines(offeredGenerations([42, 41, 40].map(generation)))).toBe(
    '42\t24.11.1, default\n41\t24.11.1, runs now\n40\t24.11.1, damaged\n',
  );
});
