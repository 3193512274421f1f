/** The dashboard on a moment of a recording, without a terminal: for pictures and for golden frames. */
import { fileURLToPath } from 'node:url';
import { renderToString } from 'ink';
import { Screen } from '../../components/app/app.tsx';
import { AppContextProvider, idleContext } from '../../hooks/app-context.ts';
import { press } from '../../hooks/use-keys.ts';
import { rootActor } from '../../src/model/intents/actor.ts';
import { type RecordedEvent, recorderOff } from '../../src/model/past/recorded.ts';
import { createReplaySession, type ReplaySession } from '../../src/modes/replay/session.ts';
import { createKeyDecoder } from '../../src/parse/keys.ts';
import { createChartLoader } from '../../src/platform/charts/loader.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import type { Recording } from '../../src/record/recording.ts';
import { applyStep } from '../../src/state/apply-step.ts';
import { settle } from '../../src/state/settle.ts';
import type { TerminalState } from '../../src/state/state.ts';
import { until } from '../lab/wait.ts';
import { sequenceOf } from './pty.ts';

// Clock times are on the screen: everywhere the same ones.
process.env.TZ = 'UTC';

export const demoFile = fileURLToPath(new URL('../../src/modes/demo/incident.nixpulse', import.meta.url));

export interface RecordedScreen {
  /** Text, or named keys as a pty takes them (`<enter>`), one after the other. */
  press(...keys: readonly string[]): Promise<void>;
  /** What would be written to the terminal. */
  frame(): string;
  close(): void;
}

export interface RecordedMoment {
  readonly file: string;
  /** After what: a caption that begins so, or the start. */
  readonly after: string | null;
  readonly plusSec: number;
  readonly terminal: TerminalState;
  /** What the live dashboard showed in that moment: without the time line, and with its actions. */
  readonly live: boolean;
}

export async function openScreen(moment: RecordedMoment): Promise<RecordedScreen> {
  const { file, terminal, live } = moment;
  const opened = await openRecording(createRecordingFiles(), file);
  if (!opened.ok) throw new Error(`${file}: ${JSON.stringify(opened.problem)}`);
  const recording = opened.value;
  const failed: unknown[] = [];
  const session = createReplaySession({
    recording,
    clock,
    terminal,
    readOnly: false,
    canReturn: false,
    title: 'demo',
    onFailure: (error) => failed.push(error),
  });
  const { store } = session;
  const coarse = store.getState().replay?.summary;
  await session.begin(timeOf(recording, moment));
  await until('a fine time line', () => store.getState().replay?.summary !== coarse, { everyMs: 5 });
  if (live) {
    await lookFar(session);
    showLive(session);
  }
  const charts = createChartLoader();
  await charts.load();
  const replay = live ? null : { order: session.order, leave: () => {} };
  const context = idleContext(store, { replay, charts });
  return {
    async press(...keys) {
      const decoder = createKeyDecoder();
      for (const key of keys) press(context, decoder.push(sequenceOf(key)));
      await session.idle();
      if (failed.length > 0) throw failed[0];
    },
    frame: () =>
      renderToString(
        <AppContextProvider value={context}>
          <Screen />
        </AppContextProvider>,
        { columns: terminal.columns },
      ),
    close: () => session.close(),
  };
}

function timeOf({ events, chunks }: Recording, { after, plusSec }: RecordedMoment): number {
  const note = (event: RecordedEvent) => event.kind === 'note' && event.text.startsWith(after ?? '');
  const startMs = after === null ? chunks[0]?.point.fromMs : events.find(note)?.timeMs;
  if (startMs === undefined) throw new Error(`no caption begins with ${after}`);
  return startMs + plusSec * 1000;
}

/** As somebody who looks at the charts: the live dashboard had seen every sample. */
async function lookFar({ store, idle }: ReplaySession): Promise<void> {
  for (const view of ['history', 'overview'] as const) {
    store.setState((state) => applyStep(state, { type: 'view', view }), true);
    await idle();
  }
}

/**
 * The Models are those that were live when they were recorded; what a replay adds and takes away (the time
 * line, the bar on actions) is undone.
 */
function showLive({ store }: ReplaySession): void {
  const recorder = { ...recorderOff, state: 'recording' } as const;
  store.setState((state) => {
    const { health } = state;
    return settle({ ...state, replay: null, actor: rootActor, health: { ...health, recorder } }, state);
  }, true);
}
