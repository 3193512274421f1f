/** What the screen of a fleet shows: the last answer, why there is no newer one, and where the user is in it. */
import type { Problem, Result } from '../../base/problem.ts';
import type { Fleet, FleetMachine } from '../../model/fleet/machine.ts';
import { byName } from '../../model/fleet/need.ts';

export interface FleetTerminal {
  readonly columns: number;
  readonly rows: number;
  readonly unicode: boolean;
  readonly color: boolean;
  /** TERM=linux. */
  readonly console: boolean;
}

export type FleetSort = 'need' | 'name';

export interface FleetState {
  readonly terminal: FleetTerminal;
  /** Whom we ask: `mon:9090`. */
  readonly where: string;
  /** The newest whole answer; null: none yet. */
  readonly fleet: Fleet | null;
  /** When that one came. All times: monotonic ms. */
  readonly answeredMs: number | null;
  /** Why the last question was not answered; null: it was. */
  readonly problem: Problem | null;
  /** Since when it is asked; null: it rests. */
  readonly askingMs: number | null;
  readonly nowMs: number;
  /** In the order that is shown. */
  readonly shown: readonly FleetMachine[];
  /** By name; null: whichever is first. */
  readonly selected: string | null;
  /** First row of `shown` on the screen. */
  readonly top: number;
  readonly filter: string;
  /** The filter is being typed. */
  readonly typing: boolean;
  readonly sort: FleetSort;
  readonly help: boolean;
  readonly notice: { readonly text: string; readonly isWarning: boolean } | null;
}

export function createFleetState(terminal: FleetTerminal, where: string, nowMs: number): FleetState {
  return {
    ...{ terminal, where, nowMs, fleet: null, answeredMs: null, problem: null, askingMs: null },
    ...{
      shown: [],
      selected: null,
      top: 0,
      filter: '',
      typing: false,
      sort: 'need',
      help: false,
      notice: null,
    },
  };
}

/** Above and below the list: title, what went wrong or was done, titles; the pane of the selected machine; keys. */
export interface FleetLayout {
  readonly tooSmall: boolean;
  readonly listRows: number;
  readonly paneRows: number;
}

const leastColumns = 40;
const leastRows = 8;
/** A blank row, the name, and six facts. */
const wholePane = 8;

export function fleetLayout({ columns, rows }: Pick<FleetTerminal, 'columns' | 'rows'>): FleetLayout {
  const free = Math.max(1, rows - 4);
  // The list has at least twice the rows of the pane.
  const paneRows = free >= 3 * wholePane ? wholePane : free >= 15 ? 5 : 0;
  return {
    tooSmall: columns < leastColumns || rows < leastRows,
    listRows: free - paneRows,
    paneRows,
  };
}

export function asked(state: FleetState, nowMs: number): FleetState {
  return { ...state, askingMs: nowMs, nowMs };
}

/** What was shown stays where there is nothing newer. */
export function answered(state: FleetState, result: Result<Fleet>, nowMs: number): FleetState {
  const now = { ...state, askingMs: null, nowMs };
  if (!result.ok) return { ...now, problem: result.problem };
  return settleFleet({ ...now, fleet: result.value, answeredMs: nowMs, problem: null });
}

/** Index of the selected machine; where it is shown no more, that of the first. */
export function selectedIndex({ shown, selected }: Pick<FleetState, 'shown' | 'selected'>): number {
  return Math.max(0, selected === null ? 0 : shown.findIndex(({ name }) => name === selected));
}

export function selectedMachine(state: FleetState): FleetMachine | null {
  return state.shown[selectedIndex(state)] ?? null;
}

/** Filters and sorts, and keeps the selected machine on the screen. */
export function settleFleet(state: FleetState): FleetState {
  const wanted = state.filter.toLowerCase();
  const all = state.fleet?.machines ?? [];
  const found = wanted === '' ? all : all.filter((machine) => matches(machine, wanted));
  const shown = state.sort === 'name' ? found.toSorted(byName) : found;
  const { listRows } = fleetLayout(state.terminal);
  const index = selectedIndex({ shown, selected: state.selected });
  const most = Math.max(0, shown.length - listRows);
  const top = Math.min(most, Math.max(index - listRows + 1, Math.min(state.top, index)));
  return { ...state, shown, top };
}

/** By its name, or the word of its state. */
function matches({ name, state, alerts }: FleetMachine, wanted: string): boolean {
  return (
    name.toLowerCase().includes(wanted) ||
    state === wanted ||
    (alerts?.named ?? []).some((alert) => alert.name.toLowerCase().includes(wanted))
  );
}
