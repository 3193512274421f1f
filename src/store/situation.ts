/** What the command table may know of the state. */
import type { KeyMode, Situation } from '../commands/command.ts';
import { helpLines } from '../commands/help.ts';
import { selectedRow, shownModel, topMode } from './selectors.ts';
import type { Mode, State } from './state.ts';

export function keyMode(mode: Mode): KeyMode {
  return mode.kind === 'help' && mode.typing ? 'help-filter' : mode.kind;
}

export function situationOf(state: State, mode: Mode = topMode(state)): Situation {
  const { ui } = state;
  return {
    mode: keyMode(mode),
    view: ui.view,
    rows: ui.view === 'disks' ? shownModel(state).disks.length : state.rows.length,
    selected: selectedRow(state)?.kind ?? null,
    tagged: ui.tagged.size,
    frozen: ui.frozen !== null,
    search: ui.search,
    filter: ui.filter,
    readOnly: state.health.readOnly,
  };
}

/** The help as it stands: what is blocked in the mode below it, and the filter typed. */
export function helpOf(state: State): ReturnType<typeof helpLines> {
  const top = topMode(state);
  const below = state.ui.modes.at(-2);
  return helpLines(situationOf(state, below), top.kind === 'help' ? top.filter : '');
}
