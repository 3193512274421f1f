/** What the files of settings say of the screen, laid over what it shows. */
import type { ChosenColumns } from '../model/ui/build-list.ts';
import type { ToneLooks } from '../model/ui/tones.ts';
import { settle } from './settle.ts';
import type { SortId, State } from './state.ts';

export interface ShownOrder {
  readonly sort: SortId;
  readonly inverted: boolean;
}

/** With flags and the terminal taken into account. */
export interface ShownSettings extends ShownOrder {
  readonly columns: ChosenColumns;
  readonly color: boolean;
  readonly unicode: boolean;
  readonly looks: ToneLooks;
  readonly intervalScale: number;
}

/** `before`: the order that was in force; where keys have chosen another one since, that one stays. */
export function applySettings(state: State, now: ShownSettings, before: ShownOrder): State {
  const { columns, color, unicode, looks, sort, inverted, intervalScale } = now;
  const { ui } = state;
  const order = ui.sort === before.sort && ui.inverted === before.inverted ? { sort, inverted } : {};
  return settle(
    {
      ...state,
      ui: { ...ui, columns, ...order },
      terminal: { ...state.terminal, color, unicode, looks },
      // The past was looked at as often as it was.
      health: state.replay === null ? { ...state.health, intervalScale } : state.health,
    },
    state,
  );
}
