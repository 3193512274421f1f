/** Search, filter and the help's filter: text that works while it is typed. */

import { nextInLog, typeLogSearch } from './log-page.ts';
import { anyMatches, buildMatches, processMatches, treeMatches } from './matching.ts';
import { setTop } from './modes.ts';
import { select } from './selection.ts';
import { cursorIndex, topMode } from './selectors.ts';
import type { BuildRow, State } from './state.ts';
import { withUi } from './ui.ts';

export function typeText(state: State, text: string): State {
  return edit(state, (old) => old + text);
}

export function eraseText(state: State, what: 'character' | 'word' | 'all'): State {
  return edit(state, (old) => {
    if (what === 'all') return '';
    if (what === 'word') return old.replace(/\S*\s*$/u, '');
    return old.replace(/\P{M}?\p{M}*$/u, '');
  });
}

function edit(state: State, change: (old: string) => string): State {
  const top = topMode(state);
  switch (top.kind) {
    case 'help': {
      const filter = change(top.filter);
      return setTop(state, { ...top, filter, scroll: 0 });
    }
    case 'log':
      return top.typing === null ? state : typeLogSearch(state, top, change(top.search));
    case 'confirm':
      return top.word === null ? state : setTop(state, { ...top, typed: change(top.typed).slice(0, 40) });
    case 'jump':
      // `J` has typed the sign already.
      return setTop(state, {
        ...top,
        text: change(top.text)
          .replace(/^([+-])\s*[+-]+/, '$1')
          .slice(0, 40),
      });
    case 'filter': {
      const text = change(top.text);
      return withUi(setTop(state, { ...top, text }), { filter: text });
    }
    case 'search': {
      const text = change(top.text);
      return jumpFrom(withUi(setTop(state, { ...top, text }), { search: text }), top.before.selected);
    }
    default:
      return state;
  }
}

/** While the text grows, the first match at or below where the search began. */
function jumpFrom(state: State, origin: string | null): State {
  const back = select(state, origin);
  if (state.ui.search === '') return back;
  const start = Math.max(0, cursorIndex(back));
  const found = findMatch(state, start, 1);
  return found === null ? noMatch(back) : select(state, found.key);
}

/** `n`, `N`: the next match below or above the selection, round the ends. */
export function nextMatch(state: State, by: 1 | -1): State {
  const top = topMode(state);
  if (top.kind === 'log') return nextInLog(state, top, by);
  const nowhere = by > 0 ? 0 : state.rows.length - 1;
  const start = state.ui.selected === null ? nowhere : cursorIndex(state) + by;
  const found = findMatch(state, start, by);
  return found === null ? noMatch(state) : select(state, found.key);
}

function findMatch(state: State, start: number, by: 1 | -1): BuildRow | null {
  const { rows, ui } = state;
  for (let step = 0; step < rows.length; step += 1) {
    const row = rows[(start + by * step + rows.length * 2) % rows.length];
    if (row !== undefined && rowMatches(row, ui.search)) return row;
  }
  return null;
}

function rowMatches(row: BuildRow, needle: string): boolean {
  if (row.kind === 'tree') return treeMatches(row.node, needle);
  if (row.kind === 'process') return processMatches(row.process, needle);
  // Its processes have rows of their own where it is unfolded.
  return row.unfolded ? buildMatches(row.build, needle) : anyMatches(row.build, needle);
}

function noMatch(state: State): State {
  const rest = state.trees.size > 0 ? ' in what is open: \\ looks into the rest' : '';
  const text = `no match for "${state.ui.search}"${rest}`;
  return withUi(state, { notice: { text, level: 'warning' } });
}
