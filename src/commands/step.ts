/** What a key asks for, as data: the store turns most steps into its next state, the root carries out the rest. */

/** Views that work now. */
export type CommandView = 'overview' | 'builds' | 'disks';

export type Step =
  | { readonly type: 'move'; readonly by: number }
  | { readonly type: 'page'; readonly by: 1 | -1 }
  | { readonly type: 'edge'; readonly to: 'first' | 'last' }
  | { readonly type: 'fold' }
  | { readonly type: 'unfold' }
  | { readonly type: 'details' }
  | { readonly type: 'open'; readonly mode: 'search' | 'filter' | 'sort' | 'help' | 'help-filter' }
  /** Enter in a mode: keep what was typed or chosen. */
  | { readonly type: 'accept' }
  /** Esc: leave the mode and undo what it changed. */
  | { readonly type: 'leave' }
  | { readonly type: 'type'; readonly text: string }
  | { readonly type: 'erase'; readonly what: 'character' | 'word' | 'all' }
  | { readonly type: 'match'; readonly by: 1 | -1 }
  | { readonly type: 'sort'; readonly by: 1 | -1 }
  | { readonly type: 'invert' }
  | { readonly type: 'tag' }
  | { readonly type: 'untag' }
  | { readonly type: 'freeze' }
  | { readonly type: 'view'; readonly view: CommandView }
  | { readonly type: 'turn-view'; readonly by: 1 | -1 }
  | { readonly type: 'notify'; readonly text: string }
  | Effect;

/** Steps that reach outside of the store. */
export type Effect = { readonly type: 'quit' } | { readonly type: 'suspend' } | { readonly type: 'redraw' };

export function isEffect(step: Step): step is Effect {
  return step.type === 'quit' || step.type === 'suspend' || step.type === 'redraw';
}
