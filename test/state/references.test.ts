import { expect, test } from 'vitest';
import { applyHealth, applyModel, resizeTerminal } from '../../src/state/apply-model.ts';
import { applyStep } from '../../src/state/apply-step.ts';
import { createDashboardStore } from '../../src/state/create.ts';
import { busy } from '../support/model-fixture.ts';
import { buildOfRow, pressed, stateOf } from './support.ts';

const later = { ...busy, timeMs: busy.timeMs + 500, readAtMs: { ...busy.readAtMs, pressure: 99 } };

test('a tick that brings no new builds keeps rows, ui, layout and health', () => {
  const state = stateOf(busy);
  const next = applyModel(state, later, { latenessMs: 0 });
  expect(next.model).toBe(later);
  expect(next.history).not.toBe(state.history);
  for (const slice of ['rows', 'ui', 'layout', 'health', 'terminal'] as const) {
    expect(next[slice], slice).toBe(state[slice]);
  }
});

test('a tick without pressure keeps the history', () => {
  const state = stateOf(busy);
  expect(applyModel(state, { ...busy, timeMs: 1 }).history).toBe(state.history);
});

test('new build objects make new rows only where they differ', () => {
  const state = stateOf(busy);
  const [first, ...rest] = busy.builds;
  if (first === undefined) throw new Error('the fixture has builds');
  const next = applyModel(state, { ...busy, builds: [{ ...first }, ...rest] });
  const changed = next.rows.filter((row) => !state.rows.includes(row));
  expect(changed.map((row) => buildOfRow(row)?.name)).toEqual([first.name]);
});

test('the same builds in a new array are the same rows', () => {
  const state = stateOf(busy);
  expect(applyModel(state, { ...busy, builds: [...busy.builds] }).rows).toBe(state.rows);
});

test('tagging one row makes one new row', () => {
  const state = stateOf(busy);
  const next = pressed(state, 'home', 'space');
  expect(next.rows.filter((row) => !state.rows.includes(row))).toHaveLength(1);
});

test('what changes nothing is the same state', () => {
  const state = stateOf(busy);
  expect(resizeTerminal(state, state.terminal.columns, state.terminal.rows)).toBe(state);
  expect(applyHealth(state, { latenessMs: 0 })).toBe(state);
  expect(applyStep(state, { type: 'redraw' })).toBe(state);
  expect(applyStep(state, { type: 'fold' })).toBe(state);
});

test('one tick is one setState', () => {
  const store = createDashboardStore({
    model: busy,
    terminal: { columns: 80, rows: 24, unicode: true, color: true },
  });
  let calls = 0;
  store.subscribe(() => {
    calls += 1;
  });
  store.setState((state) => applyModel(state, later), true);
  expect(calls).toBe(1);
});
