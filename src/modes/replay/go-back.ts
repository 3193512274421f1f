/** `b`: from the live dashboard into what it has recorded, and back; sampling and recording go on. */
import { type AppContext, idleContext } from '../../../hooks/app-context.ts';
import { problemText } from '../../base/problem.ts';
import type { DiagnoseOptions } from '../../diagnose/diagnose.ts';
import type { ReplayTime } from '../../model/past/replay.ts';
import type { Clock, RecordingFiles } from '../../platform/ports.ts';
import { openRecording } from '../../record/open-recording.ts';
import { resizeTerminal } from '../../state/apply-model.ts';
import { applyStep } from '../../state/apply-step.ts';
import { liveText, somethingLeft } from '../../state/replay.ts';
import type { State, UiState } from '../../state/state.ts';
import type { ShownContext } from '../dashboard/shown-context.tsx';
import { withNotice } from '../screen-performer.ts';
import { createReplaySession, type ReplaySession } from './session.ts';

export interface GoBackOptions {
  readonly clock: Clock;
  readonly files: RecordingFiles;
  readonly directory: string;
  /** Default: the usual thresholds. */
  readonly diagnose?: DiagnoseOptions | undefined;
  readonly shown: ShownContext;
  /** Of the live dashboard. */
  readonly live: AppContext;
}

export interface TimeTravel {
  /** Absent: a moment ago. */
  goBack(at?: ReplayTime): Promise<void>;
  /** Nothing is shown, and no timer waits, after this. */
  end(): void;
}

/** What made somebody press the key has happened by then. */
const momentMs = 5000;
/** Reading that takes longer is said. */
const sayAfterMs = 300;

export function createTimeTravel(options: GoBackOptions): TimeTravel {
  const { clock, shown, live } = options;
  let session: ReplaySession | null = null;
  let opening = false;
  let stopListening = () => {};

  const notify = (notice: UiState['notice']) =>
    live.store.setState((state) => withNotice(state, notice), true);
  const say = (text: string) => notify({ text, level: 'warning' });

  const sayUnreadable = (error: unknown) =>
    say(`the recording cannot be read: ${error instanceof Error ? error.message : String(error)}`);

  function leave(): void {
    const left = session;
    session = null;
    stopListening();
    shown.show(live);
    left?.close();
  }

  async function open(at: ReplayTime): Promise<void> {
    const opened = await openRecording(options.files, options.directory);
    if (!opened.ok) {
      // The first second, or somebody removed it: the recorder begins anew.
      if (opened.problem.kind === 'gone') return say('no recording to go back in yet: again in a moment');
      return say(`no recording to go back in: ${problemText(opened.problem)}`);
    }
    const { ui, terminal, health } = live.store.getState();
    const made = createReplaySession({
      recording: opened.value,
      diagnose: options.diagnose,
      clock,
      terminal,
      readOnly: health.readOnly,
      ui,
      canReturn: true,
      onFailure(error) {
        leave();
        sayUnreadable(error);
      },
    });
    if (!(await made.begin(at))) {
      made.close();
      return say('nothing in the recording can be read');
    }
    // A question that hides behind the past would be answered by whoever comes back from there.
    if (isBusy(live.store.getState())) {
      made.close();
      return say('something else is open by now: b goes back in time once it is closed');
    }
    const { columns, rows } = live.store.getState().terminal;
    made.store.setState((state) => resizeTerminal(state, columns, rows), true);
    session = made;
    made.setLive(liveText(live.store.getState()));
    stopListening = live.store.subscribe((state) => made.setLive(liveText(state)));
    const { poll, suspend, redraw, charts } = live;
    const context = idleContext(made.store, {
      poll,
      suspend,
      redraw,
      ...(charts && { charts }),
      replay: { order: made.order, leave },
      quit(changed) {
        // The live dashboard asks where something would be left behind.
        if (!somethingLeft(live.store.getState())) return live.quit(changed);
        leave();
        live.store.setState((state) => applyStep(state, { type: 'ask-quit', openedBy: 'q' }), true);
      },
    });
    shown.show(context);
  }

  return {
    async goBack(at = clock.now() - momentMs) {
      if (opening || session !== null) return;
      opening = true;
      let said = false;
      const cancelWord = clock.after(sayAfterMs, () => {
        said = true;
        notify({ text: 'reading what was recorded', level: 'info' });
      });
      try {
        await open(at);
      } catch (error) {
        sayUnreadable(error);
      } finally {
        opening = false;
        cancelWord();
        if (said && session !== null) notify(null);
      }
    },
    end() {
      stopListening();
      session?.close();
    },
  };
}

/** Keys go into something that is open: the lists would not have them. */
function isBusy({ ui: { modes } }: State): boolean {
  const mode = modes.at(-1)?.kind;
  return mode !== 'normal' && mode !== 'details';
}
