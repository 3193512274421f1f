/** What a key asks for, as data: most steps lead to the next state, the root carries out the rest. */
import type { Intent } from '../model/intents/intent.ts';
import type { ReplayOrder, ReplayTime } from '../model/past/replay.ts';
import type { LogSubject } from '../model/rebuild/log-subject.ts';
import type { Choice } from '../model/ui/modes.ts';
import type { ViewId } from '../model/ui/views.ts';

export type OpenedMode =
  | 'search'
  | 'filter'
  | 'sort'
  | 'help'
  | 'guard'
  | 'peer'
  | 'help-filter'
  | 'log-search'
  | 'jump'
  | 'jump-back';

export type Step =
  | { readonly type: 'move'; readonly by: number }
  | { readonly type: 'page'; readonly by: 1 | -1 }
  | { readonly type: 'edge'; readonly to: 'first' | 'last' }
  | { readonly type: 'fold' }
  | { readonly type: 'unfold' }
  | { readonly type: 'details' }
  | { readonly type: 'open'; readonly mode: OpenedMode }
  /** What a verdict or finding stands on; what helps against it. */
  | { readonly type: 'why' | 'remedies' }
  | { readonly type: 'log'; readonly of: LogSubject }
  | { readonly type: 'sideways'; readonly by: 1 | -1 }
  /** The file of the log that is open. */
  | { readonly type: 'read-log-file' }
  /** Enter in a mode: keep what was typed or chosen. */
  | { readonly type: 'accept' }
  /** Esc: leave the mode and undo what it changed; in a question: no. */
  | { readonly type: 'leave' }
  | { readonly type: 'type'; readonly text: string }
  | { readonly type: 'erase'; readonly what: 'character' | 'word' | 'all' }
  | { readonly type: 'match'; readonly by: 1 | -1 }
  | { readonly type: 'sort'; readonly by: 1 | -1 }
  | { readonly type: 'invert' }
  | { readonly type: 'tag' }
  | { readonly type: 'untag' }
  /** Takes what failed out of view. */
  | { readonly type: 'dismiss' }
  | { readonly type: 'freeze' }
  | { readonly type: 'view'; readonly view: ViewId }
  | { readonly type: 'turn-view'; readonly by: 1 | -1 }
  | { readonly type: 'turn-profile'; readonly by: 1 | -1 }
  /** In the charts: by columns, and to a longer or shorter time. */
  | { readonly type: 'cursor'; readonly by: number }
  | { readonly type: 'range'; readonly by: 1 | -1 }
  | { readonly type: 'notify'; readonly text: string }
  /** Opens the question; `word`: what has to be typed, null = y. */
  | {
      readonly type: 'ask';
      readonly intent: Intent;
      readonly word: string | null;
      readonly openedBy?: string;
    }
  /** Opens a menu. */
  | {
      readonly type: 'choose';
      readonly title: string;
      readonly choices: readonly Choice[];
      readonly openedBy?: string;
    }
  | { readonly type: 'ask-quit'; readonly openedBy?: string }
  /** The question can no longer be confirmed: it closes and says why. */
  | { readonly type: 'give-up'; readonly text: string }
  | Effect;

/** Steps that reach outside of the state. */
export type Effect =
  /** `leave`: what we paused, lowered or limited stays so. */
  | { readonly type: 'quit'; readonly changed?: 'undo' | 'leave' }
  /** To the command that is watched: Ctrl-C. */
  | { readonly type: 'interrupt' }
  | { readonly type: 'suspend' }
  | { readonly type: 'redraw' }
  /** Absent: what the open question asks about. */
  | { readonly type: 'perform'; readonly intent?: Intent }
  | { readonly type: 'cancel-running' }
  | { readonly type: 'look-for-garbage' }
  /** Of the recording that is shown. */
  | { readonly type: 'replay'; readonly order: ReplayOrder }
  /** From the live dashboard into its recording, and back; absent: a moment ago. */
  | { readonly type: 'go-back'; readonly at?: ReplayTime }
  | { readonly type: 'return' };

const effects: Readonly<Record<Effect['type'], true>> = {
  quit: true,
  interrupt: true,
  suspend: true,
  redraw: true,
  perform: true,
  'cancel-running': true,
  'look-for-garbage': true,
  replay: true,
  'go-back': true,
  return: true,
};

export function isEffect(step: Step): step is Effect {
  return step.type in effects;
}
