/** Evaluations that grow without end, go round in circles, or have said so; and those that only take long. */
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/model/diagnosis/finding.ts';
import type { ProbeResult } from '../../../src/model/diagnosis/probe.ts';
import type { ProcessRaw } from '../../../src/model/sample.ts';
import { evaluationRun } from '../../support/evaluation-run.ts';
import { client, daemon, process } from '../../support/forest-raw.ts';
import { firstFound, foundIn, isAlarm, machineAt, textOf } from '../found.ts';
import { dayMs, type Scene, tell } from '../story.ts';

const gb = 1e9;
const evaluating = (spec: Partial<ProcessRaw>): readonly ProcessRaw[] => [
  daemon(),
  client(150, {
    comm: 'nix',
    state: 'R',
    facts: { argv: ['nix', 'build', '.#box'] },
    ...spec,
  }),
];
const growing =
  (residentAt: (second: number) => number, totalBytes: number) =>
  (second: number): Scene => {
    const residentBytes = residentAt(second);
    const availableBytes = Math.max(0.2 * gb, totalBytes - 2 * gb - residentBytes);
    return {
      processes: evaluating({ userTicks: second * 100, residentBytes }),
      parts: machineAt(second, { memory: { totalBytes, availableBytes } }),
    };
  };

describe('one that grows', () => {
  const leak = growing((second) => second * 0.1 * gb, 16 * gb);

  test('is critical within five seconds of memory being short', () => {
    const shortAt = Math.ceil((0.9 * 16 - 2) / 0.1);
    const first = firstFound(
      140,
      leak,
      ({ level, found }) => found.kind === 'client-leak' && level === 'critical',
    );
    expect(first?.second).toBeGreaterThanOrEqual(shortAt);
    expect(first?.second).toBeLessThanOrEqual(shortAt + 5);
    expect(first?.finding).toMatchObject({ hypothesis: 'evaluation', probe: 'evaluation' });
    expect(textOf(tell(130, leak), 'client-leak')).toMatch(
      /^likely: the evaluation of nix build \.#box grows by 5\.6 GB a minute, holds 12\.1 GB \(81%\): memory is gone in \d+ s/,
    );
  });

  test('stays said when it hardly runs any more', () => {
    const frozen = (second: number): Scene => {
      const scene = leak(Math.min(second, 138));
      return {
        ...scene,
        parts: machineAt(second, {
          memory: { totalBytes: 16 * gb, availableBytes: 0.2 * gb },
          memoryPressure: [90, 85],
        }),
      };
    };
    expect(foundIn(tell(300, frozen).model, 'client-leak')?.level).toBe('critical');
  });

  test('of a whole system takes four gigabytes and rests there: no alarm', () => {
    const whole = growing((second) => (Math.min(4, second * 0.05) + (second % 60) * 0.0005) * gb, 16 * gb);
    expect(firstFound(900, whole, isAlarm)).toBeNull();
  });

  test('a worker that takes what a client sends is told as the daemon’s', () => {
    const scene = (second: number): Scene => ({
      processes: [
        ...evaluating({}),
        process({
          pid: 200,
          ppid: 100,
          comm: 'nix-daemon',
          residentBytes: second * 0.2 * gb,
          facts: { argv: ['nix-daemon', '150', '', ''] },
        }),
      ],
      parts: machineAt(second, {
        memory: { totalBytes: 16 * gb, availableBytes: Math.max(0.2, 14 - second * 0.2) * gb },
      }),
    });
    const told = tell(65, scene);
    expect(textOf(told, 'client-leak')).toMatch(/^likely: the daemon for nix build \.#box grows by/);
    expect(foundIn(told.model, 'client-leak')?.subject).toMatchObject({ kind: 'process', pid: 200 });
  });
});

describe('one that goes round', () => {
  const loop = (second: number): Scene => ({
    processes: evaluating({ userTicks: second * 100, residentBytes: 1 * gb }),
  });
  const isLoop = ({ found }: Finding) => found.kind === 'evaluation-loop';

  test('within two minutes of its start, though its heap grows for half a minute first', () => {
    const fills = (second: number): Scene => ({
      processes: evaluating({
        userTicks: second * 100,
        residentBytes: Math.round(Math.min(25, second) * 0.016 * gb),
      }),
    });
    expect(firstFound(300, fills, isLoop)?.second).toBeLessThanOrEqual(120);
  });

  test('not one that uses its heap again for a minute before it grows', () => {
    const saw = (second: number): Scene => ({
      processes: evaluating({
        userTicks: second * 100,
        residentBytes: Math.round((1 + Math.floor(second / 75) * 0.2) * gb),
      }),
    });
    expect(firstFound(600, saw, isLoop)).toBeNull();
  });

  test('full CPU and memory that stands still: possible within a minute and a half, then likely', () => {
    const first = firstFound(300, loop, ({ found }) => found.kind === 'evaluation-loop');
    expect(first?.second).toBeLessThanOrEqual(85);
    expect(first?.finding).toMatchObject({ level: 'warning', state: 'possible', probe: 'evaluation' });
    const told = tell(1200, loop, { everySec: 5 });
    expect(textOf(told, 'evaluation-loop')).toBe(
      'likely: the evaluation of nix build .#box computes, evaluates no file and does not grow, 20 min',
    );
    expect(told.model.hypotheses[0]).toMatchObject({ id: 'evaluation', state: 'likely' });
  });

  test('one whose memory moves is none', () => {
    const moves = growing((second) => (1 + (second % 90) * 0.002) * gb, 64 * gb);
    expect(firstFound(1800, moves, () => true)).toBeNull();
    const { model } = tell(130, moves);
    expect(model.hypotheses.find(({ id }) => id === 'evaluation')?.state).toBe('refuted');
  });
});

describe('what was said', () => {
  const recursion = [
    {
      action: 'msg',
      level: 0,
      msg: 'error: infinite recursion encountered',
      raw_msg: 'infinite recursion encountered',
      file: '/etc/nixos/configuration.nix',
      line: 12,
      column: 3,
    },
    { action: 'msg', level: 0, msg: 'error: stack overflow; max-call-depth exceeded' },
  ];

  test('infinite recursion is confirmed, with its place', () => {
    const scene = (second: number): Scene => ({
      processes: evaluating({ userTicks: Math.min(second, 10) * 100 }),
      says: second === 10 ? recursion.slice(0, 1) : [],
    });
    const told = tell(12, scene);
    expect(foundIn(told.model, 'evaluation-recursion')).toMatchObject({
      state: 'confirmed',
      level: 'critical',
      subject: { kind: 'rebuild' },
      probe: 'bisection',
    });
    expect(textOf(told, 'evaluation-recursion')).toContain(
      'recurs without end at /etc/nixos/configuration.nix:12',
    );
  });

  test('any other error of an evaluation is not this', () => {
    const scene = (second: number): Scene => ({
      processes: evaluating({ userTicks: Math.min(second, 10) * 100 }),
      says: second === 10 ? [{ action: 'msg', level: 0, msg: "error: undefined variable 'pkg'" }] : [],
    });
    expect(foundIn(tell(12, scene).model, 'evaluation-recursion')).toBeUndefined();
  });
});

describe('probes', () => {
  const ran =
    (value: Extract<ProbeResult, { id: 'evaluation'; ok: true }>['value'], modules: readonly string[] = []) =>
    (second: number): Scene => ({
      processes: evaluating({ userTicks: second * 10 }),
      parts: {
        ...(second === 5 && {
          probes: {
            ok: true,
            atMs: 1_005_000,
            value: {
              running: [],
              results: [
                {
                  id: 'evaluation',
                  subject: '.#box',
                  startedMs: dayMs,
                  endedMs: dayMs + 4000,
                  ok: true,
                  value,
                },
                ...(modules.length === 0
                  ? []
                  : [
                      {
                        id: 'bisection' as const,
                        subject: '.#box',
                        startedMs: dayMs,
                        endedMs: dayMs + 5000,
                        ok: true as const,
                        value: { run: value, steps: 4, of: 9, modules, failsBare: false, complete: true },
                      },
                    ]),
              ],
            },
          },
        }),
      },
    });
  const run = evaluationRun({ sec: 4 });

  test('an evaluation under limits that overflows its stack confirms it, and a bisection names the import', () => {
    const told = tell(
      10,
      ran({ ...run, end: 'stack', repeated: [{ place: '/etc/nixos/a.nix:3', times: 40 }] }, ['./b.nix']),
    );
    expect(foundIn(told.model, 'evaluation-recursion')).toMatchObject({ state: 'confirmed', probe: null });
    expect(textOf(told, 'evaluation-recursion')).toBe(
      'the evaluation recurs without end at /etc/nixos/a.nix:3; without ./b.nix it does not',
    );
  });

  test('one that ends well refutes it', () => {
    const { model } = tell(10, ran({ ...run, end: 'done' }));
    expect(model.findings).toEqual([]);
    expect(model.hypotheses.find(({ id }) => id === 'evaluation')?.state).toBe('refuted');
  });

  test('options that need each other are named, and the modules that define them', () => {
    const options = ['networking.hostName', 'networking.domain'];
    const told = tell(
      10,
      ran({ ...run, end: 'recursion', options }, ['/etc/nixos/a.nix', '/etc/nixos/b.nix']),
    );
    expect(foundIn(told.model, 'evaluation-recursion')).toMatchObject({ state: 'confirmed', probe: null });
    expect(textOf(told, 'evaluation-recursion')).toBe(
      'the evaluation recurs without end through networking.hostName and networking.domain; without one of /etc/nixos/a.nix and /etc/nixos/b.nix it does not',
    );
  });

  test('one that was out of time or memory is likely at fault, and the bisection comes next', () => {
    const time = tell(10, ran({ ...run, end: 'time', sec: 600 }));
    expect(foundIn(time.model, 'evaluation-limit')).toMatchObject({ state: 'likely', probe: 'bisection' });
    expect(textOf(time, 'evaluation-limit')).toBe(
      'likely: the evaluation of /etc/nixos#box, made anew under limits, has not ended after 10 min',
    );
    const memory = tell(10, ran({ ...run, end: 'memory', peakBytes: 4 * 2 ** 30 }, ['/etc/nixos/leak.nix']));
    expect(foundIn(memory.model, 'evaluation-limit')).toMatchObject({ state: 'confirmed', probe: null });
    expect(textOf(memory, 'evaluation-limit')).toBe(
      'the evaluation of /etc/nixos#box, made anew under limits, takes more than 4.0 GB; without /etc/nixos/leak.nix it does not',
    );
  });

  test('another error is no loop, whatever repeats in its trace', () => {
    const repeated = [{ place: '/nix/store/x-source/lib/modules.nix:1147', times: 9 }];
    const { model } = tell(10, ran({ ...run, end: 'failed', error: "undefined variable 'x'", repeated }));
    expect(model.findings).toEqual([]);
  });

  test('modules among which the search has ended early are not named', () => {
    const { model } = tell(10, (second) => {
      const scene = ran({ ...run, end: 'stack' }, ['/a.nix', '/b.nix'])(second);
      const { probes } = scene.parts ?? {};
      if (!probes?.ok) return scene;
      const results = probes.value.results.map((one) =>
        one.id === 'bisection' && one.ok ? { ...one, value: { ...one.value, complete: false } } : one,
      );
      return {
        ...scene,
        parts: { ...scene.parts, probes: { ...probes, value: { ...probes.value, results } } },
      };
    });
    expect(foundIn(model, 'evaluation-recursion')).toMatchObject({
      found: { modules: [] },
      probe: 'bisection',
    });
  });
});
