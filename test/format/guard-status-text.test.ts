import { expect, test } from 'vitest';
import { guardStatusText } from '../../src/format/guard-status-text.ts';
import { guardWord } from '../../src/format/guard-words.ts';
import { noPaint } from '../../src/format/paint.ts';
import type { GuardReading } from '../../src/model/guard/guard.ts';
import type { GuardSeen } from '../../src/model/guard/guard-seen.ts';

const atMs = new Date(2026, 10, 29, 13, 28, 1).getTime();
const reading: GuardReading = {
  ...{ rule: 'memory', state: 'calm', subject: { kind: 'machine' }, name: null, value: 3.2, limit: 20 },
  ...{ unit: 'percent', heldSec: 0, forSec: 5, worsening: false, agrees: null, taken: 0 },
};
const guard: GuardSeen = {
  ...{
    version: 1,
    pid: 4711,
    startTime: 1,
    atMs,
    sinceMs: atMs - 3_600_000,
    scope: 'machine',
    dryRun: false,
  },
  ...{ heldUntilMs: null, directory: '/run/nixpulse-guard', uid: 0, ended: false },
  readings: [
    reading,
    {
      ...reading,
      ...{
        rule: 'leak',
        state: 'over',
        name: 'fire\u001b[2Jfox-130.0',
        value: 31,
        limit: 25,
        heldSec: 4,
        forSec: 10,
      },
    },
    { ...reading, rule: 'unit', state: 'unknown', subject: null, value: null, limit: 0, unit: 'none' },
  ],
  acts: [
    {
      ...{
        atMs: atMs - 25 * 3_600_000,
        rule: 'memory',
        action: 'pause',
        names: ['a-1'],
        value: 40,
        limit: 20,
      },
      ...{ unit: 'percent', heldSec: 5, evidence: [], dryRun: false, status: 'done', summary: 'paused a-1' },
    },
  ],
};

test('armed: each rule with its value, its limit and for how long it has held; what was done lately', () => {
  const text = guardStatusText(guard, atMs + 1000, noPaint);
  expect(text).not.toContain('\u001b');
  expect(text.split('\n')).toEqual([
    'guard of this machine: armed  (process 4711, since 11-29 12:28:01)',
    '',
    expect.stringMatching(/^ {2}memory pressure {6}3% {3}limit 20% {2}0 of 5 s {3}calm {2}the machine$/),
    expect.stringMatching(
      /^ {2}memory of one build {2}31% {2}limit 25% {2}4 of 10 s {2}over.* {2}fire.*fox-130\.0$/,
    ),
    expect.stringMatching(/^ {2}down or silent|^ {2}unit down/),
    '',
    '11-28 12:28:01  paused a-1: memory pressure 40%, limit 20%, for 5 seconds',
  ]);
});

test.each([
  [{ dryRun: true }, 1000, 'dry run'],
  [{ heldUntilMs: atMs + 600_000 }, 0, 'held 10 min'],
  [{}, 40_000, 'silent 40 s'],
  [{ ended: true }, 40_000, 'ended'],
  [{ scope: 'command' as const, readings: [], acts: [] }, 0, 'armed'],
])('%j', (over, later, word) => {
  const [first = '', ...rest] = guardStatusText({ ...guard, ...over }, atMs + later, noPaint).split('\n');
  expect(first).toMatch(new RegExp(`^guard of (?:this machine|one command): ${word}  \\(`));
  if ('acts' in over) expect(rest).toEqual(['', 'nothing was done']);
});

test('no row is wider than the terminal: names are cut, and left out where nothing of them fits', () => {
  const wide = { ...guard, readings: [{ ...reading, name: 'nix-build --no-out-link '.repeat(20) }] };
  const rowAt = (columns: number) => guardStatusText(wide, atMs, noPaint, columns).split('\n')[2] ?? '';
  expect(rowAt(80)).toHaveLength(80);
  expect(rowAt(80)).toContain('calm  nix-build');
  expect(rowAt(52)).toMatch(/calm$/);
});

test('a command: what tells it from others comes first', () => {
  const command = 'nix-build --no-out-link /tmp/lab/leak.nix --argstr rate 40';
  const client = { kind: 'client', pid: 7, startTime: 7 } as const;
  const named = (subject: GuardReading['subject'], name: string) => {
    const readings = [{ ...reading, rule: 'rebuild-time', subject, name } as const];
    return guardStatusText({ ...guard, readings }, atMs, noPaint).split('\n')[2];
  };
  expect(named(client, command)).toMatch(/ {2}nix-build leak\.nix --argstr rate 40 --no-out-link$/);
  expect(named({ kind: 'filesystem', mountPoint: '/mnt/my -disk' }, '/mnt/my -disk')).toMatch(
    / {2}\/mnt\/my -disk$/,
  );
});

test('at the top of a screen a command has no options', () => {
  const names = ['nix-build --log-format internal-json -v --no-out-link /tmp/lab/leak.nix'];
  const acts = guard.acts.map((act) => ({ ...act, atMs, action: 'cancel', names }) as const);
  expect(guardWord({ ...guard, acts }, atMs).text).toBe('guard: cancelled nix-build leak.nix');
});
