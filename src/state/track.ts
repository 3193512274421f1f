/** What the charts are drawn from, and where one looks in them: older points, range, cursor. */
import type { ReplayTime } from '../model/past/replay.ts';
import type { TrackPoint } from '../model/past/track.ts';
import { addOlder } from '../model/past/track-rings.ts';
import {
  columnTimes,
  columnWithin,
  isSeen,
  seenIn,
  type TrackWindow,
  trackRanges,
  trackWindow,
} from '../model/past/track-window.ts';
import { chartGrid } from '../model/ui/chart-grid.ts';
import { shownModel, shownTrack } from './selectors.ts';
import type { ChartsUi, State } from './state.ts';
import { withUi } from './ui.ts';

/**
 * What was before the first sample of our own, from recordings: summaries of chunks, or finer; no two points
 * of one time.
 */
export function fillTrack(state: State, points: readonly TrackPoint[]): State {
  return points.length === 0 ? state : { ...state, track: addOlder(state.track, points) };
}

/** The columns on the screen: what the cursor moves through. */
export function shownWindow(state: State): TrackWindow {
  const { range, line } = state.ui.charts;
  return trackWindow(range, shownModel(state).timeMs, chartGrid(state.layout, line).plotColumns);
}

/** Null while there is no cursor, and where it is not in the time that is shown. */
export function cursorColumn(state: State, window: TrackWindow = shownWindow(state)): number | null {
  return columnWithin(window, state.ui.charts.cursorMs);
}

/** At the newest column the cursor is gone: the charts go on. */
export function moveCursor(state: State, by: number): State {
  const window = shownWindow(state);
  const column = Math.max(0, (cursorColumn(state, window) ?? window.columns - 1) + by);
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

/** What a replay of what the cursor reads shows: the newest, or the worst of the column; null: no samples then. */
export function cursorTime(state: State): ReplayTime | null {
  const window = shownWindow(state);
  const column = cursorColumn(state, window);
  if (column === null) return shownModel(state).timeMs;
  const seen = seenIn(shownTrack(state), state.ui.charts.range, window);
  return isSeen(seen, window, column) ? columnTimes(window, column) : null;
}

export function withCharts(state: State, change: Partial<ChartsUi>): State {
  const { charts } = state.ui;
  const keys = Object.keys(change) as (keyof ChartsUi)[];
  if (keys.every((key) => charts[key] === change[key])) return state;
  return withUi(state, { charts: { ...charts, ...change } });
}
