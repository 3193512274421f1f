/** Builds that somebody stopped. */
import { describe, expect, test } from 'vitest';
import { formatSnapshotJson } from '../../../src/format/json.ts';
import { remediesOf } from '../../../src/format/remedies.ts';
import type { ForestRaw } from '../../../src/model/sample.ts';
import { armedGuard } from '../../support/model-fixture.ts';
import { firstFound, foundIn, textOf } from '../found.ts';
import { around, dayMs, type Scene, shell, type Told, tell } from '../story.ts';

const cgroup = '/system.slice/nix-daemon.service/nix-build-uid-30001';

const cgroupOf = (second: number, frozen: boolean) => ({
  path: cgroup,
  frozen,
  memoryAtMs: second * 1000,
  currentBytes: 1e9,
  limitBytes: null,
  highBytes: null,
  throttled: 0,
  limitHits: 0,
  ooms: 0,
  oomKills: 0,
});

test('by a signal: at the first look that shows it', () => {
  const scene = (second: number): Scene => ({
    processes: around([shell({ state: second >= 30 ? 'T' : 'R', userTicks: Math.min(second, 30) * 100 })]),
  });
  expect(firstFound(60, scene, ({ found }) => found.kind === 'paused')?.second).toBe(30);
  expect(textOf(tell(330, scene), 'paused')).toBe('thing-1.0 is stopped by a signal, 5 min');
});

describe('from nixpulse, by the registry of what it paused', () => {
  const row = { pid: 300, startTime: 0, byPid: 77 };
  /** It stands still from the thirtieth second on, and is seen from the first. */
  const scene = (paused: ForestRaw['paused'], second: number): Scene => {
    const [root] = around([shell()]).filter(({ pid }) => pid === shell().pid);
    const rows = paused?.map((one) => ({ ...one, pid: root?.pid ?? 0, startTime: root?.startTime ?? 0 }));
    return {
      processes: around([shell({ state: second >= 30 ? 'T' : 'R', userTicks: Math.min(second, 30) * 100 })]),
      forest: { ...(rows && second >= 31 && { paused: rows }) },
    };
  };
  const told = (atSecond: number, ms: number) =>
    tell(atSecond, (second) => scene([{ ...row, atMs: dayMs + ms }], second));

  test('verdict, finding and the way out say so, from the moment of the pause on', () => {
    const { model, build, text } = told(330, 29_500);
    expect(build).toMatchObject({
      state: 'paused',
      atLeast: false,
      reason: { kind: 'stopped', frozen: false, fromNixpulse: true },
    });
    expect(text()).toBe('paused 5 min from nixpulse');
    expect(textOf({ model } as Told, 'paused')).toBe('thing-1.0 is paused from nixpulse, 5 min');
    const finding = foundIn(model, 'paused');
    expect(finding?.evidence).toContainEqual(expect.objectContaining({ field: 'pausedFrom.pid', value: 77 }));
    expect(finding && remediesOf(finding.found)).toMatchObject([
      { kind: 'key', command: 'pause' },
      { kind: 'command', command: 'nixpulse resume thing-1.0' },
    ]);
    const json = JSON.parse(formatSnapshotJson(model));
    const time = new Date(dayMs + 29_500).toISOString();
    expect(json.builds[0].pausedFrom).toEqual({ pid: 77, time, guard: false });
    expect(json.verdicts[0]).toMatchObject({ reason: 'stopped', detail: 'nixpulse' });
  });

  test('paused before it was first seen: since when is known all the same', () => {
    const stopped = (second: number) => ({ ...scene([{ ...row, atMs: dayMs - 600_000 }], 31 + second) });
    const { build, text } = tell(10, stopped);
    expect(build?.atLeast).toBe(false);
    expect(text()).toBe('paused 10 min from nixpulse');
  });

  test('by the freezer: no unit of systemd is to be thawed', () => {
    const frozen = (second: number): Scene => {
      const build = shell({ facts: { ...shell().facts, cgroup } });
      const rows = [{ ...row, pid: build.pid, startTime: build.startTime, atMs: dayMs - 5000 }];
      return {
        processes: around([build]),
        forest: { cgroups: [cgroupOf(second, true)], paused: rows },
      };
    };
    const { model, text } = tell(10, frozen);
    expect(text()).toBe('paused 15 s from nixpulse');
    const finding = foundIn(model, 'paused');
    expect(finding?.found).toMatchObject({ by: 'freezer', cgroup, fromNixpulse: true });
    expect(JSON.stringify(finding && remediesOf(finding.found))).not.toContain('thaw');
  });

  test('by a guard, which resumes it by itself', () => {
    const guard = { ...armedGuard, pid: 77, atMs: dayMs };
    const guarded = (second: number): Scene => ({
      ...scene([{ ...row, atMs: dayMs + 29_500 }], second),
      parts: { guards: { ok: true, atMs: 1_000_000, value: [guard] } },
    });
    const { model, build, text } = tell(330, guarded);
    expect(build.reason).toMatchObject({ fromNixpulse: true, guard: true });
    expect(text()).toBe('paused 5 min by the guard');
    expect(textOf({ model } as Told, 'paused')).toBe('thing-1.0 is paused by the guard, 5 min');
    const finding = foundIn(model, 'paused');
    expect(finding && remediesOf(finding.found)).toMatchObject([
      { kind: 'advice', title: 'The guard resumes it once it has been calm for a while' },
      { kind: 'key', command: 'pause' },
      { kind: 'key', command: 'hold-guard' },
      { kind: 'command', command: 'nixpulse resume thing-1.0' },
    ]);
    expect(JSON.parse(formatSnapshotJson(model)).builds[0].pausedFrom).toMatchObject({
      pid: 77,
      guard: true,
    });
  });

  test('a pause that somebody ended, and somebody else began anew, is no longer its', () => {
    // It was paused long before it was seen to use the CPU.
    const { text } = told(330, -600_000);
    expect(text()).toBe('paused 5 min: stopped by a signal');
  });

  test('a row of another process with its number is none', () => {
    const other = (second: number): Scene => {
      const one = scene([{ ...row, atMs: dayMs }], second);
      const paused = one.forest?.paused?.map((it) => ({ ...it, startTime: it.startTime + 1 }));
      return { ...one, forest: { ...(paused && { paused }) } };
    };
    expect(tell(330, other).text()).toBe('paused 5 min: stopped by a signal');
  });
});

test('by the freezer of its cgroup, which is named', () => {
  const frozen =
    (is: boolean) =>
    (second: number): Scene => ({
      processes: around([shell({ facts: { ...shell().facts, cgroup } })]),
      forest: {
        cgroups: [cgroupOf(second, is)],
      },
    });
  const told = tell(10, frozen(true));
  expect(textOf(told, 'paused')).toBe('thing-1.0 is frozen with its cgroup nix-build-uid-30001, 10 s');
  const finding = foundIn(told.model, 'paused');
  expect(finding && remediesOf(finding.found)).toContainEqual(
    expect.objectContaining({ command: 'systemctl thaw nix-daemon.service' }),
  );
  const { model } = tell(10, frozen(false));
  expect(model.hypotheses.find(({ id }) => id === 'paused')?.state).toBe('refuted');
});
