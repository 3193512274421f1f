/** An OOM killer that is off, kept away, or has killed another than who took the memory. */
import { describe, expect, test } from 'vitest';
import type { HealthRaw } from '../../../src/model/diagnosis/health.ts';
import type { Notice } from '../../../src/model/diagnosis/notice.ts';
import { firstFound, foundIn, machineAt, textOf } from '../found.ts';
import { around, below, dayMs, type Scene, shell, tell } from '../story.ts';

const health = (kernel: Partial<HealthRaw['kernel']> = {}, oomScoreAdj: number | null = 0): HealthRaw => ({
  kernel: {
    panicOnOom: 0,
    overcommitMemory: 0,
    hungTasks: 0,
    pidMax: null,
    threadsMax: null,
    threads: null,
    filesOpen: null,
    filesMax: null,
    ...kernel,
  },
  devices: [],
  filesystems: [],
  memoryErrors: null,
  daemon: {
    pid: 100,
    oomScoreAdj,
    openFilesMax: null,
    openFiles: null,
    processesMax: null,
    tasksMax: null,
    tasks: null,
  },
});
const withHealth =
  (value: HealthRaw) =>
  (second: number): Scene => ({
    processes: around([shell({ userTicks: second * 50, residentBytes: 1e8 + second * 1e5 })]),
    parts: { ...machineAt(second), health: { ok: true, atMs: 1_000_000 + second * 1000, value } },
  });

describe('settings', () => {
  test.each([
    ['oom-panic', health({ panicOnOom: 2 }), /panics instead of killing .* even at the limit of a cgroup/],
    ['overcommit-never', health({ overcommitMemory: 2 }), /refused before it is short/],
    ['oom-immune', health({}, -1000), /spares the Nix daemon and its builds \(oom_score_adj -1000\)/],
  ] as const)('%s is confirmed at the first look', (kind, value, words) => {
    const told = tell(1, withHealth(value));
    expect(textOf(told, kind)).toMatch(words);
    expect(foundIn(told.model, kind)).toMatchObject({ level: 'warning', state: 'confirmed' });
  });

  test('as they are everywhere nothing is found, and the hypothesis is refuted', () => {
    const { model } = tell(10, withHealth(health({ overcommitMemory: 1 }, 250)));
    expect(model.findings).toEqual([]);
    const own = model.hypotheses.find(({ id }) => id === 'oom-killer');
    expect(own).toMatchObject({ state: 'refuted' });
    expect(own?.ground.evidence).toContainEqual(expect.objectContaining({ value: 250 }));
  });

  test('of a daemon whose score was not read it is not ruled out', () => {
    const { model } = tell(10, withHealth({ ...health(), daemon: null }));
    expect(model.daemon.pid).not.toBeNull();
    expect(model.hypotheses.find(({ id }) => id === 'oom-killer')?.state).toBe('unlikely');
  });

  test('not read: untested', () => {
    const { model } = tell(10, (second) => ({ processes: around(), parts: machineAt(second) }));
    expect(model.hypotheses.find(({ id }) => id === 'oom-killer')?.state).toBe('untested');
  });
});

describe('who was killed', () => {
  /** Five builds, one of which holds half of the machine. */
  const killed =
    (notice: Partial<Notice>) =>
    (second: number): Scene => ({
      processes: around([
        shell({ userTicks: second * 50 }),
        below('ld.lld', { residentBytes: 30e9 + second * 4e8 }),
      ]),
      parts: {
        ...machineAt(second, { memory: { availableBytes: Math.max(2e9, 20e9 - second * 4e8) } }),
        ...(second === 20 && {
          notices: {
            ok: true,
            atMs: 1_000_000 + second * 1000,
            value: [
              {
                kind: 'guard-kill',
                by: 'systemd-oomd',
                pid: null,
                comm: null,
                uid: null,
                residentBytes: null,
                cgroup: '/system.slice/systemd-resolved.service',
                timeMs: dayMs + second * 1000,
                from: 'journal',
                text: 'Killed /system.slice/systemd-resolved.service due to memory pressure',
                ...notice,
              } as Notice,
            ],
          },
        }),
      },
    });

  test('systemd-oomd kills the resolver, and a build took the memory: both are named', () => {
    const told = tell(25, killed({}));
    expect(textOf(told, 'oom-bystander')).toBe(
      'likely: systemd-oomd killed systemd-resolved.service, while thing-1.0 held 35.4 GB',
    );
    expect(foundIn(told.model, 'oom-bystander')).toMatchObject({
      level: 'critical',
      hypothesis: 'oom-killer',
    });
    // As it was then.
    expect(foundIn(tell(40, killed({})).model, 'oom-bystander')?.found).toMatchObject({
      residentBytes: 38e9 + 1e6,
    });
  });

  test('a minute later, and nothing is short: a warning', () => {
    const calm = (second: number) => ({
      ...killed({})(Math.min(second, 21)),
      parts: killed({})(second).parts ?? {},
    });
    expect(foundIn(tell(80, calm).model, 'oom-bystander')).toMatchObject({ level: 'warning' });
  });

  test('a process of a build, by its user or its pid, is no bystander', () => {
    for (const own of [
      { uid: 30001, comm: 'cc1plus' },
      { pid: 301, comm: 'ld.lld' },
    ])
      expect(
        firstFound(
          40,
          killed({ ...own, cgroup: null } as Partial<Notice>),
          ({ found }) => found.kind === 'oom-bystander',
        ),
      ).toBeNull();
  });
});
