/** The charts' keys: the cursor, the range, which charts are on the screen, and the way to the replay. */
import { describe, expect, test } from 'vitest';
import { dispatch } from '../../src/commands/dispatch.ts';
import { ringPoints } from '../../src/model/past/track-rings.ts';
import { columnTimes } from '../../src/model/past/track-window.ts';
import { chartGrid } from '../../src/model/ui/chart-grid.ts';
import { applyModel } from '../../src/state/apply-model.ts';
import { situationOf } from '../../src/state/situation.ts';
import { cursorColumn, fillTrack, shownWindow, withCharts } from '../../src/state/track.ts';
import { busy } from '../support/model-fixture.ts';
import { pressed, stateOf } from './support.ts';

const state = pressed(stateOf(busy), '4');
const small = pressed(
  stateOf(busy, { terminal: { columns: 60, rows: 15, unicode: true, color: true } }),
  '4',
);
const columns = shownWindow(state).columns;

describe('the cursor', () => {
  test('left leaves the newest column, right at the end goes on with the time', () => {
    const back = pressed(state, 'left', 'left');
    expect(cursorColumn(back)).toBe(columns - 3);
    const { fromMs, toMs } = columnTimes(shownWindow(back), columns - 3);
    expect(back.ui.charts.cursorMs).toBe((fromMs + toMs) / 2);
    expect(pressed(back, 'right', 'right').ui.charts.cursorMs).toBeNull();
    expect(pressed(back, 'right', 'right', 'right').ui.notice?.text).toContain('this is the newest');
  });

  test('Home, End and Esc, PgUp and PgDn by a tenth', () => {
    expect(cursorColumn(pressed(state, 'home'))).toBe(0);
    expect(cursorColumn(pressed(state, 'home', 'left'))).toBe(0);
    expect(pressed(state, 'home', 'end').ui.charts.cursorMs).toBeNull();
    expect(pressed(state, 'home', 'escape').ui.charts.cursorMs).toBeNull();
    const tenth = Math.round(columns / 10);
    expect(cursorColumn(pressed(state, 'pageup'))).toBe(columns - 1 - tenth);
    expect(cursorColumn(pressed(state, 'home', 'pagedown', 'pagedown'))).toBe(2 * tenth);
  });

  test('stays at its time while time goes on', () => {
    const before = pressed(state, 'left', 'left');
    const after = applyModel(before, { ...busy, timeMs: busy.timeMs + 30_000 });
    expect(after.ui.charts.cursorMs).toBe(before.ui.charts.cursorMs);
    expect(cursorColumn(after)).toBe((cursorColumn(before) ?? 0) - 30_000 / shownWindow(state).columnMs);
  });

  test('is gone once its time has left the window, and Left begins at the newest again', () => {
    const before = pressed(state, 'left', 'left');
    const late = applyModel(before, { ...busy, timeMs: busy.timeMs + 9e6 });
    expect(cursorColumn(late)).toBeNull();
    expect(pressed(late, 'right').ui.notice?.text).toContain('this is the newest');
    expect(cursorColumn(pressed(late, 'left'))).toBe(columns - 2);
  });

  test('at a shorter range is not at another time: it is gone until the range has its time again', () => {
    const hour = pressed(state, '-', 'home');
    expect(cursorColumn(hour)).toBe(0);
    expect(cursorColumn(pressed(hour, '+'))).toBeNull();
    expect(cursorColumn(pressed(hour, '+', '-'))).toBe(0);
  });

  test('belongs to the view: elsewhere the same keys do what they did', () => {
    expect(pressed(state, '2', 'left', 'home').ui.charts).toEqual(state.ui.charts);
    expect(dispatch({ name: 'left' }, situationOf(pressed(state, '5')))).toMatchObject({ type: 'notify' });
  });
});

test('- and + turn the range, and say where it ends; the time under the cursor stays', () => {
  expect(pressed(state, '-').ui.charts.range).toBe('1h');
  expect(pressed(state, '-', '-').ui.charts.range).toBe('24h');
  expect(pressed(state, '-', '-', '-').ui.notice?.text).toContain('this is the longest');
  expect(pressed(state, '-', '-', '+', '+').ui.charts.range).toBe('5min');
  expect(pressed(state, '+').ui.notice?.text).toContain('this is the shortest');
  const at = pressed(state, 'left', 'left').ui.charts.cursorMs;
  expect(pressed(state, 'left', 'left', '-').ui.charts.cursorMs).toBe(at);
});

describe('which charts are on the screen', () => {
  test('at every size: at least one, no more rows than there are, each chart somewhere', () => {
    for (let rows = 1; rows <= 70; rows += 1) {
      for (const width of [40, 60, 80, 99, 100, 120, 179, 180, 200, 300]) {
        const layout = { columns: width, pageRows: rows };
        const { lastLine } = chartGrid(layout);
        const seen = new Set<string>();
        for (let line = 0; line <= lastLine; line += 1) {
          const grid = chartGrid(layout, line);
          const used = 1 + grid.axisRows + grid.heights.reduce((a, b) => a + b, 0);
          expect(used).toBeLessThanOrEqual(Math.max(1, rows));
          expect(
            grid.across * grid.chartColumns + (grid.across - 1) * grid.betweenColumns,
          ).toBeLessThanOrEqual(width);
          expect(grid.charts.length).toBeLessThanOrEqual(grid.heights.length * grid.across);
          for (const chart of grid.charts) seen.add(chart);
        }
        if (rows > 2) expect(seen.size).toBeGreaterThanOrEqual(8);
      }
    }
  });

  test('up and down where not all fit, and a word where they do', () => {
    const shown = (next: typeof small) => chartGrid(next.layout, next.ui.charts.line).charts;
    expect(shown(small)).toEqual(['memory-pressure', 'io-pressure']);
    expect(shown(pressed(small, 'down'))).toEqual(['io-pressure', 'builds']);
    expect(shown(pressed(small, 'up'))).toEqual(shown(small));
    expect(shown(pressed(small, ...Array<string>(20).fill('down')))).toContain('bars-and-rings');
    expect(pressed(state, 'down').ui.notice?.text).toContain('all charts are on the screen');
  });
});

describe('Enter', () => {
  test('without a recording says why not', () => {
    expect(pressed(state, 'left', 'enter').ui.notice?.text).toContain('nothing is recorded here');
  });

  const recorder = { ...state.health.recorder, state: 'recording' } as const;
  const recording = { ...state, health: { ...state.health, recorder } };
  const minuteAgo = busy.timeMs - 60_000;
  const known = fillTrack(recording, [
    { fromMs: minuteAgo, toMs: minuteAgo + 20_000, max: { ioFullPercent: 9 }, builds: [] },
  ]);
  const reads = (cursorMs: number | null) => withCharts(known, { cursorMs });

  test('live: back to what the column says; in a recording: there', () => {
    const live = reads(minuteAgo + 10_000);
    const at = columnTimes(shownWindow(live), cursorColumn(live) ?? 0);
    expect(dispatch({ name: 'enter' }, situationOf(live))).toEqual({ type: 'go-back', at });
    const replay = { canReturn: true, typed: null };
    expect(dispatch({ name: 'enter' }, { ...situationOf(live), replay })).toEqual({
      type: 'replay',
      order: { kind: 'time', at },
    });
    expect(pressed(live, 'enter').ui.charts.cursorMs).toBeNull();
  });

  test('without a cursor: what is shown', () => {
    expect(dispatch({ name: 'enter' }, situationOf(reads(null)))).toEqual({
      type: 'go-back',
      at: busy.timeMs,
    });
  });

  test('where there are no samples says so, and stays', () => {
    const nothing = reads(minuteAgo - 60_000);
    const replay = { canReturn: true, typed: null };
    for (const situation of [situationOf(nothing), { ...situationOf(nothing), replay }]) {
      expect(dispatch({ name: 'enter' }, situation)).toEqual({
        type: 'notify',
        text: 'Replay what was recorded at the cursor: nothing was recorded then',
      });
    }
  });
});

test('older points come before our own, and the rest of the state stays', () => {
  const atMs = busy.timeMs - 3_600_000;
  const filled = fillTrack(state, [
    { fromMs: atMs, toMs: atMs + 59_000, max: { ioFullPercent: 9 }, builds: [] },
  ]);
  expect(ringPoints(filled.track.rings[1] as never)).toHaveLength(2);
  expect(filled.model).toBe(state.model);
  expect(fillTrack(state, [])).toBe(state);
});

test('frozen, the charts stand still while the track goes on', () => {
  const frozen = pressed(state, 'z');
  const later = { ...busy, timeMs: busy.timeMs + 60_000, readAtMs: { ...busy.readAtMs, pressure: 1 } };
  const after = applyModel(frozen, later);
  expect(after.ui.frozen?.track).toBe(state.track);
  expect(after.track).not.toBe(state.track);
  expect(shownWindow(after)).toEqual(shownWindow(state));
});
