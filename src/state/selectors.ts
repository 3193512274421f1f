/** Questions to the state that more than one component or transition asks. */

import { type IdentityKey, identityKey } from '../base/identity.ts';
import type { Intent } from '../model/intents/intent.ts';
import { type LoweredMark, ownLowered } from '../model/intents/lowered-mark.ts';
import { ownPaused, type PausedMark } from '../model/intents/paused-mark.ts';
import type { Build, Model } from '../model/model.ts';
import type { History } from '../model/past/history.ts';
import { lostText } from '../model/past/recorded.ts';
import type { Track } from '../model/past/track-rings.ts';
import type { Mode } from '../model/ui/modes.ts';
import type { BuildRow, Health, RunningAction, State } from './state.ts';

/** The model on the screen: the frozen one while the screen is frozen. */
export function shownModel(state: State): Model {
  return state.ui.frozen?.model ?? state.model;
}

export function shownHistory(state: State): History {
  return state.ui.frozen?.history ?? state.history;
}

export function shownTrack(state: State): Track {
  return state.ui.frozen?.track ?? state.track;
}

const normal: Mode = { kind: 'normal' };

/** The mode that receives keys. */
export function topMode(state: Pick<State, 'ui'>): Mode {
  return state.ui.modes.at(-1) ?? normal;
}

/**
 * The row that keys act on: the selected one; before anything is selected the one at the top, whatever build
 * is there, as long as it is on the screen. -1 where there is none.
 */
export function cursorIndex({ rows, ui, layout }: State): number {
  if (ui.selected !== null) return rows.findIndex((row) => row.key === ui.selected);
  return rows.length > 0 && layout.listRows > 0 ? 0 : -1;
}

export function cursorRow(state: State): BuildRow | null {
  return state.rows[cursorIndex(state)] ?? null;
}

/** A build of the shown model by identity; null once it has ended. */
export function findBuild(state: State, key: IdentityKey): Build | null {
  return shownModel(state).builds.find((build) => identityKey(build) === key) ?? null;
}

/** What we lowered or limited and that runs still. */
export function loweredByUs({ lowered, model }: Pick<State, 'lowered' | 'model'>): readonly LoweredMark[] {
  return lowered.length === 0 ? lowered : ownLowered(lowered, model);
}

/** What we paused and nobody resumed since. */
export function pausedByUs({ paused, model }: Pick<State, 'paused' | 'model'>): readonly PausedMark[] {
  return paused.length === 0 ? paused : ownPaused(paused, model);
}

const longActions: readonly Intent['type'][] = [
  'rollback',
  'restart-daemon',
  'verify',
  'repair',
  'collect-garbage',
  'probe',
];
/** A kill is over before anybody could read that it runs: a row that comes and goes is only unrest. */
const shownAfterMs = 400;

/** Those worth a row, in the order in which they began. */
export function shownActions({ actions, model }: Pick<State, 'actions' | 'model'>): readonly RunningAction[] {
  return actions.filter(
    ({ intent, sinceMs }) => longActions.includes(intent.type) || model.monotonicMs - sinceMs >= shownAfterMs,
  );
}

export interface Hint {
  readonly text: string;
  readonly level: 'info' | 'warning';
}

/** The line above the footer on how the program itself does: what is lost first, then what root would add. */
export function hintOf({ recorder, privilegeHint }: Health): Hint | null {
  if (recorder.state === 'stopped') return { text: recorder.reason ?? 'not recording', level: 'warning' };
  if (recorder.behind) {
    const lost = lostText(recorder.dropped, recorder.droppedEvents);
    const text = `the disk does not keep up: ${lost} missing from the recording`;
    return { text, level: 'warning' };
  }
  return privilegeHint === null ? null : { text: privilegeHint, level: 'info' };
}
