import { describe, expect, test } from 'vitest';
import { controlledSettings, limitNames, limitTable, parseLimits } from '../../src/guard/limits.ts';
import { defaultGuardSettings, guardRuleTable } from '../../src/guard/settings.ts';

const limitsOf = (text: string) => {
  const parsed = parseLimits(text);
  return parsed.ok ? parsed.limits : parsed.cause;
};
const controlled = (text: string) => {
  const parsed = parseLimits(text);
  if (!parsed.ok) throw new Error(parsed.cause);
  return controlledSettings(defaultGuardSettings, parsed.limits);
};

describe('limits of a rebuild', () => {
  test('as people type them', () => {
    expect(limitsOf('memory-delta=10G,await=1000ms,time=30m')).toEqual({
      'memory-delta.limit': 10 * 1024 ** 3,
      'io.await': 1000,
      'rebuild-time.limit': 1800,
    });
    expect(limitsOf('memory=15%, leak.within=60s,io.for=1m,stuck=20m')).toEqual({
      'memory.full': 15,
      'leak.within': 60,
      'io.for': 60,
      'stuck.for': 1200,
    });
  });

  test.each([
    ['memory-detla=10G', "expected memory-delta, not 'memory-detla'"],
    ['', /^expected memory, leak, await, stuck, time, build-time, space, memory-delta, not ''$/],
    ['unit=3', /^expected memory, /],
    ['memory-delta', 'expected memory-delta=10G, or the like'],
    ['await=fast', 'expected await=1000ms, or the like'],
    ['time=10G', 'expected time=30m, or the like'],
    ['time=0', 'expected more than 0 of time'],
    ['leak=120%', 'expected at most 100% of leak'],
    ['time=30m,,', /not ''$/],
  ])('%j is none', (text, cause) => {
    if (typeof cause === 'string') expect(limitsOf(text)).toBe(cause);
    else expect(limitsOf(text)).toMatch(cause);
  });

  test('every number of every rule of a rebuild can be named', () => {
    const numbers = Object.entries(guardRuleTable)
      .filter(([rule]) => rule !== 'unit')
      .flatMap(([rule, { numbers }]) => Object.keys(numbers).map((number) => `${rule}.${number}`));
    expect([...limitTable.keys()]).toEqual(expect.arrayContaining(numbers));
    for (const name of limitNames) expect(limitTable.has(name)).toBe(true);
  });
});

describe('the settings of a controlled rebuild', () => {
  test('it acts, and its harshest step is to cancel', () => {
    const { dryRun, rules, units } = controlled('time=30m');
    expect(dryRun).toBe(false);
    expect(units).toEqual([]);
    expect(rules.unit.enabled).toBe(false);
    for (const { actions } of Object.values(rules).filter((one) => one !== rules.unit)) {
      expect(actions).not.toContain('kill');
      expect(actions).not.toContain('restart-daemon');
      expect(new Set(actions).size).toBe(actions.length);
    }
    expect(rules.memory.actions).toEqual(['lower', 'pause', 'cancel']);
  });

  test('a limit enables its rule, which tells first and cancels last; its other numbers stay', () => {
    const usual = defaultGuardSettings;
    const off = { ...usual, rules: { ...usual.rules, io: { ...usual.rules.io, enabled: false } } };
    const parsed = parseLimits('await=500ms');
    const { io } = controlledSettings(off, parsed.ok ? parsed.limits : {}).rules;
    expect(io).toEqual({
      enabled: true,
      forSec: usual.rules.io.forSec,
      actions: ['tell', 'lower', 'pause', 'cancel'],
      numbers: { ...usual.rules.io.numbers, await: 500 },
    });
    expect(controlledSettings(off, {}).rules.io.enabled).toBe(false);
  });

  test('who has no time left is not held up', () => {
    expect(controlled('time=30m').rules['rebuild-time'].actions).toEqual(['tell', 'cancel']);
    expect(controlled('build-time=3').rules['build-time'].actions).toEqual(['tell', 'lower', 'cancel']);
  });
});
