/** Draws the whole screen of a state through ink, at any size, without a terminal. */
import { renderToString } from 'ink';
import { createStore } from 'zustand/vanilla';
import { Screen } from '../../components/app/app.tsx';
import { type AppContext, AppContextProvider, idleContext } from '../../hooks/app-context.ts';
import type { ChartLoader } from '../../src/model/past/chart-widgets.ts';
import { initialState } from '../../src/state/create.ts';
import { settle } from '../../src/state/settle.ts';
import type { Health, State, UiState } from '../../src/state/state.ts';
import type { FixtureCase } from '../support/model-fixture.ts';

export interface ScreenOptions {
  readonly columns: number;
  readonly rows: number;
  readonly unicode?: boolean;
  readonly color?: boolean;
  /** The kernel's text console. */
  readonly console?: boolean;
  readonly ui?: Partial<UiState>;
  readonly health?: Partial<Health>;
  /** What draws charts; absent: they are drawn plainly. */
  readonly charts?: ChartLoader;
  /** Other slices, as they are. */
  readonly slices?: Partial<
    Pick<
      State,
      | 'actions'
      | 'command'
      | 'lowered'
      | 'paused'
      | 'journal'
      | 'generations'
      | 'storeCheck'
      | 'track'
      | 'replay'
    >
  >;
}

export function stateOf(fixture: Pick<FixtureCase, 'model' | 'history'>, options: ScreenOptions): State {
  const {
    columns,
    rows,
    unicode = true,
    color = false,
    console = false,
    ui = {},
    health = {},
    slices = {},
  } = options;
  const start = initialState({
    model: fixture.model,
    terminal: { columns, rows, unicode, color, console },
    ui,
    health,
  });
  return settle({ ...start, ...slices, history: fixture.history, ui: { ...start.ui } }, start);
}

export function contextOf(state: State): AppContext {
  return idleContext(createStore<State>(() => state));
}

export function renderScreen(
  fixture: Pick<FixtureCase, 'model' | 'history'>,
  options: ScreenOptions,
): string {
  const { charts } = options;
  const context = { ...contextOf(stateOf(fixture, options)), ...(charts && { charts }) };
  return renderToString(
    <AppContextProvider value={context}>
      <Screen />
    </AppContextProvider>,
    { columns: options.columns },
  );
}

/** A state as it is. */
export function renderState(state: State): string {
  return renderToString(
    <AppContextProvider value={contextOf(state)}>
      <Screen />
    </AppContextProvider>,
    { columns: state.terminal.columns },
  );
}

/** A frame with escapes as a visible sign: for golden files and for patterns. */
export function visible(frame: string): string {
  return frame.replaceAll('\u001b', '␛');
}
