/** Scrolling: help and details by lines, the sort menu by its cursor, the build list with its selection. */

import { sortIds } from '../model/ui/build-list.ts';
import type { Mode } from '../model/ui/modes.ts';
import { detailsScroll } from './details-room.ts';
import { findFailed } from './failed.ts';
import { clampLog, logRows, scrollLog } from './log-page.ts';
import { setTop } from './modes.ts';
import { cursorIndex, shownModel, topMode } from './selectors.ts';
import { helpOf } from './situation.ts';
import type { State } from './state.ts';
import { nextMatch } from './typing.ts';
import { withUi } from './ui.ts';
import { viewLists } from './view-lists.ts';

/** Up and down, in the sense of the top mode. */
export function move(state: State, by: number): State {
  const top = topMode(state);
  const list = viewLists[state.ui.view];
  switch (top.kind) {
    case 'search':
      return state.ui.search === '' ? list.move(state, by) : nextMatch(state, by > 0 ? 1 : -1);
    case 'sort':
      return setTop(state, { ...top, cursor: clamp(top.cursor + by, 0, sortIds.length - 1) });
    case 'choose':
      return setTop(state, { ...top, cursor: clamp(top.cursor + by, 0, top.choices.length - 1) });
    case 'log':
      return scrollLog(state, top, by);
    case 'why':
    case 'remedies':
    case 'guard':
    case 'peer':
      return scrollPage(state, top, top.scroll + by);
    case 'details':
    case 'help':
      return setTop(state, { ...top, scroll: clamp(top.scroll + by, 0, lastScroll(state)) });
    default:
      return list.move(state, by);
  }
}

export function page(state: State, by: 1 | -1): State {
  const { page: turn } = viewLists[state.ui.view];
  if (turn !== undefined && topMode(state).kind === 'normal') return turn(state, by);
  return move(state, by * Math.max(1, pageRows(state) - 1));
}

export function edge(state: State, to: 'first' | 'last'): State {
  const top = topMode(state);
  if (top.kind === 'log') return scrollLog(state, top, to === 'first' ? -Infinity : Infinity);
  if (isWorded(top)) return scrollPage(state, top, to === 'first' ? 0 : Number.MAX_SAFE_INTEGER);
  if (top.kind !== 'details' && top.kind !== 'help') {
    const { move: through, edge: toEnd = through } = viewLists[state.ui.view];
    return toEnd(state, to === 'first' ? -Infinity : Infinity);
  }
  return setTop(state, { ...top, scroll: to === 'first' ? 0 : lastScroll(state) });
}

function pageRows(state: State): number {
  const top = topMode(state);
  const { kind } = top;
  if (kind === 'log') return logRows(state);
  if (isWorded(top)) return state.layout.bodyRows;
  if (kind === 'help' || kind === 'details') return scrolled(state).rows;
  return viewLists[state.ui.view].rows(state);
}

type WordedPage = Extract<Mode, { readonly kind: 'why' | 'remedies' | 'guard' | 'peer' }>;

const worded: readonly Mode['kind'][] = ['why', 'remedies', 'guard', 'peer'] satisfies WordedPage['kind'][];

function isWorded(mode: Mode): mode is WordedPage {
  return worded.includes(mode.kind);
}

function scrollPage(state: State, page: WordedPage, scroll: number): State {
  return setTop(state, { ...page, scroll: Math.max(0, scroll) });
}

/** How far a page of words goes is known to what draws it: it takes back what was too much. */
export function limitScroll(state: State, last: number): State {
  const top = topMode(state);
  return isWorded(top) && top.scroll > last ? scrollPage(state, top, last) : state;
}

/** Lines of the help or of the details, and how many of them are seen. */
function scrolled(state: State): { readonly length: number; readonly rows: number } {
  const top = topMode(state);
  if (top.kind !== 'details') return { length: helpOf(state).length, rows: state.layout.bodyRows };
  const model = shownModel(state);
  const failed = findFailed(model, state.journal, top.log ?? top.build);
  return detailsScroll(model, state.layout, top.build, failed?.root.lines.length ?? 0);
}

/** First line at the end. */
function lastScroll(state: State): number {
  const { length, rows } = scrolled(state);
  return Math.max(0, length - rows);
}

/** Keeps every scroll position inside its list and the selection on the screen. */
export function clampScroll(state: State): State {
  const { rows, ui, layout } = state;
  const last = Math.max(0, rows.length - layout.listRows);
  // Without a selection one looks at the top, where the worst build is.
  let scroll = ui.selected === null ? 0 : clamp(ui.scroll, 0, last);
  const index = cursorIndex(state);
  if (index >= 0 && layout.listRows > 0) scroll = clamp(scroll, index - layout.listRows + 1, index);
  const settled = scroll === ui.scroll ? state : withUi(state, { scroll });
  const top = topMode(settled);
  if (top.kind === 'log') return clampLog(settled, top);
  if (top.kind !== 'details' && top.kind !== 'help') return settled;
  const within = Math.min(top.scroll, lastScroll(settled));
  return within === top.scroll ? settled : setTop(settled, { ...top, scroll: within });
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
