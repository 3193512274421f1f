/** Plays a recording: takes orders one after the other, and goes on by itself while it plays. */
import { lengthText } from '../../base/duration.ts';
import type { DiagnoseOptions } from '../../diagnose/diagnose.ts';
import { type ReplayOrder, type ReplayState, type ReplayTime, turnSpeed } from '../../model/past/replay.ts';
import type { Clock } from '../../platform/ports.ts';
import type { Recording } from '../../record/recording.ts';
import { createCursor } from './cursor.ts';
import type { Moment } from './moments.ts';
import type { Position } from './recorded-samples.ts';

export interface PlayerStatus extends Pick<ReplayState, 'playing' | 'speed' | 'ended'> {
  /** What a key came to, or what was passed over; null: nothing to say. */
  readonly said: string | null;
}

export interface PlayerOptions {
  readonly recording: Recording;
  /** Default: the usual thresholds. */
  readonly diagnose?: DiagnoseOptions | undefined;
  readonly clock: Clock;
  /** What is to be shown now; called once for each order and at most once for each frame while playing. */
  readonly onShown: (moment: Moment, status: PlayerStatus) => void;
  /** The same is shown, and plays differently. */
  readonly onStatus: (status: PlayerStatus) => void;
  /** The recording was looked at again and has grown. */
  readonly onGrown: () => void;
  readonly onFailure: (error: unknown) => void;
  /** They want every sample of the last minutes. */
  readonly chartsShown?: () => boolean;
  /** It wants all that rules remember. */
  readonly diagnosisShown?: () => boolean;
  /** Said at the end; default: that it is the end. */
  readonly endText?: string | undefined;
}

export interface Player {
  /** Shows where it is to begin; resolves with false where nothing in the recording could be read. */
  begin(at: ReplayTime | 'start' | 'end'): Promise<boolean>;
  order(order: ReplayOrder): void;
  /** The charts or the diagnosis are shown now. */
  showMore(): void;
  /** Resolves when everything ordered so far is shown. */
  idle(): Promise<void>;
  close(): void;
}

/** No screen shows more. */
const frameMs = 33;
/** So many samples at most between two looks at keys; past it playing falls behind its speed. */
const mostPerFrame = 64;
/** Later than this, lost time is given up. */
const mostBehindMs = 500;
const saidForMs = 4000;
/** As long as somebody needs to press a key twice. */
const justNowMs = 1000;

export function createPlayer(options: PlayerOptions): Player {
  const { recording, diagnose, clock, endText = 'end of the recording' } = options;
  const rest = () => new Promise<void>((resolve) => clock.after(0, resolve));
  const cursor = createCursor({ recording, diagnose, rest, onMoved: show, onGrown: options.onGrown });
  let status: PlayerStatus = { playing: false, speed: 1, ended: false, said: null };
  let saidAtMs = 0;
  /** Monotonic ms at which what is shown was due. */
  let dueMs = 0;
  let cancelTimer = () => {};
  let orders: Promise<void> = Promise.resolve();
  /** What only makes the picture better ends for the next order. */
  let further = new AbortController();
  let closed = false;

  function enqueue(run: () => Promise<void>): void {
    orders = orders.then(async () => {
      if (closed) return;
      try {
        await run();
      } catch (error) {
        if (!closed) options.onFailure(error);
      }
    });
  }

  function change(to: Partial<PlayerStatus>): void {
    if (to.said != null) saidAtMs = clock.monotonic();
    status = { ...status, ...to };
  }

  function tell(to: Partial<PlayerStatus>): void {
    change(to);
    options.onStatus(status);
  }

  function show(): void {
    const { moment } = cursor;
    if (closed || moment === null) return;
    if (status.said !== null && clock.monotonic() - saidAtMs > saidForMs) change({ said: null });
    options.onShown(moment, status);
  }

  async function goTo(position: Position | null): Promise<void> {
    if (position === null) return;
    if (await cursor.goTo(position, wantsMore())) lookFurther(position);
  }

  function wantsMore(): boolean {
    return options.chartsShown?.() === true || options.diagnosisShown?.() === true;
  }

  function lookFurther(position: Position): void {
    const { signal } = further;
    enqueue(() => cursor.lookFurther(position, signal, options.diagnosisShown?.() === true));
  }

  async function step(by: 1 | -1): Promise<void> {
    cancelTimer();
    change({ playing: false, said: null, ended: false });
    const position = by > 0 ? await cursor.next() : await cursor.before();
    if (position === null)
      return tell(by > 0 ? { ended: true, said: endText } : { said: 'start of the recording' });
    if (by < 0) return goTo(position);
    await cursor.advance(position);
    show();
  }

  async function event(by: 1 | -1): Promise<void> {
    change({ said: null });
    // While it plays on, one that has just gone by is not gone to again, but the one before it.
    const slackMs = by < 0 && status.playing ? justNowMs * status.speed : 0;
    const found = await cursor.event(by, slackMs);
    if (found === null) return tell({ said: by > 0 ? 'no event after this' : 'no event before this' });
    await jump(found.position, found.text);
  }

  async function jump(position: Position | null, said: string | null = null): Promise<void> {
    change({ said, ended: false });
    await goTo(position);
    restart();
  }

  async function togglePlay(): Promise<void> {
    if (status.playing) {
      cancelTimer();
      return tell({ playing: false });
    }
    // However one came there: nothing is left to play.
    const atEnd = cursor.moment !== null && (await cursor.next()) === null;
    tell({ playing: true, said: null, ended: false });
    if (atEnd) await goTo(await cursor.find('start'));
    restart();
  }

  /** Playing goes on from what is shown now. */
  function restart(): void {
    if (!status.playing) return;
    enqueue(() => {
      dueMs = clock.monotonic();
      return play();
    });
  }

  /** Shows what has become due, and waits for the next. */
  async function play(): Promise<void> {
    cancelTimer();
    for (let count = 0; status.playing && !closed; count += 1) {
      const next = await cursor.next();
      const { moment } = cursor;
      if (next === null || moment === null) {
        change({ playing: false, ended: true, said: endText });
        return show();
      }
      const { ms, gapMs } = timeBetween(moment.position, next);
      const nowMs = clock.monotonic();
      const takesMs = ms / status.speed;
      if (dueMs + takesMs > nowMs || count >= mostPerFrame) {
        if (count > 0) show();
        if (nowMs - dueMs - takesMs > mostBehindMs) dueMs = nowMs - takesMs;
        const waitMs = Math.max(dueMs + takesMs - nowMs, count > 0 ? frameMs : 0);
        cancelTimer = clock.after(waitMs, () => enqueue(play));
        return;
      }
      dueMs += takesMs;
      if (gapMs > 0) change({ said: `${lengthText(gapMs)} without samples passed over` });
      await cursor.advance(next);
    }
  }

  function carryOut(order: ReplayOrder): Promise<void> {
    switch (order.kind) {
      case 'play':
        return togglePlay();
      case 'speed':
        tell({ speed: turnSpeed(status.speed, order.by) });
        restart();
        return Promise.resolve();
      case 'sample':
        return step(order.by);
      case 'event':
        return event(order.by);
      case 'time':
        return cursor.find(order.at).then((position) => jump(position));
    }
  }

  return {
    begin(at) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      enqueue(async () => {
        const position = await cursor.find(at);
        await goTo(position);
        resolve(position !== null);
      });
      void orders.then(() => resolve(false));
      return promise;
    },
    order(order) {
      further.abort();
      further = new AbortController();
      enqueue(async () => {
        await carryOut(order);
        // This order may have ended what began with the one before.
        const { moment } = cursor;
        if (moment !== null && !status.playing && options.diagnosisShown?.() === true && !cursor.remembers)
          lookFurther(moment.position);
      });
    },
    showMore() {
      enqueue(async () => {
        if (cursor.moment !== null) lookFurther(cursor.moment.position);
      });
    },
    async idle() {
      for (let seen: Promise<void> | null = null; seen !== orders; ) {
        seen = orders;
        await seen;
      }
    },
    close() {
      closed = true;
      further.abort();
      cancelTimer();
    },
  };
}

/** What lies further apart is passed over. */
const longestGapMs = 10_000;
/** Recorded time that a gap takes. */
const gapTakesMs = 1000;

/** Recorded time as it is played, ms, and how much was passed over; 0: nothing. */
function timeBetween(from: Position, to: Position): { readonly ms: number; readonly gapMs: number } {
  const monotonicMs = to.sample.monotonicMs - from.sample.monotonicMs;
  const wallMs = to.sample.timeMs - from.sample.timeMs;
  const ms = from.run === to.run && monotonicMs > 0 ? monotonicMs : Math.max(0, wallMs);
  // A suspend does not count for the monotonic clock, and is worth a word all the same.
  const gapMs = Math.max(ms, from.run === to.run ? wallMs : 0);
  return gapMs > longestGapMs ? { ms: Math.min(ms, gapTakesMs), gapMs } : { ms, gapMs: 0 };
}
