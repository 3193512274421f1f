/** Shares of the tick, and levels that rise at once and fall when it has been calm. */
import { describe, expect, test } from 'vitest';
import { fail } from '../../../src/base/problem.ts';
import { shortageTitle } from '../../../src/format/shortages.ts';
import type { Derived } from '../../../src/model/derive.ts';
import { derive } from '../../../src/model/derive.ts';
import type { Shortage } from '../../../src/model/model.ts';
import type { PressureResource } from '../../../src/model/sample.ts';
import { pressureRaw, psi, run, sampleAt } from './machine-samples.ts';

describe('share of the last tick', () => {
  const tick = (ms: number, from: number, to: number) =>
    run(
      sampleAt(1000, { pressure: pressureRaw({ io: psi(from) }) }),
      sampleAt(1000 + ms, { pressure: pressureRaw({ io: psi(to) }) }),
    ).model.pressure.io.some?.tickPercent;

  test.each([
    ['half of 500 ms', 500, 0, 250_000, 50],
    ['over elapsed time, not the nominal tick', 4000, 0, 2_000_000, 50],
    ['more than all is all', 500, 0, 600_000, 100],
    ['a counter that went backwards is unknown', 500, 900_000, 100, null],
    ['no time has passed', 0, 0, 100, null],
    ['time that went backwards', -500, 0, 100, null],
  ])('%s', (_, ms, from, to, percent) => {
    expect(tick(ms, from, to)).toBe(percent);
  });

  test('the first reading has none, a failed file neither', () => {
    const first = run(sampleAt(0, { pressure: pressureRaw() }));
    expect(first.model.pressure.cpu.some).toEqual({ avg10: 0, avg60: 0, avg300: 0, tickPercent: null });
    const off = fail('unsupported', '/proc/pressure/io', 'PSI off (boot with psi=1)');
    const { pressure, problems } = run(
      sampleAt(0, { pressure: pressureRaw({ io: off, memory: off, cpu: off }) }),
    ).model;
    expect(pressure.io).toMatchObject({
      some: null,
      full: null,
      level: 'ok',
      problem: off.ok ? null : off.problem,
    });
    expect(problems).toHaveLength(1);
  });
});

/** Half-second ticks with these shares of some and full, avg10 still at 0. */
function play(
  resource: PressureResource,
  shares: readonly (readonly [some: number, full: number])[],
): Derived {
  let { some, full, at } = { some: 0, full: 0, at: 0 };
  let derived = derive(sampleAt(at, { pressure: pressureRaw() }), null);
  for (const [s, f] of shares) {
    some += s * 5000;
    full += f * 5000;
    at += 500;
    derived = derive(sampleAt(at, { pressure: pressureRaw({ [resource]: psi(some, 0, full, 0) }) }), derived);
  }
  return derived;
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('level', () => {
  test.each([
    ['memory', 24, 0, 'ok'],
    ['memory', 25, 0, 'warning'],
    ['memory', 60, 0, 'critical'],
    ['memory', 9, 9, 'ok'],
    ['memory', 10, 10, 'warning'],
    ['memory', 40, 40, 'critical'],
    ['io', 39, 0, 'ok'],
    ['io', 40, 0, 'warning'],
    ['io', 100, 0, 'warning'],
    ['io', 20, 20, 'warning'],
    ['io', 60, 60, 'critical'],
    ['cpu', 74, 0, 'ok'],
    ['cpu', 75, 0, 'warning'],
    ['cpu', 100, 0, 'warning'],
    ['irq', 75, 75, 'warning'],
  ] as const)('%s some %d full %d is %s', (resource, some, full, level) => {
    const shares = times(6, [some, full] as const);
    expect(play(resource, shares).model.pressure[resource].level).toBe(level);
    const { model } = run(sampleAt(0, { pressure: pressureRaw({ [resource]: psi(0, some, 0, full) }) }));
    expect(model.pressure[resource].level).toBe(level);
  });

  test('a rise shows within two seconds, long before avg10 has it', () => {
    const calm = times(20, [0, 0] as const);
    const { model } = play('memory', [...calm, ...times(4, [90, 80] as const)]);
    expect(model.pressure.memory.level).toBe('critical');
  });

  test('one bad half second is no shortage, be it the first', () => {
    expect(play('memory', [[90, 80]]).model.pressure.memory.level).toBe('ok');
    expect(play('memory', times(2, [90, 80] as const)).model.pressure.memory.level).toBe('critical');
    const { model } = play('memory', [...times(10, [0, 0] as const), [40, 30]]);
    expect(model.pressure.memory.level).toBe('ok');
  });

  test('at the border it does not flicker, and the time it began stays', () => {
    const border = Array.from({ length: 60 }, (_, i): readonly [number, number] => [i % 8 < 4 ? 27 : 21, 0]);
    let derived = play('memory', border.slice(0, 8));
    const since = derived.model.pressure.memory.sinceMs;
    expect(since).not.toBeNull();
    const levels = new Set<string>();
    for (let i = 8; i < 60; i += 1) {
      derived = play('memory', border.slice(0, i));
      levels.add(derived.model.pressure.memory.level);
      expect(derived.model.pressure.memory.sinceMs).toBe(since);
    }
    expect([...levels]).toEqual(['warning']);
  });

  test('falls step by step once calm for three seconds, and forgets its beginning at ok', () => {
    const bad = times(8, [90, 80] as const);
    const critical = play('memory', bad);
    expect(critical.model.pressure.memory).toMatchObject({ level: 'critical' });
    expect(play('memory', [...bad, ...times(6, [0, 0] as const)]).model.pressure.memory.level).toBe(
      'critical',
    );
    const after = play('memory', [...bad, ...times(12, [0, 0] as const)]);
    expect(after.model.pressure.memory).toMatchObject({ level: 'ok', sinceMs: null });
    const milder = play('memory', [...bad, ...times(14, [35, 12] as const)]);
    expect(milder.model.pressure.memory).toMatchObject({
      level: 'warning',
      sinceMs: critical.model.pressure.memory.sinceMs,
    });
  });

  test('of each level it is known since when, whatever came before', () => {
    const warned = play('memory', times(8, [35, 0] as const)).model.pressure.memory;
    expect(warned).toMatchObject({ level: 'warning', levelSinceMs: warned.sinceMs });
    const both = [...times(8, [35, 0] as const), ...times(20, [90, 80] as const)];
    const { model } = play('memory', both);
    const { sinceMs, levelSinceMs } = model.pressure.memory;
    expect(sinceMs).toBe(warned.sinceMs);
    expect(levelSinceMs).toBeGreaterThan((sinceMs ?? 0) + 1000);
    const [shortage] = model.shortages;
    expect(shortage).toMatchObject({ sinceMs, levelSinceMs });
    const seconds = Math.floor((model.monotonicMs - (levelSinceMs ?? 0)) / 1000);
    expect(shortageTitle(shortage as Shortage, model.monotonicMs)).toBe(`memory critical 0:0${seconds}`);
  });

  test('what was before a suspend does not count', () => {
    const before = play('memory', times(4, [0, 0] as const));
    const at = before.model.monotonicMs + 40_000;
    const woken = derive(
      sampleAt(at, { pressure: pressureRaw({ memory: psi(39_000_000, 0, 39_000_000, 0) }) }),
      before,
    );
    expect(woken.model.pressure.memory).toMatchObject({ level: 'ok', some: { tickPercent: null } });
  });
});
