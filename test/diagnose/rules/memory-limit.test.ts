/** Limits of cgroups: what is killed at one, what is held up, and page cache that only fills it. */
import { describe, expect, test } from 'vitest';
import { memoryLimitRule } from '../../../src/diagnose/rules/memory-limit.ts';
import type { Finding } from '../../../src/model/diagnosis/finding.ts';
import type { Model } from '../../../src/model/model.ts';
import type { CgroupRaw } from '../../../src/model/sample.ts';
import { builder, client, daemon } from '../../support/forest-raw.ts';
import { evaluating } from '../../support/model-fixture.ts';
import { firstFound, foundIn, isAlarm, machineAt, textOf } from '../found.ts';
import { around, asleepIn, dayMs, type Scene, shell, tell } from '../story.ts';
import { look, modelAt } from './storage-models.ts';

const gb = 2 ** 30;
const unit = '/system.slice/nix-daemon.service';
const own = `${unit}/nix-build-uid-30001`;

function cgroupAt(second: number, more: Partial<CgroupRaw> = {}): CgroupRaw {
  return {
    path: unit,
    frozen: false,
    memoryAtMs: 1_000_000 + second * 1000,
    currentBytes: 4 * gb,
    limitBytes: 4 * gb,
    highBytes: null,
    throttled: 0,
    limitHits: 0,
    ooms: 0,
    oomKills: 0,
    ...more,
  };
}

const inUnit = (second: number, cgroup: Partial<CgroupRaw>, more: Scene = {}): Scene => ({
  processes: around([
    shell({
      userTicks: second * 90,
      residentBytes: 1e8 + second * 1e5,
      facts: { ...shell().facts, cgroup: own },
    }),
  ]),
  forest: { cgroups: [cgroupAt(second, cgroup)] },
  parts: machineAt(second, { memory: { totalBytes: 64 * gb, availableBytes: 50 * gb } }),
  ...more,
});

describe('killed by its own limit, while the machine has memory', () => {
  test('an evaluation with a budget, as the kernel says it; no word of a short machine', () => {
    const scene = (second: number, comm = 'nix-eval-jobs'): Scene => ({
      processes: [
        daemon(),
        client(150, {
          comm: 'nix-eval-jobs',
          userTicks: second * 90,
          residentBytes: 1e8 + (second % 60) * 3e7,
          facts: { argv: ['nix-eval-jobs', '--workers', '2', '--flake', '.'] },
        }),
      ],
      parts: {
        ...machineAt(second, { memory: { totalBytes: 64 * gb, availableBytes: 50 * gb } }),
        ...(second === 100 && {
          notices: {
            ok: true,
            atMs: 1_000_000 + second * 1000,
            value: [
              {
                kind: 'oom-kill' as const,
                limited: '/system.slice/evaluator.service',
                pid: 151,
                comm,
                uid: 1000,
                residentBytes: 2 * gb,
                cgroup: '/system.slice/evaluator.service',
                timeMs: dayMs + second * 1000,
                from: 'kernel' as const,
                text: 'Memory cgroup out of memory: Killed process 151 (nix-eval-jobs)',
              },
            ],
          },
        }),
      },
    });
    const told = tell(130, scene);
    expect(textOf(told, 'limit-kill')).toBe(
      'nix-eval-jobs was killed at the limit of evaluator.service; the machine has 50.0 GB free, 30 s',
    );
    expect(told.model.findings.filter(isAlarm)).toHaveLength(1);
    // Of one that runs by its path in the store the kernel keeps a piece of the hash.
    expect(
      textOf(
        tell(130, (second) => scene(second, 'd9c29p4njcn82v7')),
        'limit-kill',
      ),
    ).toMatch(/^a process .*was killed at the limit of /);
    // Told for ten minutes.
    expect(foundIn(tell(720, scene).model, 'limit-kill')).toBeUndefined();
  });

  test('the same as the counter of its cgroup says it, without a right to read what the kernel says', () => {
    const path = '/system.slice/evaluator.service';
    const scene = (second: number): Scene => ({
      processes: [
        daemon(),
        client(150, {
          comm: 'nix-eval-jobs',
          userTicks: second * 90,
          residentBytes: 1e8 + (second % 60) * 3e7,
          facts: { argv: ['nix-eval-jobs', '--workers', '2'], cgroup: path },
        }),
      ],
      forest: {
        privileged: false,
        cgroups: [
          cgroupAt(second, {
            path,
            currentBytes: 2_122_317_824,
            limitBytes: 2_122_317_824,
            limitHits: second,
            ooms: second >= 60 ? 3 : 0,
            oomKills: second >= 60 ? 3 : 0,
          }),
        ],
      },
      parts: machineAt(second, { memory: { totalBytes: 64 * gb, availableBytes: 50 * gb } }),
    });
    const told = tell(75, scene);
    expect(textOf(told, 'limit-kill')).toMatch(
      /^a process of nix-eval-jobs --workers 2 was killed at the limit of evaluator.service \(2.0 GB\); the machine has 50.0 GB free/,
    );
    expect(told.model.findings.filter(isAlarm)).toHaveLength(1);
    expect(told.model.shortages).toEqual([]);
  });

  test('a build at the limit of the daemon, as the counter says it, with its size', () => {
    const scene = (second: number): Scene => {
      const killed = second >= 60;
      const { processes = [], ...rest } = inUnit(second, {
        limitHits: Math.max(0, second - 50),
        ooms: killed ? 1 : 0,
        oomKills: killed ? 3 : 0,
      });
      return { ...rest, processes: killed ? around() : processes };
    };
    const told = tell(75, scene);
    expect(textOf(told, 'limit-kill')).toMatch(
      /^thing-1.0 was killed at the limit of nix-daemon.service \(4.0 GB\); the machine has 50.0 GB free/,
    );
    expect(foundIn(told.model, 'limit-kill')).toMatchObject({
      level: 'critical',
      state: 'confirmed',
      subject: { kind: 'cgroup', cgroup: unit },
    });
    // Its build has ended, nothing else is in it: told on, and no alarm that nobody can end.
    expect(foundIn(tell(95, scene).model, 'limit-kill')).toMatchObject({ level: 'warning' });
  });

  /** After a process of it was killed at 60 s the build goes on. */
  const survived =
    (bytesAt: (second: number) => number, more: (second: number) => Scene['parts'] = () => ({})) =>
    (second: number): Scene => {
      const killed = second >= 60 ? 1 : 0;
      const scene = inUnit(second, { limitHits: killed, ooms: killed, oomKills: killed });
      return {
        ...scene,
        processes: around([
          shell({
            userTicks: second * 90,
            residentBytes: bytesAt(second),
            facts: { ...shell().facts, cgroup: own },
          }),
        ]),
        parts: { ...scene.parts, ...more(second) },
      };
    };
  const levelAt = (second: number, scene: (second: number) => Scene) =>
    foundIn(tell(second, scene).model, 'limit-kill')?.level;

  test('critical while what is left of it grows towards the limit again', () => {
    // 20 MB a second, 3 GB below the limit: two minutes and a half.
    const grows = survived((second) => 1e8 + second * 2e7);
    expect(levelAt(70, grows)).toBe('critical');
    expect(levelAt(120, grows)).toBe('critical');
  });

  test('a warning once nothing grows any more, or so slowly that it would take an hour', () => {
    for (const scene of [
      survived(() => 3 * gb),
      survived((second) => 1e8 + second * 2e5),
      survived((second) => (second < 60 ? 3 * gb : 2 * gb - second * 1e5)),
    ]) {
      expect(levelAt(70, scene)).toBe('critical');
      expect(levelAt(120, scene)).toBe('warning');
    }
  });

  test('critical while the limit is met under pressure', () => {
    const path = (second: number): Scene => {
      const scene = survived(
        () => 3.9 * gb,
        (at) =>
          machineAt(at, {
            memory: { totalBytes: 64 * gb, availableBytes: 50 * gb },
            memoryPressure: [60, 50],
          }),
      )(second);
      return {
        ...scene,
        forest: {
          cgroups: [cgroupAt(second, { limitHits: second, ...(second >= 60 && { ooms: 1, oomKills: 1 }) })],
        },
      };
    };
    expect(levelAt(120, path)).toBe('critical');
  });
});

describe('a limit that is met', () => {
  test('by memory that cannot be given back: a warning, and the unit by name', () => {
    const scene = (second: number) => ({
      ...inUnit(second, { limitHits: second }),
      parts: machineAt(second, {
        memory: { totalBytes: 64 * gb, availableBytes: 50 * gb },
        memoryPressure: [50, 30],
      }),
    });
    const first = firstFound(60, scene, ({ found }) => found.kind === 'limit-met');
    expect(first?.second).toBeLessThanOrEqual(5);
    expect(first?.finding).toMatchObject({ level: 'warning', hypothesis: 'memory-limit' });
    expect(textOf(tell(60, scene), 'limit-met')).toBe(
      'nix-daemon.service, with 1 build in it, is at its limit of 4.0 GB; the machine has 50.0 GB free, 59 s',
    );
    // The machine's own pressure is that of the cgroup.
    expect(foundIn(tell(60, scene).model, 'memory-elsewhere')).toBeUndefined();
  });

  test('by page cache alone: worth a line after half a minute, and no alarm', () => {
    const scene = (second: number) => inUnit(second, { limitHits: second });
    expect(firstFound(600, scene, isAlarm)).toBeNull();
    expect(firstFound(600, scene, ({ found }) => found.kind === 'limit-met')?.second).toBe(31);
  });

  test('memory.high without end: who is held up says so, and after two minutes it is critical', () => {
    const scene = (second: number): Scene => ({
      ...inUnit(second, { limitBytes: null, highBytes: 4 * gb, throttled: second }),
      processes: around([
        shell({
          facts: { ...shell().facts, cgroup: own },
          ...asleepIn('mem_cgroup_handle_over_high', second),
        }),
      ]),
    });
    const told = tell(200, scene);
    expect(textOf(told, 'limit-met')).toMatch(
      /^nix-daemon.service, with 1 build in it, is slowed down at its memory.high of 4.0 GB/,
    );
    expect(foundIn(told.model, 'limit-met')?.level).toBe('critical');
    expect(foundIn(told.model, 'high-alone')).toMatchObject({ hypothesis: 'oom-killer', level: 'warning' });
  });
});

describe('the memory of the machine', () => {
  const builds =
    (each: number, count = 8) =>
    (second: number): Scene => ({
      processes: around(
        ...Array.from({ length: count }, (_, i) => [
          builder(300 + i, 200, `thing-${i}`, {
            uid: 30_001 + i,
            userTicks: second * 90,
            residentBytes: each + i * 1e6 + (second % 3) * 1e5,
          }),
        ]),
      ),
      forest: {
        buildUsers: Object.fromEntries(
          Array.from({ length: count }, (_, i) => [30_001 + i, `nixbld${i + 1}`]),
        ),
      },
      parts: machineAt(second, {
        memory: { totalBytes: 32 * gb, availableBytes: 1 * gb },
        memoryPressure: [70, 50],
      }),
    });

  test('many builds that together need more than there is: none is blamed, the heaviest is named', () => {
    const told = tell(30, builds(3.5 * gb));
    expect(textOf(told, 'machine-met')).toBe(
      "likely: memory is short: 8 builds together hold 28.0 GB of 32.0 GB; most is thing-7's, 3.5 GB, 30 s",
    );
    expect(told.model.findings.filter(isAlarm)).toHaveLength(1);
  });

  /** Without pressure: all of them grow by so much a second until `untilSec`. */
  const growing = (perSec: number, untilSec: number, first = 3 * gb, firstPerSec = perSec) => {
    const scene = builds(0);
    return (second: number): Scene => {
      const each = 3 * gb + Math.min(second, untilSec) * perSec;
      const large = first + Math.min(second, untilSec) * firstPerSec;
      const processes = around(
        ...Array.from({ length: 8 }, (_, i) => [
          builder(300 + i, 200, `thing-${i}`, {
            ...{ uid: 30_001 + i, userTicks: second * 90, residentBytes: i === 0 ? large : each },
          }),
        ]),
      );
      const availableBytes = Math.max(0.2 * gb, 31 * gb - 7 * each - large);
      const parts = machineAt(second, { memory: { totalBytes: 32 * gb, availableBytes } });
      return { ...scene(second), processes, parts };
    };
  };
  const isMet = ({ found }: Finding) => found.kind === 'machine-met';

  test('what is left is gone within a minute: within five seconds, before there is pressure', () => {
    // Less than a tenth is left from second 48 on.
    const first = firstFound(80, growing(0.01 * gb, 80), isMet);
    expect(first?.finding.level).toBe('critical');
    expect(first?.second).toBeGreaterThanOrEqual(45);
    expect(first?.second).toBeLessThanOrEqual(53);
  });

  test('one that holds a quarter and rests is not why; one that takes all alone is told of alone', () => {
    const rests = growing(0.01 * gb, 80, 9 * gb, 0);
    expect(firstFound(40, rests, isMet)?.finding.found).toMatchObject({ heaviest: 'thing-0' });
    const takes = growing(0, 80, 8.5 * gb, 0.1 * gb);
    expect(firstFound(40, takes, isMet)).toBeNull();
    expect(firstFound(40, takes, ({ hypothesis }) => hypothesis === 'build-leak')).not.toBeNull();
  });

  test('it stops growing, and nothing waits for memory: over within a minute', () => {
    expect(foundIn(tell(115, growing(0.01 * gb, 55)).model, 'machine-met')).toBeUndefined();
    // What would last for longer than a minute is none.
    expect(firstFound(300, growing(0.0005 * gb, 300), isMet)).toBeNull();
  });

  test('one that holds a quarter is told of alone, and builds that hold little are not why', () => {
    for (const scene of [builds(9 * gb, 3), builds(0.5 * gb)])
      expect(foundIn(tell(30, scene).model, 'machine-met')).toBeUndefined();
  });
});

describe('what is known where nothing was found', () => {
  const ground = (scene: (second: number) => Scene) =>
    tell(60, scene).model.hypotheses.find(({ id }) => id === 'memory-limit');

  test('no limit anywhere: refuted; one that is far: unlikely, with its size', () => {
    expect(ground((second) => inUnit(second, { limitBytes: null }))?.state).toBe('refuted');
    const far = ground((second) => inUnit(second, { currentBytes: 1 * gb }));
    expect(far).toMatchObject({ state: 'unlikely' });
    expect(far?.ground.evidence).toContainEqual(expect.objectContaining({ field: 'limit', value: 4 * gb }));
  });

  test('no cgroup that can be read: untested', () => {
    expect(ground(() => ({ processes: around([shell()]) }))).toMatchObject({
      state: 'untested',
      ground: { untested: { kind: 'unsupported' } },
    });
  });
});

describe('where no cgroup is seen', () => {
  const ground = (more: Partial<Model>) => look(memoryLimitRule, modelAt(0, more)).hypothesis.ground;

  test('and nothing runs there is no limit to be met', () => {
    expect(ground({})).toMatchObject({ state: 'refuted', evidence: [{ field: 'builds', value: 0 }] });
  });

  test('and an evaluation runs nobody knows what it may have', () => {
    expect(ground({ clients: [evaluating] })).toMatchObject({ state: 'untested' });
  });
});
