/** The one reader of keys, at the root: bytes to keys, keys to steps, steps to the store or out of it. */
import { useStdin } from 'ink';
import { useEffect } from 'react';
import { dispatch } from '../src/commands/dispatch.ts';
import { type Effect, isEffect } from '../src/commands/step.ts';
import { createKeyDecoder, escapeTimeoutMs, type Key } from '../src/parse/keys.ts';
import { applyStep } from '../src/store/apply-step.ts';
import { situationOf } from '../src/store/situation.ts';
import { type AppContext, useApp } from './app-context.ts';

export function useKeys(): void {
  const context = useApp();
  const { stdin } = useStdin();
  useEffect(() => {
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
  }, [context, stdin]);
}

/** Keys that came in one read make one setState; each sees the state that the one before it left. */
export function press(context: AppContext, keys: readonly Key[]): void {
  let state = context.store.getState();
  const effects: Effect[] = [];
  for (const key of keys) {
    const step = dispatch(key, situationOf(state));
    if (step === null) continue;
    state = applyStep(state, step);
    if (isEffect(step)) effects.push(step);
  }
  context.store.setState(state, true);
  for (const effect of effects) context[effect.type]();
}
