import { expect, test } from 'vitest';
import { figuresOf, spread } from './figures.ts';
import { report } from './report.ts';
import type { Round } from './round.ts';

test('p95 is a figure that was measured', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  expect(spread(hundred.toReversed())).toEqual({ p50: 50, p95: 95, max: 100 });
  expect(spread([3, 1, 2])).toEqual({ p50: 2, p95: 3, max: 3 });
  expect(spread([7])).toEqual({ p50: 7, p95: 7, max: 7 });
  expect(spread([])).toBeNull();
});

const round: Round = {
  freeze: 'memory',
  program: 'nixpulse hardened',
  kills: [{ echoMs: 5, struckMs: 3, deathMs: 40 }],
  frameGapsMs: [500, 1000, 3400],
  frozenMs: 5000,
  majorFaults: 50,
  residentBytes: 90 * 2 ** 20,
  swappedBytes: null,
  killed: false,
  oomKills: 1,
  pressure: { 'memory some': 40 },
  failure: null,
  waits: [],
  harnessLateMs: 1,
};
const failed: Round = { ...round, kills: [{ echoMs: null, struckMs: null, deathMs: null }], killed: true };

test('rounds of one program in one freeze come together; frames are late after a second', () => {
  const [memory, io, ...more] = figuresOf([round, { ...round, freeze: 'io' }, failed]);
  expect(more).toEqual([]);
  expect(io).toMatchObject({ freeze: 'io', kills: 1, failed: 0, killed: 0 });
  expect(memory).toMatchObject({
    kills: 2,
    failed: 1,
    killed: 1,
    deathMs: { p50: 40, max: 40 },
    lateMs: { p50: 0, max: 2400 },
    framesLost: 4,
    majorFaultsPerSec: 10,
    residentMB: 90,
    swappedMB: null,
    pressure: { 'memory some': 40 },
  });
});

test('the report says what failed and what was missed', () => {
  const freezes = [
    { name: 'memory', what: 'hogs', unsupported: null },
    { name: 'io', what: '', unsupported: 'it needs root' },
  ];
  const played = { rounds: [], freezes, harnessLateMs: 2, leftOut: 3 };
  const text = report(played, figuresOf([round, failed]), { machine: 'a machine', command: 'a command' });
  expect(text).toContain('| nixpulse hardened | 2, 1 failed | 5 / 5 / 5 | 3 / 3 / 3 | 40 / 40 / 40 |');
  expect(text).toContain('**io**: not measured: it needs root.');
  expect(text).toContain('3 turns did not fit');
  expect(text).toContain('- **missed**: memory: nixpulse hardened, no frame later than a second: 2,400 ms');
  expect(text).toContain('- **missed**: ended by the OOM killer');
});
