/**
 * The emergency before it comes: every screen of watching and killing is drawn once where nobody sees it, so
 * that its code is compiled and in memory before memory is short. In small pieces: keys go first.
 */
import { renderToString } from 'ink';
import { Screen } from '../../../components/app/app.tsx';
import { AppContextProvider, idleContext } from '../../../hooks/app-context.ts';
import { dispatch } from '../../commands/dispatch.ts';
import { isEffect } from '../../commands/step.ts';
import type { Intent } from '../../model/intents/intent.ts';
import { rehearsalBuild } from '../../perform/rehearsal-forest.ts';
import type { Clock } from '../../platform/ports.ts';
import { applyStep } from '../../state/apply-step.ts';
import { createDashboardStore } from '../../state/create.ts';
import { situationOf } from '../../state/situation.ts';
import type { State } from '../../state/state.ts';
import { createRowKeys, keyColumns, RowKeysContext } from '../../terminal/row-keys.ts';

export interface RehearsalOptions {
  /** The live state: what is drawn is what there is. */
  readonly read: () => State;
  readonly clock: Clock;
  /** False once the dashboard is left. */
  readonly isOpen: () => boolean;
}

export interface Rehearsal {
  readonly screens: number;
  /** Of the longest piece, that is how long a key may have waited. */
  readonly longestMs: number;
  readonly totalMs: number;
}

const intents: readonly Intent[] = [
  { type: 'kill', targets: [rehearsalBuild], reason: null },
  { type: 'cancel', clients: [], orphans: [rehearsalBuild], everything: true },
];

/** Pressed one after the other; effects are left out, so that none of them does anything. */
const keys = [
  ...['1', 'down', '+', 'down', '-', 'f6', 'right', 'escape', '2', 'end', 'home', '/', 'a', 'escape'],
  ...[
    'enter',
    'down',
    'escape',
    '3',
    'down',
    '5',
    '6',
    'v',
    'f',
    'escape',
    '7',
    '?',
    'pagedown',
    'escape',
    '1',
    'space',
  ],
  ...['k', 'n', 'K', 'n', 'C', 'n', 'c', 'escape', 'u', 'z', 'z', 'q', 'escape'],
];

/** Between two pieces: room for keys and ticks. */
const pauseMs = 20;

export async function rehearseScreens({ read, clock, isOpen }: RehearsalOptions): Promise<Rehearsal> {
  let screens = 0;
  let longestMs = 0;
  let totalMs = 0;
  let state = read();
  /** At most one at a time, each from the state that the one before it left. */
  async function piece(step: () => State): Promise<void> {
    await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    if (!isOpen()) return;
    const beginMs = clock.monotonic();
    state = step();
    draw(state);
    const tookMs = clock.monotonic() - beginMs;
    screens += 1;
    totalMs += tookMs;
    longestMs = Math.max(longestMs, tookMs);
  }
  for (const name of keys) await piece(() => pressed(state, name));
  // Questions, whether or not there is anything to ask about.
  for (const intent of intents) {
    await piece(() => applyStep(read(), { type: 'ask', intent, word: null, openedBy: 'k' }));
    await piece(() => pressed(state, 'y'));
  }
  return { screens, longestMs, totalMs };
}

function pressed(state: State, name: string): State {
  const step = dispatch({ name }, situationOf(state));
  return step === null || isEffect(step) ? state : applyStep(state, step);
}

function draw(state: State): void {
  const store = createDashboardStore(state);
  store.setState(state, true);
  renderToString(
    <RowKeysContext value={createRowKeys()}>
      <AppContextProvider value={idleContext(store)}>
        <Screen />
      </AppContextProvider>
    </RowKeysContext>,
    { columns: keyColumns },
  );
}
