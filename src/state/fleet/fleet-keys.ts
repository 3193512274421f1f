/** Keys on the screen of a fleet: the next state, and what is to be done besides. */
import { sshHost } from '../../base/host-part.ts';
import { type FleetState, fleetLayout, selectedIndex, selectedMachine, settleFleet } from './fleet-state.ts';

export type FleetEffect =
  | { readonly type: 'quit' | 'refresh' | 'redraw' | 'suspend' | 'interrupt' }
  /** The dashboard of that machine. */
  | { readonly type: 'open'; readonly host: string };

export interface FleetStep {
  readonly state: FleetState;
  readonly effect?: FleetEffect;
}

export interface FleetKey {
  /** As parse/keys.ts names them; the first is shown. */
  readonly keys: readonly string[];
  readonly title: string;
  /** In the last row; the rest stands in the help alone. */
  readonly footer?: true;
  readonly press: (state: FleetState) => FleetStep;
}

const moveBy = (rows: (state: FleetState) => number) => (state: FleetState) => {
  const last = state.shown.length - 1;
  const to = Math.min(last, Math.max(0, selectedIndex(state) + rows(state)));
  return { state: settleFleet({ ...state, selected: state.shown[to]?.name ?? null }) };
};
const page = ({ terminal }: FleetState) => Math.max(1, fleetLayout(terminal).listRows - 1);
const doing = (type: Exclude<FleetEffect['type'], 'open'>) => (state: FleetState) => ({
  state,
  effect: { type },
});

export const fleetKeys: readonly FleetKey[] = [
  { keys: ['up', 'k'], title: 'one machine up', press: moveBy(() => -1) },
  { keys: ['down', 'j'], title: 'one machine down', press: moveBy(() => 1) },
  { keys: ['pageup', 'ctrl-b'], title: 'a page up', press: moveBy((state) => -page(state)) },
  { keys: ['pagedown', 'ctrl-f', 'space'], title: 'a page down', press: moveBy(page) },
  {
    keys: ['home', 'g'],
    title: 'the first machine; it stays the first, whichever needs most',
    press: (state) => ({ state: settleFleet({ ...state, selected: null }) }),
  },
  { keys: ['end', 'G'], title: 'the last machine', press: moveBy(({ shown }) => shown.length) },
  { keys: ['enter'], title: 'its dashboard (ssh)', footer: true, press: open },
  {
    keys: ['/'],
    title: 'filter',
    footer: true,
    press: (state) => ({ state: { ...state, typing: true } }),
  },
  {
    keys: ['s'],
    title: 'sort',
    footer: true,
    press(state) {
      const sort = state.sort === 'need' ? 'name' : 'need';
      const text = sort === 'need' ? 'sorted by who needs help' : 'sorted by name';
      return { state: settleFleet({ ...state, sort, notice: { text, isWarning: false } }) };
    },
  },
  { keys: ['r', 'f5'], title: 'ask now', footer: true, press: doing('refresh') },
  {
    keys: ['?', 'f1', 'h'],
    title: 'help',
    footer: true,
    press: (state) => ({ state: { ...state, help: true } }),
  },
  { keys: ['q', 'f10'], title: 'quit', footer: true, press: doing('quit') },
  { keys: ['ctrl-c'], title: 'quit at once', press: doing('interrupt') },
  { keys: ['ctrl-l'], title: 'draw anew', press: doing('redraw') },
  { keys: ['ctrl-z'], title: 'to the shell; fg comes back', press: doing('suspend') },
  {
    keys: ['escape'],
    title: 'end the filter',
    press: (state) => ({ state: settleFleet({ ...state, filter: '' }) }),
  },
];

function open(state: FleetState): FleetStep {
  const machine = selectedMachine(state);
  if (machine === null) return { state };
  const host = sshHost(machine.name);
  if (host !== null) return { state: { ...state, notice: null }, effect: { type: 'open', host } };
  const text = `${machine.name} is no name of a host that ssh could take`;
  return { state: { ...state, notice: { text, isWarning: true } } };
}

const always: readonly string[] = ['ctrl-c', 'ctrl-z', 'ctrl-l'];

/** `name`: as parse/keys.ts has it; a key that means nothing changes nothing. */
export function pressFleet(state: FleetState, name: string): FleetStep {
  if (state.typing && !always.includes(name)) return { state: settleFleet(typed(state, name)) };
  if (state.help && !always.includes(name)) return { state: { ...state, help: false } };
  const row = fleetKeys.find(({ keys }) => keys.includes(name));
  if (row === undefined) return { state };
  return row.press({ ...state, notice: null });
}

/** Names of hosts are not longer. */
const longestFilter = 253;

export function typed(state: FleetState, name: string): FleetState {
  const { filter } = state;
  const to = (text: string) => ({ ...state, filter: text.slice(0, longestFilter), selected: null });
  if (name === 'enter') return { ...state, typing: false };
  if (name === 'escape') return { ...to(''), typing: false };
  if (name === 'backspace') return filter === '' ? { ...state, typing: false } : to(filter.slice(0, -1));
  if (name === 'ctrl-u') return to('');
  if (name === 'space') return to(`${filter} `);
  return [...name].length === 1 ? to(filter + name) : state;
}
