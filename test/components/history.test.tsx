/** View 4 as it stands on the screen: golden frames, and what its charts say cell by cell. */
import { cleanup, render } from 'ink-testing-library';
import stringWidth from 'string-width';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Screen } from '../../components/app/app.tsx';
import { AppContextProvider } from '../../hooks/app-context.ts';
import type { ChartLoader } from '../../src/model/past/chart-widgets.ts';
import type { TrackPoint } from '../../src/model/past/track.ts';
import { trackOf } from '../../src/model/past/track-rings.ts';
import { createChartLoader } from '../../src/platform/charts/loader.ts';
import type { ChartsUi } from '../../src/state/state.ts';
import { expectGolden } from '../support/golden.ts';
import { busy, busyHistory, fixtureTimeMs } from '../support/model-fixture.ts';
import { dayTrack, trackPoints } from '../support/track-fixture.ts';
import { contextOf, renderScreen, type ScreenOptions, stateOf, visible } from './render-screen.tsx';

vi.stubEnv('TZ', 'UTC');

const machine = { model: busy, history: busyHistory };
const live: ChartsUi = { range: '5min', cursorMs: null, line: 0 };
const loader = createChartLoader();
beforeAll(() => loader.load());

function draw(size: string, charts: Partial<ChartsUi> = {}, over: Partial<ScreenOptions> = {}): string {
  const [columns = 0, rows = 0] = size.split('x').map(Number);
  return renderScreen(machine, {
    columns,
    rows,
    ui: { view: 'history', charts: { ...live, ...charts } },
    slices: { track: dayTrack },
    charts: loader,
    ...over,
  });
}

const sizes = ['200x60', '120x40', '80x24', '60x15', '40x8'] as const;

describe('golden', () => {
  test.each(sizes)('%s', (size) => {
    const frame = draw(size);
    const [columns = 0, rows = 0] = size.split('x').map(Number);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no column.
    const lines = frame.replace(/\u001b\[[\d;]*m/g, '').split('\n');
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expectGolden(`history-${size}`, frame);
  });

  test.each(['1h', '24h'] as const)('over %s', (range) => {
    expectGolden(`history-${range}-120x40`, draw('120x40', { range }));
  });

  test('with a cursor', () => {
    expectGolden('history-cursor-120x40', draw('120x40', { cursorMs: fixtureTimeMs - 60_000 }));
    expectGolden(
      'history-cursor-80x24',
      draw('80x24', { range: '1h', cursorMs: fixtureTimeMs - 900_000, line: 2 }),
    );
  });

  test('a cursor before midnight has its time at every size', () => {
    for (const size of sizes) {
      const frame = visible(draw(size, { range: '24h', cursorMs: fixtureTimeMs - 20 * 3_600_000 }));
      expect(frame.split('\n').find((line) => line.includes('HISTORY'))).toMatch(/ 17:[0-5]\d/);
    }
  });

  test('on a text console', () => {
    for (const size of ['120x40', '80x25']) {
      const frame = draw(size, { cursorMs: fixtureTimeMs - 60_000 }, { unicode: false });
      expect(visible(frame)).toMatch(/^[\x20-\x7e\n␛]+$/);
      expectGolden(`history-${size}-ascii`, frame);
    }
  });

  test('in colour', () => {
    expectGolden('history-120x40-color', visible(draw('120x40', {}, { color: true })));
  });

  test('while the charts are loaded, and where they cannot be: the same series, plainly', () => {
    const loading: ChartLoader = { loaded: null, load: () => new Promise(() => {}) };
    for (const size of sizes) {
      const frame = draw(size, { cursorMs: fixtureTimeMs - 60_000 }, { charts: loading });
      expectGolden(`history-plain-${size}`, frame);
    }
    const ascii = draw('80x25', {}, { charts: loading, unicode: false });
    expect(visible(ascii)).toMatch(/^[\x20-\x7e\n␛]+$/);
  });
});

/** Rows of a frame below the title of a chart, its scale and what stands to the right of it cut off. */
function plotOf(frame: string, title: string, plotColumns: number, rows: number): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no column.
  const lines = frame.replace(/\u001b\[[\d;]*m/g, '').split('\n');
  const top = lines.findIndex((line) => line.includes(title));
  const from = (lines[top]?.indexOf(title) ?? 0) + 7;
  return lines.slice(top + 1, top + 1 + rows).map((line) => line.padEnd(200).slice(from, from + plotColumns));
}

const rowsUsed = (plot: readonly string[], column: number) =>
  plot.flatMap((line, row) => (line[column] === ' ' ? [] : [row]));

test('stays inside every terminal, whatever builds are called', () => {
  const points = trackPoints().map((point) => ({
    ...point,
    builds: [
      { name: '\u001b[2J漢字漢字漢字漢字漢字漢字漢字', residentBytes: 9e15 },
      { name: 'x'.repeat(300), residentBytes: 1 },
      ...point.builds,
    ],
  }));
  const track = trackOf(points);
  for (const columns of [40, 41, 59, 80, 99, 100, 101, 120, 179, 180, 200, 233]) {
    for (const rows of [8, 9, 12, 15, 24, 40]) {
      for (const unicode of [true, false]) {
        const ui = {
          view: 'history',
          charts: { ...live, cursorMs: fixtureTimeMs - 70_000, line: 7 },
        } as const;
        const frame = renderScreen(machine, {
          columns,
          rows,
          unicode,
          color: true,
          ui,
          slices: { track },
          charts: loader,
        });
        const lines = frame.split('\n');
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines)
          expect(stringWidth(line), `${columns}x${rows}`).toBeLessThanOrEqual(columns);
      }
    }
  }
});

describe('the charts are right', () => {
  const nowMs = fixtureTimeMs;
  const at = (secondsAgo: number, percent: number): TrackPoint => ({
    fromMs: nowMs - secondsAgo * 1000,
    toMs: nowMs - secondsAgo * 1000,
    max: { memorySomePercent: percent },
    builds: [],
  });
  const seconds = (from: number, to: number, percent = 0) =>
    Array.from({ length: from - to + 1 }, (_, index) => at(from - index, percent));
  const frameOf = (points: readonly TrackPoint[], charts: Partial<ChartsUi> = {}) =>
    draw('120x40', charts, { slices: { track: trackOf(points) } });
  const memory = (frame: string) => plotOf(frame, 'MEMORY PRESSURE', 51, 8);

  test.each([
    ['5min', 150],
    ['1h', 1800],
    ['24h', 40_000],
  ] as const)('over %s a spike of one sample reaches the top, once', (range, ago) => {
    const points = seconds(86_000, 0).map((point) =>
      point.fromMs === nowMs - ago * 1000 ? at(ago, 100) : point,
    );
    const plot = memory(frameOf(points, { range }));
    const high = [...(plot[0] ?? '')].flatMap((glyph, column) => (glyph === ' ' ? [] : [column]));
    expect(high.length).toBeGreaterThanOrEqual(1);
    expect(high.length).toBeLessThanOrEqual(2);
    const column = high[0] ?? 0;
    // The whole way up from the line it rises from.
    const way = [column - 1, column, column + 1].flatMap((one) => rowsUsed(plot, one));
    expect(new Set(way).size).toBe(8);
  });

  test('a gap is blank from top to bottom, beside it the line goes on', () => {
    const plot = memory(frameOf([...seconds(280, 200, 50), ...seconds(100, 0, 50)]));
    const used = Array.from({ length: 51 }, (_, column) => rowsUsed(plot, column).length > 0);
    const first = used.indexOf(true);
    const gap = used.indexOf(false, first);
    const after = used.indexOf(true, gap);
    expect(gap).toBeGreaterThan(first);
    // 99 s without samples, 6 s a column.
    expect(after - gap).toBeGreaterThanOrEqual(15);
    expect(after - gap).toBeLessThanOrEqual(17);
    expect(used.slice(after, 50).every(Boolean)).toBe(true);
  });

  test('nothing at all is a line at 0, not known is no line', () => {
    const zero = memory(frameOf(seconds(300, 0, 0)));
    expect(zero[7]?.trim().length).toBeGreaterThan(40);
    expect(zero.slice(0, 7).join('').trim()).toBe('');
    const frame = frameOf(seconds(300, 0).map((point) => ({ ...point, max: {} })));
    expect(frame).not.toMatch(/PRESSURE {2}.*0%/);
    expect(frame).toContain('not known in this time');
    expect(frameOf([])).toContain('no samples in this time');
  });

  test('PSI that is off is said so', () => {
    const off = { some: null, full: null, level: 'ok', sinceMs: null, levelSinceMs: null } as const;
    const problem = {
      kind: 'unsupported',
      where: '/proc/pressure/memory',
      cause: 'PSI off (psi=1)',
    } as const;
    const model = { ...busy, pressure: { ...busy.pressure, memory: { ...off, problem } } };
    const frame = renderScreen(
      { model, history: busyHistory },
      {
        columns: 120,
        rows: 40,
        ui: { view: 'history' },
        charts: loader,
        slices: { track: trackOf(seconds(100, 0).map((point) => ({ ...point, max: { ioSomePercent: 3 } }))) },
      },
    );
    expect(plotOf(frame, 'MEMORY PRESSURE', 51, 8).join('')).toContain('PSI off (psi=1)');
    expect(plotOf(frame, 'IO PRESSURE', 51, 8).join('').trim()).not.toBe('');
  });

  test('the cursor reads the highest value of its column, and says of which time', () => {
    const points = seconds(300, 0, 10).map((point) => (point.fromMs === nowMs - 90_000 ? at(90, 77) : point));
    const frame = frameOf(points, { cursorMs: nowMs - 90_000 });
    expect(frame).toContain('s some 77%');
    expect(frame).toContain('13:26:30–13:26:36');
    expect(frame).toContain('highest of 6 s');
    const [top = ''] = memory(frame);
    expect(top.trim()).toBe('│');
    expect(frameOf(points, { cursorMs: nowMs - 120_000 })).toContain('s some 10%');
  });

  test('where there is no sample the cursor says so', () => {
    const frame = frameOf([...seconds(280, 200, 50), ...seconds(100, 0, 50)], { cursorMs: nowMs - 150_000 });
    expect(frame).toContain('no samples then');
    expect(frame).toContain('s some –');
  });

  test('names of builds are made safe', () => {
    const builds = [{ name: '\u001b[2Jevil\u202e漢字', residentBytes: 5e9 }];
    const frame = draw(
      '200x60',
      {},
      { slices: { track: trackOf(seconds(90, 0).map((point) => ({ ...point, builds }))) } },
    );
    expect(frame).not.toContain('\u001b[2J');
    expect(frame).not.toContain('\u202e');
  });
});

describe('the widgets', () => {
  const state = () =>
    stateOf(machine, { columns: 80, rows: 24, ui: { view: 'history' }, slices: { track: dayTrack } });
  const open = (charts: ChartLoader) =>
    render(
      <AppContextProvider value={{ ...contextOf(state()), charts }}>
        <Screen />
      </AppContextProvider>,
    );
  afterEach(cleanup);

  test('are loaded when the view is opened, not before, and drawn when they are there', async () => {
    const fresh = createChartLoader();
    const load = vi.spyOn(fresh, 'load');
    renderScreen(machine, { columns: 80, rows: 24, charts: fresh });
    expect(load).not.toHaveBeenCalled();
    const app = open(fresh);
    expect(app.lastFrame()).toContain('the charts are being loaded');
    await vi.waitFor(() => expect(app.lastFrame()).toMatch(/[\u2801-\u28ff]/));
    expect(load).toHaveBeenCalledTimes(1);
    expect(app.lastFrame()).not.toContain('loaded');
  });

  test('that cannot be loaded are told, once, and the series are there', async () => {
    const load = vi.fn(() =>
      Promise.reject(new Error("Cannot find module './lazy/charts.cjs'\nRequire stack:")),
    );
    const app = open({ loaded: null, load });
    await vi.waitFor(() => expect(app.lastFrame()).toContain('the charts could not be loaded'));
    expect(app.lastFrame()).toMatch(/some .*[▁-█]/);
    expect(load).toHaveBeenCalledTimes(1);
  });
});
