/** Every path of the rescue screen once, where nobody sees it: compiled and in memory before memory is short. */
import { type Derived, derive } from '../../model/derive.ts';
import type { Intent } from '../../model/intents/intent.ts';
import type { ForestRaw } from '../../model/sample.ts';
import { createKeyDecoder, type Key } from '../../parse/keys.ts';
import { emptiedForest, rehearsalForest } from '../../perform/rehearsal-forest.ts';
import { applyProgress, beginAction, markCancelling } from '../../state/running.ts';
import type { State } from '../../state/state.ts';
import { withUi } from '../../state/ui.ts';
import { withEnded } from '../screen-performer.ts';
import { pressKeys } from './rescue-keys.ts';
import { type RescueStyle, rescueRows } from './rescue-screen.ts';
import { applyTick } from './rescue-state.ts';

const typed = [
  '1',
  '\x1b[B',
  'k',
  'n',
  'k',
  'y',
  'K',
  'n',
  'K',
  'y',
  'C',
  'n',
  'C',
  'y',
  '?',
  '?',
  'q',
  '\x1b',
];

/** On a machine with one build that nobody has. What the keys would do outside of the screen is left out. */
export function rehearseScreen(from: State, raw: ForestRaw | null, style: RescueStyle): void {
  let state = withUi(from, { modes: [{ kind: 'normal' }], selected: null });
  const { timeMs, monotonicMs } = from.model;
  let derived: Derived | null = null;
  const tick = (value: ForestRaw, afterMs: number) => {
    const atMs = monotonicMs + afterMs;
    const forest = { atMs, ok: true, value } as const;
    derived = derive({ version: 1, timeMs: timeMs + afterMs, monotonicMs: atMs, forest }, derived);
    state = applyTick(state, derived.model);
    rescueRows(state, style);
  };
  if (raw !== null) tick(rehearsalForest(raw), 0);
  const decoder = createKeyDecoder();
  const press = (keys: readonly Key[]) => {
    const pressed = pressKeys(state, keys);
    state = pressed.state;
    rescueRows(state, style);
    for (const effect of pressed.effects) if (effect.type === 'perform') act(effect.intent);
  };
  function act(intent: Intent): void {
    state = beginAction(state, { id: 1, intent, title: 'rehearsal', sinceMs: state.model.monotonicMs });
    state = markCancelling(applyProgress(state, new Map([[1, { text: 'waits' }]])), 1);
    rescueRows(state, style);
    const time = new Date(state.model.timeMs).toISOString();
    const outcome = { status: 'done', summary: 'rehearsed', details: ['of nobody'], durationMs: 1 } as const;
    const entry = { version: 1, time, user: '', via: 'dashboard', intent, title: '', ...outcome } as const;
    state = withEnded(state, 1, entry, false);
    rescueRows(state, style);
    // Ticks until then, too.
    state = applyTick(state, { ...state.model, monotonicMs: state.model.monotonicMs + 1000 });
    rescueRows(state, style);
  }
  for (const bytes of typed) press(decoder.push(Buffer.from(bytes)));
  press(decoder.flush());
  // Then it has ended.
  if (raw !== null) tick(emptiedForest(raw), 1000);
}
