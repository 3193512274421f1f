/** Made machines on which acts take effect: the right action, in time, with the least work lost; and what others would do. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it, test } from 'vitest';
import { defaultGuardSettings } from '../../src/guard/settings.ts';
import { docsOfGuard, withBlock } from './docs.ts';
import { type Played, type Policy, play } from './world.ts';
import { type Made, worlds } from './worlds.ts';

const played = new Map<string, Played>();

function playOnce(name: keyof typeof worlds, policy: Policy): Played {
  const key = `${name} ${typeof policy === 'string' ? policy : 'guard'}`;
  const { world, seconds }: Made = worlds[name];
  const one = played.get(key) ?? play(world, seconds, policy);
  // Its Samples are large, and nobody wants them here.
  const kept = { ...one, samples: [] };
  played.set(key, kept);
  return kept;
}
const guard = (name: keyof typeof worlds) => playOnce(name, defaultGuardSettings);
const withoutTime = (acts: readonly string[]) => acts.map((act) => act.replace(/^\d+ /, ''));
const lostSec = ({ lost }: Played) => lost.reduce((sum, { workedSec }) => sum + workedSec, 0);

describe('healthy', () => {
  it.each(['compiling', 'link', 'large'] as const)('%s: nothing is done', (name) => {
    expect(guard(name)).toMatchObject({ acts: [], lost: [], frozenSec: 0 });
  });

  it('usb: lowered at most, and it comes to its end', () => {
    const { acts, lost, done } = guard('usb');
    expect(withoutTime(acts)).toEqual(['io lower texlive']);
    expect(lost).toEqual([]);
    expect(done.has('texlive')).toBe(true);
  });
});

describe('a leak', () => {
  it('of 500 MB/s is paused before the machine stands still, and nothing else is touched', () => {
    const { acts, lost } = guard('leak');
    expect(acts[0]).toMatch(/^\d+ leak pause leaky$/);
    expect(Number(acts[0]?.split(' ')[0])).toBeLessThan(
      Number(playOnce('leak', 'earlyoom').acts[0]?.split(' ')[0]),
    );
    expect(lost.map(({ name }) => name)).toEqual(['leaky']);
  });

  it('of 50 MB/s is told first, paused, tried again, and killed in the end', () => {
    const { acts, lost, frozenSec } = guard('slowLeak');
    expect(withoutTime(acts).slice(0, 3)).toEqual([
      'leak tell leaky',
      'leak pause leaky',
      'leak resume leaky',
    ]);
    expect(withoutTime(acts).at(-1)).toBe('leak kill leaky');
    expect(lost.map(({ name }) => name)).toEqual(['leaky']);
    expect(frozenSec).toBe(0);
  });

  it('of an evaluation is told, then cancelled', () => {
    const { acts, frozenSec } = guard('evaluation');
    expect(withoutTime(acts)).toEqual(['leak tell nix build .#all', 'leak cancel nix build .#all']);
    expect(frozenSec).toBe(0);
  });
});

describe('a leak beside honest builds on a small machine', () => {
  it.each([
    ['beside', ['honest']],
    ['youngLeak', ['one', 'two', 'three']],
    ['oldLeak', ['one', 'two', 'three']],
  ] as const)('%s: they are built, and it alone is lost', (name, honest) => {
    const { lost, done, acts } = guard(name);
    expect([...done.keys()].toSorted()).toEqual(honest.toSorted());
    expect(lost.map((one) => one.name)).toEqual(['leaky']);
    expect(withoutTime(acts)[0]).toMatch(/^(leak|memory) pause leaky$/);
  });

  it('is paused for as long as it harms nobody, and no build waits for it', () => {
    const alone = play(
      { ...worlds.beside.world, builds: worlds.beside.world.builds.slice(0, 1) },
      600,
      'nobody',
    );
    expect(guard('beside').done.get('honest')).toBe(alone.done.get('honest'));
  });
});

describe('too much together', () => {
  it('two honest links: one of them comes to its end, and the other has lost no more than with nobody', () => {
    const own = guard('links');
    expect(own.frozenSec).toBe(0);
    expect(own.done.size).toBe(1);
    for (const other of ['nobody', 'systemd-oomd'] as const)
      expect(lostSec(own)).toBeLessThanOrEqual(lostSec(playOnce('links', other)));
  });

  it('eight honest links: all but one come to their end, one after the other', () => {
    const own = guard('many');
    expect(own.frozenSec).toBe(0);
    expect(own.done.size).toBeGreaterThanOrEqual(7);
    for (const other of ['nobody', 'earlyoom', 'systemd-oomd'] as const)
      expect(own.lost.length).toBeLessThan(playOnce('many', other).lost.length);
  });
});

test('a disk that dies: lowered, then paused, and let go on', () => {
  const { acts, lost } = guard('disk');
  expect(withoutTime(acts).slice(0, 3)).toEqual([
    'io lower texlive',
    'io pause texlive',
    'io resume texlive',
  ]);
  expect(lost).toEqual([]);
});

test('a build directory in memory that fills: paused before it is full, and others with it live', () => {
  const { acts, lost, done, frozenSec } = guard('tmp');
  expect(withoutTime(acts)[0]).toBe('space pause cef');
  expect(lost.map(({ name }) => name)).toEqual(['cef']);
  expect([...done.keys()]).toEqual(['coreutils', 'gcc']);
  expect(frozenSec).toBe(0);
});

test('a build that waits for itself is told of, once', () => {
  const { acts } = guard('stuck');
  expect(acts).toHaveLength(1);
  expect(acts[0]).toMatch(/^\d+ stuck tell deadlock$/);
});

test('what is paused is never left so at the end', () => {
  for (const name of Object.keys(worlds) as (keyof typeof worlds)[]) {
    const standing = new Set<string>();
    const { acts, lost, done } = guard(name);
    for (const act of withoutTime(acts)) {
      const [, action = '', whom = ''] = /^\S+ (\S+) (.*)$/.exec(act) ?? [];
      const names = whom.split(', ');
      for (const one of names)
        action === 'pause' ? standing.add(one) : action === 'resume' && standing.delete(one);
    }
    for (const { name: one } of lost) standing.delete(one);
    for (const one of done.keys()) standing.delete(one);
    expect([...standing], name).toEqual([]);
  }
});

function cell({ acts, lost, frozenSec }: Played): string {
  const first = acts[0];
  if (first === undefined && frozenSec === 0) return 'nothing';
  const parts = [
    ...(lost.length === 0
      ? ['none lost']
      : [`${lost.length} lost (${lost.reduce((sum, { workedSec }) => sum + workedSec, 0)} s)`]),
    ...(frozenSec === 0 ? [] : [`frozen ${frozenSec} s`]),
  ];
  return parts.join(', ');
}

/** `at 81 s: pause leaky; then resume, kill`. */
function told(acts: readonly string[]): string {
  const each = acts.map((act) => /^(\d+) (\S+) (\S+) (.*)$/.exec(act)?.slice(1) ?? []);
  const [first] = each;
  if (first === undefined) return 'nothing';
  const [sec, , action, whom = ''] = first;
  const rest = [...new Set(each.slice(1).map(([, by, other]) => (by === 'full' ? 'it is full' : other)))];
  const names = whom.split(', ');
  const who = names.length > 2 ? `${names.length} builds` : whom;
  return `at ${sec} s ${action} ${who}${rest.length === 0 ? '' : `; then ${rest.join(', ')}`}`;
}

function table(): string {
  const rows = (Object.keys(worlds) as (keyof typeof worlds)[]).map((name) => {
    const others = (['nobody', 'earlyoom', 'systemd-oomd'] as const).map((policy) =>
      cell(playOnce(name, policy)),
    );
    const own = guard(name);
    return `| ${worlds[name].title} | ${others.join(' | ')} | ${cell(own)} | ${told(own.acts)} |`;
  });
  return [
    '| | nobody but the kernel | earlyoom | systemd-oomd | guard | what the guard does |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

it('docs/guard.md has the table of them (UPDATE_GOLDEN=1 writes it)', { timeout: 60_000 }, () => {
  const current = () => withBlock(readFileSync(docsOfGuard, 'utf8'), 'guard-worlds', table());
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(docsOfGuard, current());
  expect(readFileSync(docsOfGuard, 'utf8')).toBe(current());
});

afterAll(() => played.clear());
