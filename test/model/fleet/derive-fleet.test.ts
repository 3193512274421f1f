import { describe, expect, test } from 'vitest';
import { deriveFleet } from '../../../src/model/fleet/derive-fleet.ts';
import type { FleetMachine } from '../../../src/model/fleet/machine.ts';
import { answersOf, evaluatedSec, everyState, now } from '../../support/fleet-answers.ts';

const statesOf = (machines: readonly FleetMachine[]) =>
  machines.map(({ name, state }) => `${name.replace('.example.org', '')} ${state}`);
const only = (rows: Parameters<typeof answersOf>[0], hasRules: boolean | null = true) => {
  const [machine] = deriveFleet(answersOf({ told: [now('a:1')], ...rows }, hasRules)).machines;
  if (machine === undefined) throw new Error('there is none');
  return machine;
};

test('who needs somebody comes first', () => {
  const { machines, timeMs } = deriveFleet(everyState);
  expect(statesOf(machines)).toEqual([
    'db-1 critical',
    'web-1 critical',
    'cache-1 warning',
    'web-2 warning',
    'away-1 gone',
    'lost-1 gone',
    'old-1 gone',
    'web-3 stuck',
    'build-2 slow',
    'build-1 ok',
    'calm-1 ok',
    'calm-2 ok',
  ]);
  expect(timeMs).toBe(evaluatedSec * 1000);
});

describe('one host', () => {
  test('is one row, whichever ports tell of it; what it says of itself is from where it was told last', () => {
    const [machine, ...others] = deriveFleet(
      answersOf({
        told: [now('a:9100', 30), now('a:19977', 1), now('a', 60)],
        rebuilds: [
          ['a:9100', { part: 'running' }, 9],
          ['a:19977', { part: 'running' }, 3],
        ],
        pressure: [
          ['a:9100', { part: 'all' }, 2],
          ['a:9100', { resource: 'memory' }, 2],
          ['a:19977', { part: 'all' }, 0],
        ],
      }),
    ).machines;
    expect(others).toEqual([]);
    expect(machine).toMatchObject({
      name: 'a',
      state: 'ok',
      ageSec: 1,
      pressure: [],
      rebuild: { running: 3 },
    });
  });

  test('is told by the port that still tells, whenever the other one stopped', () => {
    const [machine] = deriveFleet(
      answersOf({
        told: [
          ['a:19977', { part: 'before' }, evaluatedSec - 10],
          ['a:19977', { part: 'down' }, 0],
          now('a:9100', 20),
        ],
        rebuilds: [['a:9100', { part: 'running' }, 3]],
      }),
    ).machines;
    expect(machine).toMatchObject({ state: 'ok', rebuild: { running: 3 } });
  });

  test('has an alert once that two ports tell, and those of either', () => {
    const alert = (instance: string, name: string, severity: string, weight: number) =>
      [instance, { alertname: name, severity }, weight] as const;
    const { alerts } = only({
      alerts: [
        ['a:1', { part: 'all' }, 2],
        alert('a:1', 'A', 'warning', 2),
        alert('a:1', 'B', 'critical', 3),
        ['a:2', { part: 'all' }, 2],
        alert('a:2', 'A', 'warning', 2),
        alert('a:2', 'C', 'page', 1),
      ],
    });
    expect(alerts).toEqual({
      firing: 3,
      named: [
        { name: 'B', severity: 'critical' },
        { name: 'A', severity: 'warning' },
        { name: 'C', severity: 'page' },
      ],
    });
  });
});

describe('what nobody tells is unknown', () => {
  test('of a machine that tells nothing but the time', () => {
    expect(only({}, null)).toEqual({
      ...{ name: 'a', state: 'ok', ageSec: 2, rebuild: null, pressure: null, findings: [] },
      ...{ caches: null, alerts: null },
    });
  });

  test('of one whose figures are old: they say nothing of now', () => {
    const told = [now('a:1', 121)];
    const [machine] = deriveFleet(
      answersOf({ told, pressure: [['a:1', { resource: 'memory' }, 2]] }),
    ).machines;
    expect(machine).toMatchObject({
      state: 'gone',
      ageSec: 121,
      pressure: null,
      findings: null,
      rebuild: null,
    });
  });

  test('none fires: known only where there are rules', () => {
    expect(only({}, true).alerts).toEqual({ firing: 0, named: [] });
    expect(only({}, false).alerts).toBeNull();
    expect(only({ alerts: [['a:1', { part: 'all' }, 1]] }, false).alerts).toEqual({ firing: 1, named: [] });
  });

  test('a clock that is ahead makes no age less than nothing', () => {
    expect(deriveFleet(answersOf({ told: [now('a:1', -30)] })).machines[0]).toMatchObject({
      ageSec: 0,
      state: 'ok',
    });
  });

  test('which machine it is: counted', () => {
    const { machines, unnamed } = deriveFleet(answersOf({ told: [now(''), now('a:1')] }));
    expect([machines.length, unnamed]).toEqual([1, 1]);
  });

  test('nobody answers: no machines, and the time is ours', () => {
    expect(deriveFleet({ ...answersOf({}), askedMs: 5 })).toMatchObject({ machines: [], timeMs: 5 });
  });
});

describe('what makes a state', () => {
  const finding = (level: string, state: string) =>
    only({ findings: [['a:1', { hypothesis: 'h', kind: 'k', level, state }, 1]] }).state;
  const alert = (severity: string, alertname = 'A') =>
    only({ alerts: [['a:1', { alertname, severity }, 1]] }).state;
  const pressure = (resource: string, value: number) =>
    only({ pressure: [['a:1', { resource }, value]] }).state;
  const check = (name: string) => only({ caches: [['a:1', { __name__: name }, 0]] }).state;

  test.each([
    ['critical, confirmed', finding('critical', 'confirmed'), 'critical'],
    ['critical, likely', finding('critical', 'likely'), 'critical'],
    ['critical, possible', finding('critical', 'possible'), 'warning'],
    ['warning, likely', finding('warning', 'likely'), 'warning'],
    ['warning, possible', finding('warning', 'possible'), 'ok'],
    ['a word of another version', finding('dire', 'likely'), 'warning'],
  ])('a finding: %s', (_, state, expected) => expect(state).toBe(expected));

  test.each([
    ['critical', alert('critical'), 'critical'],
    ['warning', alert('warning'), 'warning'],
    ['of their own', alert('page'), 'warning'],
    ['info', alert('info'), 'ok'],
    ['none, as of a watchdog', alert('none'), 'ok'],
    ['that it is gone', alert('warning', 'NixpulseExportStale'), 'ok'],
  ])('an alert: %s', (_, state, expected) => expect(state).toBe(expected));

  test.each([
    ['memory', 2, 'critical'],
    ['io', 2, 'warning'],
    ['memory', 1, 'ok'],
    ['cpu', 2, 'ok'],
  ])('pressure: %s at %i', (resource, value, expected) => expect(pressure(resource, value)).toBe(expected));

  test.each([
    ['nix_cache_info_accessible', 'warning'],
    ['nix_distributed_build_success', 'warning'],
    ['nix_local_cache_hit', 'ok'],
    ['of_others', 'ok'],
  ])('a check: %s failed', (name, expected) => expect(check(name)).toBe(expected));
});

test('checks are taken from where they were tried last', () => {
  const { caches } = only({
    caches: [
      ['a:1', { part: 'tried' }, evaluatedSec - 9000],
      ['a:1', { __name__: 'nix_cache_info_accessible' }, 0],
      ['a:2', { part: 'tried' }, evaluatedSec - 60],
      ['a:2', { part: 'working' }, 3],
    ],
  });
  expect(caches).toEqual({ failed: [], working: 3, ageSec: 60 });
});

test('as many series of one machine as an answer may have are one machine', () => {
  const many = Array.from({ length: 500_000 }, () => now('a:1'));
  expect(deriveFleet(answersOf({ told: many })).machines.map(({ name }) => name)).toEqual(['a']);
});
