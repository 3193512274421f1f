import { describe, expect, test } from 'vitest';
import { textColumns } from '../../src/base/text.ts';
import { ansiPaint } from '../../src/format/paint.ts';
import { breakerText, ownActText, scoreLines, scoreText } from '../../src/format/score-card.ts';
import type { GuardAct } from '../../src/model/guard/guard.ts';
import type { ScoreCard, ScoreItem } from '../../src/model/rebuild/score-card.ts';
import { expectGolden } from '../support/golden.ts';

const GiB = 1024 ** 3;
const atMs = new Date(2026, 10, 20, 13, 28, 1).getTime();

const none = { value: null, limit: null, unit: 'none', atMs: null, note: null } as const;
const items: readonly ScoreItem[] = [
  { ...none, id: 'time', state: 'pass', value: 754, limit: 1300, unit: 's', note: { kind: 'usual-time' } },
  {
    ...{ ...none, id: 'memory', state: 'fail', value: 62.5, limit: 50, unit: 'percent', atMs },
    note: {
      ...{ kind: 'memory', usedBytes: 20 * GiB, totalBytes: 32 * GiB, ownBytes: 11.4 * GiB },
      build: 'firefox-unwrapped-130.0',
    },
  },
  {
    ...{ ...none, id: 'await', state: 'fail', value: 312.4, limit: 100, unit: 'ms', atMs },
    note: { kind: 'disk', device: 'nvme0n1', stalled: false },
  },
  {
    ...{ ...none, id: 'cpu', state: 'pass', value: 64.25, limit: 80, unit: 'percent' },
    note: { kind: 'mean', overSec: 754 },
  },
  { ...none, id: 'zombies', state: 'pass', value: 0, limit: 0 },
  {
    ...{ ...none, id: 'generation', state: 'pass', value: 43 },
    note: { kind: 'generation', made: true, flaws: [], why: null },
  },
  { ...none, id: 'store', state: 'unknown', note: { kind: 'verified', atMs: null, damaged: 0 } },
];

const act: GuardAct = {
  ...{ atMs, rule: 'memory-delta', action: 'tell', names: ['nix build'], value: 10.4 * GiB, limit: 10 * GiB },
  ...{ unit: 'bytes', heldSec: 10, evidence: [], dryRun: false, status: null, summary: null },
};
const card: ScoreCard = {
  ...{ version: 1, command: ['nixos-rebuild', 'switch'], startedAtMs: atMs - 754_000, endedAtMs: atMs },
  ...{ exitCode: 0, items, acts: [], breaker: null },
  baseline: {
    ...{ atMs: atMs - 754_000, totalBytes: 32 * GiB, availableBytes: 28.1 * GiB, memoryFullPercent: 0 },
    ...{ ioFullPercent: 1.2, awaitMs: 2.2, device: 'nvme0n1', load1: 3.14, cpus: 16 },
  },
};
const guarded: ScoreCard = {
  ...card,
  exitCode: 1,
  acts: [
    act,
    { ...act, action: 'pause', names: ['firefox-130.0'], status: 'done', atMs: atMs + 1000 },
    { ...act, action: 'cancel', names: ['nix build .#big'], status: 'done', atMs: atMs + 16_000 },
  ],
  breaker: { ...act, action: 'cancel', names: ['nix build .#big'], within: ['firefox-130.0', 'hello-2.12'] },
};

describe('the score card for people', () => {
  test.each([60, 80, 120])('at %d columns', (columns) => {
    const lines = scoreLines(guarded, { columns });
    for (const line of lines) expect(textColumns(line), line).toBeLessThanOrEqual(columns);
    expectGolden(`score-card-${columns}`, `${lines.join('\n')}\n`);
  });

  test('in ASCII, with colours by meaning and a word for each of them', () => {
    const plain = scoreLines(card, { columns: 80, unicode: false }).join('\n');
    expect(plain).toMatch(/^[\x20-\x7e\n]*$/);
    const painted = scoreLines(card, { columns: 80, paint: ansiPaint }).join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are what is looked for
    expect(painted.replaceAll(/\x1b\[[\d;]*m/g, '')).toBe(scoreLines(card, { columns: 80 }).join('\n'));
    expect(painted).toContain('\x1b[32mpass\x1b[0m');
    expect(painted).toContain('\x1b[1;31mFAIL\x1b[0m');
  });

  test('what does not apply is not there', () => {
    const lines = scoreLines(
      {
        ...card,
        baseline: null,
        items: items.map((one) => (one.id === 'generation' ? { ...one, state: 'left-out' } : one)),
      },
      { columns: 80 },
    );
    expect(lines.join('\n')).not.toContain('generation');
    expect(lines[0]).toBe(' score     3 passed, 2 failed, 1 unknown');
    expect(lines).toHaveLength(7);
  });

  test('just beyond a limit does not read as if it were there', () => {
    const [, memory] = items;
    if (memory === undefined) throw new Error('no item');
    const [, line = ''] = scoreLines({ ...card, items: [{ ...memory, value: 50.04 }] }, { columns: 80 });
    expect(line).toContain('50.0%');
  });

  test('a command is named without its options', () => {
    const names = ['nix-build --log-format internal-json -v --no-out-link /tmp/leak.nix --argstr rate 9'];
    expect(ownActText({ ...act, action: 'cancel', names, status: 'done' })).toMatch(
      /^cancelled nix-build leak\.nix: memory/,
    );
    expect(ownActText({ ...act, action: 'pause', names: ['build of nixbld1'], status: 'done' })).toMatch(
      /^paused build of nixbld1: /,
    );
  });

  test('its sum, and the breaker in one line', () => {
    expect(scoreText(card)).toBe('4 passed, 2 failed, 1 unknown');
    expect(breakerText(card)).toBeNull();
    expect(breakerText(guarded)).toBe(
      'limit reached at 13:28:01: cancelled nix build .#big: memory of a rebuild 10.4 GB, limit 10.0 GB, for 10 seconds, with firefox-130.0 and hello-2.12',
    );
    const within = Array.from({ length: 90 }, (_, i) => `build-${i}\n`);
    const { breaker } = guarded;
    const text = breakerText({ breaker: breaker && { ...breaker, within } }) ?? '';
    expect(text).not.toContain('\n');
    expect(text.length).toBeLessThanOrEqual(400);
  });
});
