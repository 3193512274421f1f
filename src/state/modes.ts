/** The stack of modes: its top receives the keys, its bottom is always `normal`. */

import { identityKey } from '../base/identity.ts';
import type { OpenedMode } from '../commands/step.ts';
import { failedBuildId } from '../model/rebuild/failed.ts';
import { sortIds } from '../model/ui/build-list.ts';
import type { Mode } from '../model/ui/modes.ts';
import { cursorFailed, dismiss, findFailed } from './failed.ts';
import { cursorPeer } from './peers.ts';
import { select } from './selection.ts';
import { cursorRow, shownModel, topMode } from './selectors.ts';
import { sortBy } from './sorting.ts';
import type { State, TreeRow } from './state.ts';
import { cursorColumn, withCharts } from './track.ts';
import { withUi } from './ui.ts';

export function pushMode(state: State, mode: Mode): State {
  return withModes(state, [...state.ui.modes, mode]);
}

export function popMode(state: State): State {
  return state.ui.modes.length <= 1 ? state : withModes(state, state.ui.modes.slice(0, -1));
}

/** Replaces the top. */
export function setTop(state: State, mode: Mode): State {
  return withModes(state, [...state.ui.modes.slice(0, -1), mode]);
}

function withModes(state: State, modes: readonly Mode[]): State {
  return withUi(state, { modes });
}

/** Of what failed one wants the last lines: the scroll goes as far as there are any. */
const toTheEnd = Number.MAX_SAFE_INTEGER;

export function openDetails(state: State): State {
  const failed = cursorFailed(state);
  if (failed !== null) {
    const { key } = failed;
    return pushMode(select(state, key), { kind: 'details', build: key, scroll: toTheEnd });
  }
  const row = cursorRow(state);
  if (row === null) return state;
  if (row.kind === 'tree') return detailsOfFailed(state, row);
  const { build } = row;
  const log = build.log === null ? {} : { log: failedBuildId(build.log.rebuild, build.log.drv) };
  return pushMode(select(state, row.key), { kind: 'details', build: identityKey(build), ...log, scroll: 0 });
}

/** Of a tree only what failed has details of its own. */
function detailsOfFailed(state: State, { key, node }: TreeRow): State {
  if (node.kind !== 'derivation' || node.state !== 'failed') return state;
  const build = failedBuildId(node.rebuild, node.drv);
  if (findFailed(shownModel(state), state.journal, build) === null) return state;
  return pushMode(select(state, key), { kind: 'details', build, scroll: toTheEnd });
}

/** In its details they are left. */
export function dismissFailed(state: State): State {
  const top = topMode(state);
  if (top.kind === 'details') {
    const row = findFailed(shownModel(state), state.journal, top.log ?? top.build);
    return row === null ? state : popMode(dismiss(state, row));
  }
  const row = cursorFailed(state);
  return row === null ? state : dismiss(state, row);
}

export function openMode(state: State, mode: OpenedMode): State {
  const { ui } = state;
  switch (mode) {
    case 'search':
      return pushMode(state, {
        kind: 'search',
        text: '',
        before: { search: ui.search, selected: ui.selected },
      });
    case 'filter':
      return pushMode(state, { kind: 'filter', text: ui.filter, before: ui.filter });
    case 'sort':
      return pushMode(state, { kind: 'sort', cursor: Math.max(0, sortIds.indexOf(ui.sort)) });
    case 'jump':
    case 'jump-back':
      return pushMode(state, { kind: 'jump', text: mode === 'jump' ? '' : '-' });
    case 'guard':
      return pushMode(state, { kind: 'guard', scroll: 0 });
    case 'peer':
      return openPeer(state);
    case 'help':
      return pushMode(state, { kind: 'help', filter: '', typing: false, scroll: 0 });
    case 'help-filter': {
      const top = topMode(state);
      return top.kind === 'help' ? setTop(state, { ...top, typing: true }) : state;
    }
    case 'log-search': {
      const top = topMode(state);
      if (top.kind !== 'log') return state;
      return setTop(state, { ...top, search: '', typing: { search: top.search, top: top.top } });
    }
  }
}

/** It stays the one that was chosen, wherever the list moves meanwhile. */
function openPeer(state: State): State {
  const row = cursorPeer(state);
  if (row === null) return state;
  return pushMode(withUi(state, { selectedPeer: row.key }), { kind: 'peer', key: row.key, scroll: 0 });
}

/** Enter: keep what was typed or chosen. */
export function acceptMode(state: State): State {
  const top = topMode(state);
  switch (top.kind) {
    case 'help':
      return setTop(state, { ...top, typing: false });
    case 'log':
      return setTop(state, { ...top, typing: null });
    case 'sort':
      return popMode(sortBy(state, sortIds[top.cursor] ?? state.ui.sort));
    default:
      return popMode(state);
  }
}

/** Esc: leave the mode and undo what it changed; in a list, drop one thing after the other. */
export function leaveMode(state: State): State {
  const top = topMode(state);
  const { ui } = state;
  switch (top.kind) {
    case 'search':
      return popMode(withUi(state, top.before));
    case 'filter':
      return popMode(withUi(state, { filter: top.before }));
    case 'help':
      return top.typing ? setTop(state, { ...top, typing: false, filter: '', scroll: 0 }) : popMode(state);
    case 'log':
      if (top.typing !== null) return setTop(state, { ...top, ...top.typing, found: null, typing: null });
      return top.search === '' ? popMode(state) : setTop(state, { ...top, search: '', found: null });
    case 'normal':
      if (ui.view === 'history' && cursorColumn(state) !== null) return withCharts(state, { cursorMs: null });
      if (ui.view === 'diagnosis' && ui.selectedDiagnosis !== null)
        return withUi(state, { selectedDiagnosis: null });
      if (ui.filter !== '') return withUi(state, { filter: '' });
      if (ui.search !== '') return withUi(state, { search: '' });
      return withUi(state, { selected: null });
    default:
      return popMode(state);
  }
}
