/** A recording beside a store of its own: what the player shows becomes the state that the dashboard draws. */
import { emptyModel } from '../../model/empty-model.ts';
import {
  captionAt,
  eachOnce,
  marksOf,
  type ReplayOrder,
  type ReplayState,
  type ReplayTime,
} from '../../model/past/replay.ts';
import type { TrackPoint } from '../../model/past/track.ts';
import type { Clock } from '../../platform/ports.ts';
import type { Recording } from '../../record/recording.ts';
import { createDashboardStore, type DashboardStore } from '../../state/create.ts';
import { changeReplay, showMoment } from '../../state/replay.ts';
import type { State, TerminalState, UiState } from '../../state/state.ts';
import type { Link } from './chain.ts';
import { createPlayer, type PlayerStatus } from './player.ts';
import { createStrip } from './strip.ts';

export interface SessionOptions {
  readonly recording: Recording;
  readonly clock: Clock;
  readonly terminal: TerminalState;
  readonly readOnly: boolean;
  /** What the user has chosen already. */
  readonly ui?: UiState;
  readonly canReturn: boolean;
  /** For people; default: the recording's own. */
  readonly title?: string;
  readonly endText?: string;
  readonly onFailure: (error: unknown) => void;
}

export interface ReplaySession {
  readonly store: DashboardStore;
  /** Shows where it is to begin; false where nothing could be read. */
  begin(at: ReplayTime | 'start' | 'end'): Promise<boolean>;
  order(order: ReplayOrder): void;
  /** What there is to know of the live machine. */
  tellLive(text: string | null): void;
  /** Resolves when everything ordered so far is shown. */
  idle(): Promise<void>;
  close(): void;
}

/** What was open or typed is not taken along. */
const fresh = { modes: [{ kind: 'normal' }], frozen: null, notice: null } as const;

export function createReplaySession(options: SessionOptions): ReplaySession {
  const { recording, clock, terminal, readOnly, ui, canReturn } = options;
  const read = () => contentsOf(recording, options.endText ?? '');
  let contents = read();
  const store = createDashboardStore({
    model: emptyModel,
    terminal,
    health: { readOnly },
    actor: { uid: 0, privileged: true, systemd: null, barred: 'this is a recording' },
    ui: { ...ui, ...fresh },
    replay: {
      title: options.title ?? recording.title,
      ...contents.facts,
      atMs: contents.facts.fromMs,
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
    clock,
    onFailure: options.onFailure,
    chartsShown: () => store.getState().ui.view === 'history',
    ...(options.endText !== undefined && { endText: options.endText }),
    onShown(link, status) {
      store.setState((state) => moment(state, link, status), true);
    },
    onStatus: (status) => change(statusOf(status, store.getState().replay?.atMs ?? 0)),
    onGrown() {
      contents = read();
      change(contents.facts);
      strip.refine();
    },
  });

  const stopListening = store.subscribe(({ ui: { view } }, { ui: before }) => {
    if (view === 'history' && before.view !== view) player.lookFurther();
  });

  const strip = createStrip({
    recording,
    clock,
    onPoints(points) {
      contents = { ...contents, facts: { ...contents.facts, strip: points } };
      change({ strip: points });
    },
  });

  function statusOf({ said, ...status }: PlayerStatus, atMs: number): Partial<ReplayState> {
    const { events, facts } = contents;
    const caption =
      said === null ? captionAt(events, facts.marks, atMs) : ({ kind: 'said', text: said } as const);
    return { ...status, caption, damaged: recording.damage.length };
  }

  function moment(state: State, { derived, history, track }: Link, status: PlayerStatus): State {
    const { model } = derived;
    if (state.replay === null) return state;
    const atMs = model.timeMs;
    const replay = { ...state.replay, ...statusOf(status, atMs), atMs };
    return showMoment(state, { model, history, track, replay, events: contents.events });
  }

  return {
    store,
    async begin(at) {
      const shown = await player.begin(at);
      strip.refine();
      return shown;
    },
    order: player.order,
    idle: player.idle,
    tellLive: (live) => change({ live }),
    close() {
      stopListening();
      strip.close();
      player.close();
    },
  };
}

interface Contents {
  readonly events: Recording['events'];
  readonly facts: Pick<ReplayState, 'fromMs' | 'toMs' | 'strip' | 'marks' | 'longestNote'>;
}

function contentsOf({ chunks, events: recorded }: Recording, endText: string): Contents {
  const events = eachOnce(recorded);
  const strip: readonly TrackPoint[] = chunks.map(({ point }) => point);
  let longestNote = endText.length;
  for (const event of events) {
    if (event.kind === 'note') longestNote = Math.max(longestNote, [...event.text].length);
  }
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const point of strip) {
    fromMs = Math.min(fromMs, point.fromMs);
    toMs = Math.max(toMs, point.toMs);
  }
  return { events, facts: { fromMs, toMs, strip, marks: marksOf(events), longestNote } };
}
