import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseJumpTime, resolveJumpTime } from '../../../src/model/past/jump-time.ts';

beforeEach(() => {
  vi.stubEnv('TZ', 'Europe/Berlin');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Local time in Berlin, where it is winter. */
const local = (text: string) => Date.parse(`${text}+01:00`);
const span = { fromMs: local('2026-11-20T02:00:00'), toMs: local('2026-11-20T05:00:00') };

function jump(text: string, atMs = span.fromMs, over = span): number | string {
  const parsed = parseJumpTime(text);
  if (!parsed.ok) return parsed.problem.kind;
  const resolved = resolveJumpTime(parsed.value, atMs, over);
  return resolved.ok ? resolved.value : (resolved.problem.cause ?? resolved.problem.kind);
}

describe('offsets', () => {
  test.each([
    ['+10m', 600],
    ['10m', 600],
    ['90s', 90],
    ['90', 90],
    ['+1h30m', 5400],
    [' 1h 30m ', 5400],
    ['+ 5 s', 5],
    ['1H', 3600],
  ])('%j goes %i s on', (text, seconds) => {
    expect(jump(text, span.fromMs)).toBe(span.fromMs + seconds * 1000);
  });

  test.each([
    ['-90s', 90],
    ['-10m', 600],
    ['-1m30s', 90],
  ])('%j goes back', (text, seconds) => {
    const parsed = parseJumpTime(text);
    expect(parsed).toEqual({ ok: true, value: { kind: 'offset', ms: -seconds * 1000 } });
  });

  test('they stop at the ends', () => {
    expect(jump('-10m', span.fromMs + 1000)).toBe(span.fromMs);
    expect(jump('+9d', span.fromMs)).toBe(span.toMs);
  });
});

describe('times', () => {
  test.each([
    ['03:28', '2026-11-20T03:28:00'],
    ['3:28:15', '2026-11-20T03:28:15'],
    ['2026-11-20T03:28', '2026-11-20T03:28:00'],
    ['2026-11-20 03:28:15', '2026-11-20T03:28:15'],
    ['2026-11-20T02:28:15.250Z', '2026-11-20T03:28:15.250'],
    ['2026-11-20', '2026-11-20T02:00:00'],
    ['start', '2026-11-20T02:00:00'],
    ['END', '2026-11-20T05:00:00'],
  ])('%s', (text, expected) => {
    expect(jump(text)).toBe(local(expected));
  });

  test('of several days the nearest one to what is shown', () => {
    const days = { fromMs: local('2026-11-18T12:00:00'), toMs: local('2026-11-21T12:00:00') };
    expect(jump('03:28', local('2026-11-19T20:00:00'), days)).toBe(local('2026-11-20T03:28:00'));
    expect(jump('03:28', local('2026-11-19T08:00:00'), days)).toBe(local('2026-11-19T03:28:00'));
    expect(jump('13:00', local('2026-11-21T12:00:00'), days)).toBe(local('2026-11-20T13:00:00'));
  });

  test('the minute in which a recording begins is in it', () => {
    const late = { fromMs: local('2026-11-20T03:28:40'), toMs: local('2026-11-20T03:29:00') };
    expect(jump('03:28', late.toMs, late)).toBe(late.fromMs);
  });

  test('on the day on which the clocks change, by the calendar', () => {
    const days = { fromMs: Date.parse('2026-10-24T22:00:00Z'), toMs: Date.parse('2026-10-26T12:00:00Z') };
    expect(jump('20:00', days.toMs, days)).toBe(Date.parse('2026-10-25T19:00:00Z'));
  });

  test.each(['06:00', '2026-11-19T03:28', '2027-01-01'])(
    '%s is not in it, and it is said what is',
    (text) => {
      expect(jump(text)).toBe('not recorded, only 2026-11-20 02:00 to 05:00');
    },
  );
});

test.each([
  '',
  '-',
  'm',
  '+10x',
  '25:00',
  '3:61',
  '03:28:99',
  '2026-02-31',
  '2026-11-20T24:00',
  '20261120',
  '1e9',
  '+'.repeat(40),
  '0x10',
  '\u001b[2J',
  '9'.repeat(20),
  'NaN',
])('%j is no time', (text) => {
  const parsed = parseJumpTime(text);
  // Eight digits are seconds.
  if (text === '20261120') expect(parsed.ok).toBe(true);
  else expect(parsed).toMatchObject({ ok: false, problem: { kind: 'malformed' } });
});
