/** A recording beside a store of its own: what the player shows becomes the state that the dashboard draws. */
import { emptyModel } from '../../model/empty-model.ts';
import { captionAt, eachOnce, marksOf, type ReplayState } from '../../model/past/replay.ts';
import type { Recording } from '../../record/recording.ts';
import { createDashboardStore, type DashboardStore } from '../../state/create.ts';
import { changeReplay, showMoment } from '../../state/replay.ts';
import type { State, TerminalState, UiState } from '../../state/state.ts';
import type { Moment } from './moments.ts';
import { createPlayer, type Player, type PlayerOptions, type PlayerStatus } from './player.ts';
import { spanOf } from './playlist.ts';
import { createSummary } from './summary.ts';

export interface SessionOptions
  extends Pick<PlayerOptions, 'recording' | 'diagnose' | 'clock' | 'onFailure' | 'endText'> {
  readonly terminal: TerminalState;
  readonly readOnly: boolean;
  /** What the user has chosen already. */
  readonly ui?: Partial<UiState>;
  readonly canReturn: boolean;
  /** For people; default: the recording's own. */
  readonly title?: string | undefined;
}

export interface ReplaySession extends Pick<Player, 'begin' | 'order' | 'idle' | 'close'> {
  readonly store: DashboardStore;
  /** What there is to know of the live machine. */
  setLive(text: string | null): void;
}

/** What was open or typed is not taken along. */
const fresh = { modes: [{ kind: 'normal' }], frozen: null, notice: null } as const;

export function createReplaySession(options: SessionOptions): ReplaySession {
  const { recording, clock, terminal, readOnly, ui, canReturn, endText, onFailure, diagnose } = options;
  let events = eachOnce(recording.events);
  const contents = () => contentsOf(recording, events, endText ?? '');
  const initial = contents();
  const store = createDashboardStore({
    model: emptyModel,
    terminal,
    health: { readOnly },
    actor: { uid: 0, privileged: true, signalsAll: true, systemd: null, barred: 'this is a recording' },
    ui: { ...ui, ...fresh },
    replay: {
      title: options.title ?? recording.title,
      ...initial,
      atMs: initial.fromMs,
      playing: false,
      speed: 1,
      ended: false,
      caption: null,
      canReturn,
      live: null,
      damaged: recording.damage.length,
    },
  });

  const change = (to: Partial<ReplayState>) => store.setState((state) => changeReplay(state, to), true);

  const player = createPlayer({
    recording,
    diagnose,
    clock,
    onFailure,
    endText,
    chartsShown: () => store.getState().ui.view === 'history',
    diagnosisShown: () => store.getState().ui.view === 'diagnosis',
    onShown(moment, status) {
      store.setState((state) => shown(state, moment, status), true);
    },
    onStatus(status) {
      store.setState((state) => changeReplay(state, statusOf(state, status, state.replay?.atMs ?? 0)), true);
    },
    onGrown() {
      events = eachOnce(recording.events);
      change(contents());
      summary.refine();
    },
  });

  const stopListening = store.subscribe(({ ui: { view } }, { ui: before }) => {
    if ((view === 'history' || view === 'diagnosis') && before.view !== view) player.showMore();
  });

  const summary = createSummary({ recording, clock, onPoints: (points) => change({ summary: points }) });

  function statusOf(
    { replay }: State,
    { said, ...status }: PlayerStatus,
    atMs: number,
  ): Partial<ReplayState> {
    const caption =
      said === null ? captionAt(events, replay?.marks ?? [], atMs) : ({ kind: 'said', text: said } as const);
    return { ...status, caption, damaged: recording.damage.length };
  }

  function shown(state: State, { derived, history, track }: Moment, status: PlayerStatus): State {
    const { model } = derived;
    if (state.replay === null) return state;
    const atMs = model.timeMs;
    const replay = { ...state.replay, ...statusOf(state, status, atMs), atMs };
    return showMoment(state, { model, history, track, replay, events });
  }

  return {
    store,
    async begin(at) {
      const shown = await player.begin(at);
      summary.refine();
      return shown;
    },
    order: player.order,
    idle: player.idle,
    setLive: (live) => change({ live }),
    close() {
      stopListening();
      summary.close();
      player.close();
    },
  };
}

/** What the state has of a recording whatever is shown of it. */
function contentsOf(
  { chunks }: Recording,
  events: Recording['events'],
  endText: string,
): Pick<ReplayState, 'fromMs' | 'toMs' | 'summary' | 'marks' | 'longestNote'> {
  const summary = chunks.map(({ point }) => point);
  let longestNote = endText.length;
  for (const event of events) {
    if (event.kind === 'note') longestNote = Math.max(longestNote, [...event.text].length);
  }
  return { ...spanOf(chunks), summary, marks: marksOf(events), longestNote };
}
