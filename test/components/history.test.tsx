/** View 4 as it stands on the screen: golden frames, and what its charts say cell by cell. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { ChartLoader } from '../../src/model/chart-widgets.ts';
import { createChartLoader } from '../../src/platform/charts/loader.ts';
import type { ChartsUi } from '../../src/store/state.ts';
import { expectGolden } from '../support/golden.ts';
import { busy, busyHistory, fixtureTimeMs } from '../support/model-fixture.ts';
import { dayTrack } from '../support/track-fixture.ts';
import { renderScreen, type ScreenOptions, visible } from './render-screen.tsx';

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
