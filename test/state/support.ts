/** States for the tests of the store, and keys that go through the command table as in the program. */
import { dispatch } from '../../src/commands/dispatch.ts';
import type { Build, Model } from '../../src/model/model.ts';
import { applyStep } from '../../src/state/apply-step.ts';
import { type InitialState, initialState } from '../../src/state/create.ts';
import { situationOf } from '../../src/state/situation.ts';
import type { BuildRow, State } from '../../src/state/state.ts';

export function stateOf(model: Model, over: Partial<InitialState> = {}): State {
  const terminal = { columns: 120, rows: 40, unicode: true, color: true };
  return initialState({ model, terminal, ...over });
}

/** Keys by name, one after the other; what is not a name is typed letter by letter. */
export function pressed(state: State, ...keys: readonly string[]): State {
  let next = state;
  for (const name of keys) {
    const step = dispatch({ name }, situationOf(next));
    if (step !== null) next = applyStep(next, step);
  }
  return next;
}

/** Names (or pids of processes) of the rows, processes indented. */
export function rowNames(state: State): string[] {
  return state.rows.map((row) => (row.kind === 'process' ? `  ${rowName(row)}` : rowName(row)));
}

export function selectedName(state: State): string | null {
  const row = state.rows.find(({ key }) => key === state.ui.selected);
  if (row === undefined) return null;
  return rowName(row);
}

/** Of a line of a tree its key. */
function rowName(row: BuildRow): string {
  if (row.kind === 'process') return row.process.comm;
  return row.kind === 'build' ? (row.build.name ?? '?') : row.key;
}

/** The build of a row that has one. */
export function buildOfRow(row: BuildRow | undefined): Build | undefined {
  return row === undefined || row.kind === 'tree' ? undefined : row.build;
}
