/** Zombies, builds without a client, clients left behind; and what only looks like them. */
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/model/diagnosis/finding.ts';
import { builder, child, client, daemon, process, worker } from '../../support/forest-raw.ts';
import { firstFound, foundIn, isAlarm, textOf } from '../found.ts';
import { around, asleepIn, below, type Scene, shell, tell } from '../story.ts';

const isOrphan = ({ found }: Finding) => found.kind === 'orphan-build';

describe('zombies', () => {
  /** Programs of another platform run through an emulator, which is argv[0]. */
  const rosetta = '/run/binfmt/rosetta';
  const unreaped = (second: number): Scene => ({
    processes: around([
      shell({
        comm: 'rosetta',
        ...asleepIn('do_wait', second),
        facts: {
          ...shell().facts,
          argv: [rosetta, '/nix/store/x-bash/bin/bash', '-e', '/nix/store/x-source-stdenv.sh'],
        },
      }),
      below('rosetta', {
        facts: { argv: [rosetta, '/nix/store/x-cmake/bin/cmake', '..', '-GNinja'] },
        ...asleepIn('do_epoll_wait', second),
      }),
      below('ninja', { pid: 302, ppid: 301, state: 'Z', residentBytes: 0, facts: {} }),
    ]),
  });

  test('cmake does not reap ninja: the program is named, not its emulator', () => {
    const told = tell(540, unreaped);
    expect(textOf(told, 'unreaped-child')).toBe(
      'thing-1.0 is stuck: cmake (301) does not reap its ended child ninja, 9 min',
    );
    expect(foundIn(told.model, 'unreaped-child')).toMatchObject({ level: 'critical', state: 'confirmed' });
    // One event, one finding.
    expect(told.model.findings).toHaveLength(1);
    expect(firstFound(300, unreaped, isAlarm)?.second).toBe(110);
  });

  test('a build of which nothing but zombies is left', () => {
    const scene = (second: number): Scene => ({
      processes: around([shell({ ...(second > 20 && { state: 'Z', residentBytes: 0 }) })]),
    });
    expect(textOf(tell(300, scene), 'zombie-build')).toMatch(
      /^all processes of thing-1.0 have ended, and nobody reaps them, \d/,
    );
  });

  test('one zombie of a build that gets on is nothing', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell({ userTicks: second * 20, residentBytes: 1e7 + second * 1e6 }),
        below('sh', { state: 'Z', residentBytes: 0 }),
      ]),
    });
    expect(firstFound(600, scene, () => true)).toBeNull();
    const { model } = tell(100, scene);
    expect(model.hypotheses.find(({ id }) => id === 'left-over')?.state).toBe('unlikely');
  });
});

describe('a build whose client is gone', () => {
  /** `while :; do :; done` of root's nix-build, which was killed with signal 9. */
  const orphaned = (second: number): Scene => {
    const gone = second >= 20;
    const root = builder(300, gone ? 1 : 150, 'loop-1.0', { userTicks: second * 100, state: 'R' });
    return { processes: gone ? [daemon(), root] : [daemon(), client(150, { uid: 0 }), root] };
  };
  const withVersion =
    (nixVersion: string) =>
    (second: number): Scene => ({
      ...orphaned(second),
      parts: {
        host: {
          ok: true,
          atMs: 1_000_000 + second * 1000,
          value: {
            name: 'box',
            kernel: null,
            system: null,
            cpuModel: null,
            cpus: 4,
            nixVersion,
            diskModels: {},
          },
        },
      },
    });

  test('is an orphan half a minute later, with its CPU', () => {
    expect(firstFound(100, orphaned, isOrphan)).toMatchObject({
      second: 50,
      finding: { level: 'warning', state: 'confirmed' },
    });
    expect(textOf(tell(320, orphaned), 'orphan-build')).toBe(
      'loop-1.0 is an orphan of nobody, CPU 100%, 5 min',
    );
  });

  test('from 2.34 on it should not be there', () => {
    expect(textOf(tell(60, withVersion('2.34.8')), 'orphan-build')).toContain(
      'this Nix should have ended it with its client',
    );
    expect(textOf(tell(60, withVersion('2.26.3')), 'orphan-build')).not.toContain('should');
    // Lix counts on from 2.90.
    expect(foundIn(tell(60, withVersion('2.94.0')).model, 'orphan-build')?.found).toMatchObject({
      shouldEnd: null,
    });
  });

  test('what escaped from a build that has ended is one as well', () => {
    const scene = (): Scene => ({
      processes: [daemon(), process({ pid: 400, ppid: 1, uid: 30001, comm: 'sleep' })],
    });
    expect(firstFound(100, scene, isOrphan)?.finding.found).toMatchObject({
      build: 'an unnamed build of nixbld1 (pid 400)',
    });
  });

  test('is none while a daemon, or a worker that outlived it, stands above it', () => {
    const scene = (second: number): Scene => ({
      processes: [
        worker(200, 150, 1),
        builder(300, 200, 'thing-1.0', { userTicks: second * 100, residentBytes: second * 1e6 }),
      ],
    });
    expect(firstFound(200, scene, () => true)).toBeNull();
    expect(
      firstFound(
        200,
        (second) => ({ processes: around([shell({ userTicks: second * 50, residentBytes: second * 1e6 })]) }),
        () => true,
      ),
    ).toBeNull();
  });
});

describe('a client that was left behind', () => {
  const copying =
    (ageSec: number, tty: number, ticks = 0) =>
    (second: number): Scene => ({
      processes: [
        daemon(),
        client(150, {
          comm: 'nix',
          tty,
          startTime: 0,
          userTicks: second * ticks,
          facts: {
            argv: ['nix', 'copy', '--to', 'ssh://box', '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-thing'],
          },
        }),
        child(151, process({ pid: 150 }), 'ssh', { uid: 1000 }),
      ],
      forest: { uptimeSec: ageSec + second },
    });

  test('a copy of six days of which nothing moves', () => {
    const scene = copying(6 * 86_400, 0);
    expect(textOf(tell(200, scene), 'stale-client')).toMatch(
      /^likely: nix copy .* is 6 d old and does nothing, without a terminal, 3 min$/,
    );
  });

  test('is none within a day, and none while it moves', () => {
    expect(firstFound(400, copying(3600, 0x8803), () => true)).toBeNull();
    expect(firstFound(400, copying(6 * 86_400, 0x8803, 20), () => true)).toBeNull();
  });
});

test('where /proc hides others nothing is refuted', () => {
  const { model } = tell(10, () => ({ processes: [], forest: { hidden: true } }));
  expect(model.hypotheses.find(({ id }) => id === 'left-over')).toMatchObject({
    state: 'untested',
    ground: { untested: { kind: 'privilege' } },
  });
});
