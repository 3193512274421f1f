/** What the charts are drawn from, and where one looks in them: older points, range, cursor. */

import type { TrackPoint } from '../model/track.ts';
import { addOlder } from '../model/track-rings.ts';
import { columnAt, columnTimes, type TrackWindow, trackRanges, trackWindow } from '../model/track-window.ts';
import { chartGrid } from './chart-grid.ts';
import { shownModel } from './selectors.ts';
import type { ChartsUi, State } from './state.ts';
import { withUi } from './ui.ts';

/**
 * What was before the first sample of our own, from recordings: summaries of chunks, or finer. Each time is
 * to be told by one point.
 */
export function fillTrack(state: State, points: readonly TrackPoint[]): State {
  return points.length === 0 ? state : { ...state, track: addOlder(state.track, points) };
}

/** The columns on the screen: what the cursor moves through. */
export function shownWindow(state: State): TrackWindow {
  const { range, line } = state.ui.charts;
  return trackWindow(range, shownModel(state).timeMs, chartGrid(state.layout, line).plotColumns);
}

/** The newest column while there is no cursor. */
export function cursorColumn(state: State, window: TrackWindow = shownWindow(state)): number {
  const { cursorMs } = state.ui.charts;
  return cursorMs === null ? window.columns - 1 : columnAt(window, cursorMs);
}

/** At the newest column the cursor is gone: the charts go on. */
export function moveCursor(state: State, by: number): State {
  const window = shownWindow(state);
  const column = Math.max(0, cursorColumn(state, window) + by);
  if (column >= window.columns - 1) return withCharts(state, { cursorMs: null });
  const { fromMs, toMs } = columnTimes(window, column);
  return withCharts(state, { cursorMs: (fromMs + toMs) / 2 });
}

/** PgUp and PgDn. */
export function pageCursor(state: State, by: 1 | -1): State {
  return moveCursor(state, by * Math.max(1, Math.round(shownWindow(state).columns / 10)));
}

export function moveChartLine(state: State, by: number): State {
  const { lastLine } = chartGrid(state.layout);
  const line = Math.min(Math.max(Math.min(state.ui.charts.line, lastLine) + by, 0), lastLine);
  return withCharts(state, { line });
}

export function turnRange(state: State, by: 1 | -1): State {
  const index = trackRanges.findIndex(({ id }) => id === state.ui.charts.range) + by;
  const range = trackRanges[index];
  return range === undefined ? state : withCharts(state, { range: range.id });
}

/** Unix ms at which a replay of what the cursor stands on begins. */
export function cursorTime(state: State): number {
  const window = shownWindow(state);
  return columnTimes(window, cursorColumn(state, window)).fromMs;
}

export function withCharts(state: State, change: Partial<ChartsUi>): State {
  const { charts } = state.ui;
  const keys = Object.keys(change) as (keyof ChartsUi)[];
  if (keys.every((key) => charts[key] === change[key])) return state;
  return withUi(state, { charts: { ...charts, ...change } });
}
