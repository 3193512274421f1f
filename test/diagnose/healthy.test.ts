/** Healthy building for half a day: nothing is stuck; and what becomes stuck in the midst of it is found in time. */
import { describe, expect, it, test } from 'vitest';
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import { builder } from '../support/forest-raw.ts';
import { createSoakMachine } from '../support/soak-machine.ts';
import { building, tickSec } from './building.ts';

describe.each([
  ['as root', true, 1],
  ['as root, another day', true, 2],
])('half a day of eight builds at once, %s', (_, privileged, seed) => {
  it('has nothing stuck and no alarm', { timeout: 60_000 }, () => {
    const states: Record<string, number> = {};
    const stuck: string[] = [];
    const found: Record<string, number> = {};
    const alarms: string[] = [];
    for (const { second, model } of building(12, seed, privileged)) {
      for (const verdict of model.verdicts) {
        states[verdict.state] = (states[verdict.state] ?? 0) + 1;
        if (verdict.state === 'stuck') stuck.push(`${second}: ${JSON.stringify(verdict)}`);
      }
      for (const finding of model.findings) {
        found[finding.found.kind] = (found[finding.found.kind] ?? 0) + 1;
        if (finding.level !== 'ok') alarms.push(`${second}: ${JSON.stringify(finding)}`);
      }
    }
    expect(stuck.slice(0, 3)).toEqual([]);
    expect(alarms.slice(0, 3)).toEqual([]);
    // Rules have looked: what grows or computes for long is worth a line.
    expect(Object.keys(found)).toEqual(expect.arrayContaining(['build-stuck', 'build-leak']));
    expect(states.working).toBeGreaterThan(20_000);
    expect(states.waiting).toBeGreaterThan(1000);
    expect(states.slow).toBeGreaterThan(1000);
  });
});

/** A test that sleeps for 25 minutes looks like one that waits for itself, and mksquashfs like a loop. */
it('has next to nothing stuck where only processes are seen, and nothing for certain', {
  timeout: 60_000,
}, () => {
  let stuck = 0;
  let all = 0;
  let certain = 0;
  let alarms = 0;
  for (const { model } of building(12, 3, false)) {
    alarms += model.findings.filter(({ level }) => level !== 'ok').length;
    expect(model.findings.filter(({ level, state }) => level !== 'ok' && state === 'confirmed')).toEqual([]);
    for (const { state, subject, certainty } of model.verdicts) {
      if (subject.kind !== 'build') continue;
      all += 1;
      if (state !== 'stuck') continue;
      stuck += 1;
      if (certainty === 'certain') certain += 1;
    }
  }
  expect(certain).toBe(0);
  expect(stuck / all).toBeLessThan(0.01);
  // Of all hours of all builds.
  expect(alarms / all).toBeLessThan(0.01);
});

test('a build that stops in the midst of it is found within two minutes', () => {
  const stopsAt = 1800;
  const ninth = (second: number, atMs: number) => [
    builder(90_000, 200, 'ninth', {
      uid: 30_009,
      startTime: 1,
      userTicks: Math.min(second, stopsAt) * 50,
      residentBytes: 1e7 + Math.min(second, stopsAt) * 1000,
      ...(second >= stopsAt + 30 && {
        progress: {
          atMs,
          voluntarySwitches: 1,
          nonvoluntarySwitches: 1,
          wchan: 'anon_pipe_read',
          timed: null,
          callBytes: 0,
        },
      }),
    }),
  ];
  let foundAt: number | null = null;
  for (const { second, model } of building(0.6, 4, true, ninth)) {
    const verdict = model.verdicts.find(({ subject }) => 'pid' in subject && subject.pid === 90_000);
    if (verdict?.state === 'stuck') foundAt ??= second;
  }
  expect(foundAt).toBeGreaterThanOrEqual(stopsAt + 110);
  expect(foundAt).toBeLessThanOrEqual(stopsAt + 110 + tickSec);
});

test('twenty minutes of a machine that never rests', () => {
  const machine = createSoakMachine();
  let derived: DerivedSample | null = null;
  const states = new Set<string>();
  for (let second = 0; second < 1200; second += 1) {
    derived = deriveSample(machine.next(), derived);
    for (const { state } of derived.model.verdicts) states.add(state);
  }
  expect([...states].sort()).toEqual(['slow', 'working']);
});
