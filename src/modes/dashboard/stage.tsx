/** Which dashboard is on the stage: the live one or a recording; the components see one context at a time. */
import { type ReactElement, type ReactNode, useSyncExternalStore } from 'react';
import { type AppContext, AppContextProvider } from '../../../hooks/app-context.ts';

export interface Stage {
  readonly shown: AppContext;
  show(context: AppContext): void;
  subscribe(call: () => void): () => void;
}

export function createStage(first: AppContext): Stage {
  const calls = new Set<() => void>();
  let shown = first;
  return {
    get shown() {
      return shown;
    },
    show(context) {
      shown = context;
      for (const call of calls) call();
    },
    subscribe(call) {
      calls.add(call);
      return () => calls.delete(call);
    },
  };
}

export function OnStage({
  stage,
  children,
}: {
  readonly stage: Stage;
  readonly children: ReactNode;
}): ReactElement {
  const shown = useSyncExternalStore(stage.subscribe, () => stage.shown);
  return <AppContextProvider value={shown}>{children}</AppContextProvider>;
}
