import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { columnAt, pressureColumns } from '../../components/timeline/pressure-columns.ts';
import type { Mode } from '../../src/model/ui/modes.ts';
import { expectGolden } from '../support/golden.ts';
import { busy, busyHistory, fixtureTimeMs, hostileName } from '../support/model-fixture.ts';
import { replayFromMs, replayOf, replaySummary } from '../support/replay-fixture.ts';
import { renderScreen, type ScreenOptions, visible } from './render-screen.tsx';

beforeAll(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const fixture = { model: busy, history: busyHistory };
const minute = 60_000;

function draw(options: ScreenOptions, over: Parameters<typeof replayOf>[0] = {}): string {
  return renderScreen(fixture, { ...options, slices: { replay: replayOf(over) } });
}

describe('golden frames', () => {
  const [, critical] = replayOf().marks;
  if (critical === undefined) throw new Error('no mark');
  const event = { kind: 'event', event: critical.event } as const;
  const note = {
    kind: 'note',
    text: "Memory is short: webkitgtk's linker holds half of it, and everything waits. See ΔRSS/min; K would kill it.",
  } as const;

  test.each([
    [120, 40],
    [80, 24],
    [60, 15],
    [60, 12],
    [40, 8],
  ])('paused in the middle, %ix%i', (columns, rows) => {
    expectGolden(`replay-${columns}x${rows}`, visible(draw({ columns, rows }, { caption: event })));
  });

  test('in colour', () => {
    const frame = draw({ columns: 120, rows: 40, color: true }, { caption: event, playing: true, speed: 4 });
    expectGolden('replay-120x40-color', visible(frame));
  });

  test('on a text console', () => {
    expectGolden(
      'replay-80x25-ascii',
      visible(draw({ columns: 80, rows: 25, unicode: false }, { caption: event })),
    );
  });

  test.each([
    ['live', { live: 'memory critical, verify runs', canReturn: true }],
    ['note', { caption: note, longestNote: note.text.length, playing: true, speed: 0.25 }],
    ['end', { ended: true, atMs: replayOf().toMs, caption: { kind: 'said', text: 'end of the recording' } }],
    ['damaged', { damaged: 3 }],
  ] as const)('%s, its last rows', (name, over) => {
    const frames = ([120, 80, 60] as const).map((columns) => draw({ columns, rows: 24 }, over));
    const feet = frames.map((frame) => visible(frame).split('\n').slice(-6).join('\n'));
    expectGolden(`replay-foot-${name}`, feet.join('\n\n'));
  });

  test('a time is typed', () => {
    const modes: readonly Mode[] = [{ kind: 'normal' }, { kind: 'jump', text: '03:2' }];
    const notice = { text: 'there is no such time', level: 'warning' } as const;
    const frame = draw({ columns: 60, rows: 15, ui: { modes, notice } });
    expectGolden('replay-jump-60x15', visible(frame));
  });
});

test('the screen never says a time of now, and always that it is a recording', () => {
  for (const [columns, rows] of [
    [120, 40],
    [60, 12],
    [60, 9],
    [40, 8],
    [200, 60],
  ] as const) {
    for (const view of ['overview', 'builds', 'disks', 'generations', 'journal'] as const) {
      expect(draw({ columns, rows, ui: { view } }), `${columns}x${rows} ${view}`).toContain('REPLAY');
    }
  }
});

test('whatever is said, nothing leaves its row, and no frame its terminal', () => {
  const summaries = [replaySummary, replaySummary.slice(0, 1), replaySummary.slice(0, 3), []];
  for (const columns of [40, 41, 59, 60, 79, 80, 120, 199]) {
    for (const rows of [8, 10, 12, 15, 20, 24, 40]) {
      for (const [index, summary] of summaries.entries()) {
        const text = index === 0 ? hostileName.repeat(30) : 'x'.repeat(400);
        const frame = draw(
          { columns, rows, color: true, unicode: index !== 1 },
          { summary, title: text, live: text, caption: { kind: 'note', text }, longestNote: 400 },
        );
        const lines = frame.split('\n');
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines)
          expect(stringWidth(line), `${columns}x${rows}: ${line}`).toBeLessThanOrEqual(columns);
        expect(visible(frame).replace(/␛\[[\d;]*m/g, '')).not.toMatch(/␛/);
      }
    }
  }
});

describe('the cursor and the marks', () => {
  const foot = (rows: number, over: Parameters<typeof replayOf>[0] = {}, unicode = true) =>
    draw({ columns: 60, rows, color: true, unicode }, over).split('\n');

  test('below the arrow a column keeps its own colour: inverse would look like another pressure', () => {
    const [marks = '', strip = ''] = foot(24).slice(-3);
    expect(marks).toContain('▼');
    expect(strip).toContain('▇');
    expect(strip).not.toContain('\u001b[7m');
  });

  test('where there is no row for an arrow the cursor is a line of its own, never a block', () => {
    for (const unicode of [true, false]) {
      const strip = foot(12, {}, unicode).at(-2) ?? '';
      expect(strip).toContain(unicode ? '│' : '|');
      expect(strip).not.toContain('\u001b[7m');
    }
  });

  test('nor for marks: what was critical, and stalls, are still there', () => {
    const strip = foot(12, { atMs: replayFromMs }).at(-2) ?? '';
    for (const letter of ['!', 'S', 'X', 'a']) expect(strip).toContain(letter);
  });

  test('at the end the speed is told that it will play at', () => {
    expect(foot(24, { ended: true, speed: 4 }).join('\n')).toContain('end 4x');
    expect(foot(24, { ended: true }).join('\n')).not.toContain('end 1x');
  });
});

test('of generations and the store a recording says that it has none', () => {
  const frame = draw({ columns: 80, rows: 24, ui: { view: 'generations' } });
  expect(frame).toContain('Generations and store are of the live machine; a recording has none.');
  expect(frame).not.toMatch(/GENERATIONS|GARBAGE|could not be read/);
});

describe('the pressure', () => {
  test.each([1, 2, 7, 26, 58, 98, 170])('fills %i columns exactly, in order of time', (width) => {
    const columns = pressureColumns(replaySummary, width);
    expect(columns).toHaveLength(width);
    for (const [index, { fromMs, toMs }] of columns.entries()) {
      expect(toMs).toBeGreaterThanOrEqual(fromMs);
      expect(fromMs).toBeGreaterThanOrEqual(columns[index - 1]?.fromMs ?? 0);
    }
  });

  test('the highest value of each column, at every width', () => {
    for (const width of [10, 26, 58, 98]) {
      const columns = pressureColumns(replaySummary, width);
      expect(Math.max(...columns.map(({ percent }) => percent ?? 0))).toBe(88);
      expect(columns.some(({ level }) => level === 'critical')).toBe(true);
    }
  });

  test('as many points as a file can claim', () => {
    const points = Array.from({ length: 300_000 }, (_, index) => {
      const atMs = replayFromMs + 1000 * index;
      return { fromMs: atMs, toMs: atMs, max: {}, builds: [] };
    });
    expect(pressureColumns(points, 50)).toHaveLength(50);
  });

  test('an hour without samples is one column, and a gap', () => {
    const columns = pressureColumns(replaySummary, 50);
    const gaps = columns.filter(({ gap }) => gap);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ fromMs: replayFromMs + 90 * minute - 500, percent: null });
  });

  test('hundreds of gaps leave room for what was recorded', () => {
    const strip = Array.from({ length: 400 }, (_, index) => ({
      fromMs: index * 10 * minute,
      toMs: index * 10 * minute + minute,
      max: { ioFullPercent: 50 },
      builds: [],
    }));
    for (const width of [10, 60, 120]) {
      const columns = pressureColumns(strip, width);
      expect(columns).toHaveLength(width);
      expect(columns.filter(({ gap }) => !gap).length).toBeGreaterThan(width / 2);
    }
  });

  test('the cursor stands in the column that has its time', () => {
    const columns = pressureColumns(replaySummary, 98);
    for (const { fromMs, toMs } of replaySummary) {
      for (const timeMs of [fromMs, (fromMs + toMs) / 2]) {
        const column = columns[columnAt(columns, timeMs)];
        expect(column?.fromMs).toBeLessThanOrEqual(timeMs);
        expect(column?.toMs).toBeGreaterThan(timeMs);
      }
    }
    expect(columnAt(columns, 0)).toBe(0);
    expect(columnAt(columns, fixtureTimeMs * 2)).toBe(97);
  });
});
