/** The one context through which components reach effects. */
import { createContext, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import type { Intent } from '../src/model/intents/intent.ts';
import type { ChartLoader } from '../src/model/past/chart-widgets.ts';
import type { ReplayOrder, ReplayTime } from '../src/model/past/replay.ts';
import type { SourceId } from '../src/model/source-table.ts';
import type { State } from '../src/state/state.ts';

export interface AppContext {
  readonly store: StoreApi<State>;
  /** Asks the sampling loop for a source every `everyMs` until the returned function is called. */
  poll(source: SourceId, everyMs: number): () => void;
  /**
   * Ends the dashboard; the terminal is restored by whoever started it. What we changed of builds is
   * undone, unless it is to be left.
   */
  quit(changed?: 'undo' | 'leave'): void;
  /** Ctrl-C for the command that is watched. */
  interrupt(): void;
  /** Carries an Intent out; the state says what becomes of it. */
  perform(intent: Intent): void;
  /** Cancels the newest action that runs. */
  cancelRunning(): void;
  /** Estimates what a garbage collection would free, in the background. */
  lookForGarbage(): void;
  /** Of the recording that is shown; null: live. */
  readonly replay: ReplayControl | null;
  /** Shows what was recorded up to now, paused at a time or a moment ago; everything goes on. */
  goBack(at?: ReplayTime): void;
  /** Fills the charts with what was recorded before the start; the first time only. */
  lookBack?(): Promise<void>;
  /** What draws charts; absent: they are drawn plainly. */
  readonly charts?: ChartLoader;
  /** Ctrl-Z: gives the terminal back to the shell until SIGCONT. */
  suspend(): void;
  /** Ctrl-L: draws every cell anew, whatever is on the terminal. */
  redraw(): void;
}

export interface ReplayControl {
  order(order: ReplayOrder): void;
  /** Back to the live dashboard, where there is one. */
  leave(): void;
}

/** Calls that do nothing, but for those that are given: a recording, a rehearsal, a test has no machine. */
export function idleContext(store: AppContext['store'], over: Partial<AppContext> = {}): AppContext {
  const nothing = () => {};
  return {
    store,
    poll: () => nothing,
    quit: nothing,
    interrupt: nothing,
    perform: nothing,
    cancelRunning: nothing,
    lookForGarbage: nothing,
    replay: null,
    goBack: nothing,
    suspend: nothing,
    redraw: nothing,
    ...over,
  };
}

export const AppContextProvider = createContext<AppContext | null>(null);

export function useApp(): AppContext {
  const context = useContext(AppContextProvider);
  if (context === null) throw new Error('useApp outside of the dashboard');
  return context;
}
