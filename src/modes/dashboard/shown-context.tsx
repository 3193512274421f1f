/** Which dashboard is shown, the live one or a recording: the components see one context at a time. */
import { type ReactElement, type ReactNode, useSyncExternalStore } from 'react';
import { type AppContext, AppContextProvider } from '../../../hooks/app-context.ts';

export interface ShownContext {
  readonly current: AppContext;
  show(context: AppContext): void;
  subscribe(call: () => void): () => void;
}

export function createShownContext(first: AppContext): ShownContext {
  const calls = new Set<() => void>();
  let current = first;
  return {
    get current() {
      return current;
    },
    show(context) {
      current = context;
      for (const call of calls) call();
    },
    subscribe(call) {
      calls.add(call);
      return () => calls.delete(call);
    },
  };
}

export function InShownContext({
  shown,
  children,
}: {
  readonly shown: ShownContext;
  readonly children: ReactNode;
}): ReactElement {
  const value = useSyncExternalStore(shown.subscribe, () => shown.current);
  return <AppContextProvider value={value}>{children}</AppContextProvider>;
}
