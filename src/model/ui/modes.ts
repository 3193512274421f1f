/** What receives keys: lists, what is typed, menus and questions, each on top of what it was opened from. */
import type { IdentityKey } from '../../base/identity.ts';
import type { Intent } from '../intents/intent.ts';
import type { PausedMark } from '../intents/paused-mark.ts';
import type { LogSubject } from '../rebuild/log-subject.ts';

/** One entry of a menu; chosen, it becomes a question, or is done at once. */
export interface Choice {
  readonly title: string;
  readonly intent: Intent;
  /** What has to be typed; null = y. */
  readonly word: string | null;
  /** Default true. */
  readonly asks?: boolean;
}

/** A row of view 6 by its key, a build whose verdict is looked at, or what failed (rebuild/failed.ts). */
export type DiagnosisSubject =
  | { readonly kind: 'row'; readonly key: string }
  | { readonly kind: 'build'; readonly build: IdentityKey }
  | { readonly kind: 'failed'; readonly failed: string };

/** One of a stack whose bottom is always `normal`. */
export type Mode =
  | { readonly kind: 'normal' }
  | {
      readonly kind: 'search';
      readonly text: string;
      /** What Esc goes back to. */
      readonly before: { readonly search: string; readonly selected: IdentityKey | null };
    }
  | { readonly kind: 'filter'; readonly text: string; readonly before: string }
  | { readonly kind: 'sort'; readonly cursor: number }
  | {
      readonly kind: 'details';
      /** A build's, or the key of what failed. */
      readonly build: IdentityKey | string;
      /** Id of its failure (rebuild/failed.ts), should it fail; absent where its log is not followed. */
      readonly log?: string;
      readonly scroll: number;
    }
  | {
      readonly kind: 'log';
      readonly of: LogSubject;
      /** Place of the first line that is shown; null: it follows the end. */
      readonly top: number | null;
      /** Columns to the left of the screen. */
      readonly left: number;
      readonly search: string;
      /** Place of the line that was found. */
      readonly found: number | null;
      /** What Esc goes back to while a search is typed; null: none is. */
      readonly typing: { readonly search: string; readonly top: number | null } | null;
      /** How often its file was asked for. */
      readonly reads: number;
    }
  /** What a finding or a verdict stands on; what helps against it. */
  | { readonly kind: 'why' | 'remedies'; readonly of: DiagnosisSubject; readonly scroll: number }
  /** Guards: their rules, and what they did. */
  | { readonly kind: 'guard'; readonly scroll: number }
  /** One row of view 8 by its key: a cache, a builder, a check. */
  | { readonly kind: 'peer'; readonly key: string; readonly scroll: number }
  | { readonly kind: 'help'; readonly filter: string; readonly typing: boolean; readonly scroll: number }
  /** A time of the recording is typed. */
  | { readonly kind: 'jump'; readonly text: string }
  /** A menu above the footer; what is chosen becomes a question. */
  | {
      readonly kind: 'choose';
      readonly title: string;
      readonly choices: readonly Choice[];
      readonly cursor: number;
      readonly openedBy: string;
    }
  | Question;

/** What it asks about is named by identity, whatever the list does meanwhile. */
export type Question =
  | {
      readonly kind: 'confirm';
      readonly intent: Intent;
      /** The key that opened it: never the one that confirms. */
      readonly openedBy: string;
      /** What has to be typed; null = y. */
      readonly word: string | null;
      readonly typed: string;
    }
  | { readonly kind: 'quit'; readonly openedBy: string }
  /** At the start: what an earlier nixpulse left paused. */
  | { readonly kind: 'offer'; readonly marks: readonly PausedMark[] };

/** A mode by the keys it takes: help and log while something is typed, and a question for a word, take others. */
export type KeyMode = Mode['kind'] | 'help-filter' | 'log-search' | 'confirm-typed';

export function keyModeOf(mode: Mode): KeyMode {
  if (mode.kind === 'help' && mode.typing) return 'help-filter';
  if (mode.kind === 'log' && mode.typing !== null) return 'log-search';
  return mode.kind === 'confirm' && mode.word !== null ? 'confirm-typed' : mode.kind;
}

interface KeyModeRow {
  /** Printable keys are text. */
  readonly types?: true;
  /** It is over everything else; what is not its answer is a no, or with `word` a part of the word. */
  readonly asks?: 'yes' | 'word';
  /** Rows above the footer, where no notice wants one. */
  readonly rows: 0 | 1 | 2;
  /** What Esc does, in the footer. */
  readonly escape: string;
}

export const keyModes: Readonly<Record<KeyMode, KeyModeRow>> = {
  normal: { rows: 0, escape: '' },
  search: { rows: 1, types: true, escape: 'Undo' },
  filter: { rows: 1, types: true, escape: 'Undo' },
  sort: { rows: 1, escape: 'Leave' },
  details: { rows: 0, escape: 'Back' },
  log: { rows: 0, escape: 'Back' },
  'log-search': { rows: 1, types: true, escape: 'Undo' },
  why: { rows: 0, escape: 'Back' },
  remedies: { rows: 0, escape: 'Back' },
  guard: { rows: 0, escape: 'Back' },
  peer: { rows: 0, escape: 'Back' },
  help: { rows: 0, escape: 'Back' },
  'help-filter': { rows: 1, types: true, escape: 'Undo' },
  jump: { rows: 1, types: true, escape: 'Stay' },
  choose: { rows: 1, escape: 'Leave' },
  confirm: { rows: 2, asks: 'yes', escape: 'No' },
  'confirm-typed': { rows: 2, types: true, asks: 'word', escape: 'No' },
  quit: { rows: 2, asks: 'yes', escape: 'Stay' },
  offer: { rows: 2, asks: 'yes', escape: 'Leave paused' },
};

export const keyModeIds = Object.keys(keyModes) as readonly KeyMode[];
export const textModes = keyModeIds.filter((mode) => keyModes[mode].types);
export const modesWithoutQuestions = keyModeIds.filter((mode) => keyModes[mode].asks === undefined);

export function isQuestion(mode: Mode): mode is Question {
  return keyModes[mode.kind].asks !== undefined;
}
