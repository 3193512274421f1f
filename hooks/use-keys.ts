/** The one reader of keys, at the root: bytes to keys, keys to steps, steps to the next state or to an effect. */
import { useStdin } from 'ink';
import { useLayoutEffect } from 'react';
import { dispatch } from '../src/commands/dispatch.ts';
import { type Effect, isEffect } from '../src/commands/step.ts';
import { createKeyDecoder, escapeTimeoutMs, type Key } from '../src/parse/keys.ts';
import { applyStep } from '../src/state/apply-step.ts';
import { intentOfQuestion } from '../src/state/questions.ts';
import { situationOf } from '../src/state/situation.ts';
import type { State } from '../src/state/state.ts';
import { type AppContext, useApp } from './app-context.ts';

export function useKeys(): void {
  useKeyReader(useApp(), press);
}

/** `press`: the same function each time. */
export function useKeyReader<Context>(
  context: Context,
  press: (context: Context, keys: readonly Key[]) => void,
): void {
  const { stdin } = useStdin();
  // With the frame, not after it: a key belongs to the store that is on the screen.
  useLayoutEffect(() => {
    const decoder = createKeyDecoder();
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const read = (chunk: string | Uint8Array) => {
      clearTimeout(waiting);
      press(context, decoder.push(chunk));
      if (decoder.undecided) waiting = setTimeout(() => press(context, decoder.flush()), escapeTimeoutMs);
    };
    stdin.on('data', read);
    return () => {
      clearTimeout(waiting);
      stdin.off('data', read);
    };
  }, [context, press, stdin]);
}

/**
 * Keys that came in one read make one setState; each sees the state that the one before it left. A question
 * is answered only by a key that came alone.
 */
export function press(context: AppContext, keys: readonly Key[]): void {
  let state = context.store.getState();
  const calls: (() => void)[] = [];
  for (const key of keys) {
    const step = dispatch(key, situationOf(state, undefined, keys.length === 1));
    if (step === null) continue;
    // Before the step closes the question that it answers.
    const call = isEffect(step) ? callOf(context, step, state) : null;
    state = applyStep(state, step);
    if (call !== null) calls.push(call);
  }
  context.store.setState(state, true);
  for (const call of calls) call();
}

function callOf(context: AppContext, effect: Effect, state: State): (() => void) | null {
  switch (effect.type) {
    case 'quit':
      return () => context.quit(effect.changed);
    case 'interrupt':
      return context.interrupt;
    case 'suspend':
      return context.suspend;
    case 'redraw':
      return context.redraw;
    case 'perform': {
      const intent = effect.intent ?? intentOfQuestion(state);
      return intent === null ? null : () => context.perform(intent);
    }
    case 'cancel-running':
      return context.cancelRunning;
    case 'look-for-garbage':
      return context.lookForGarbage;
    case 'replay':
      return () => context.replay?.order(effect.order);
    case 'go-back':
      return () => context.goBack(effect.at);
    case 'return':
      return () => context.replay?.leave();
  }
}
