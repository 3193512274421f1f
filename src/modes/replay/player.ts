/** Plays a recording: takes orders one after the other, and goes on by itself while it plays. */
import { recordedText } from '../../format/events.ts';
import { lengthText } from '../../model/machine/clock-steps.ts';
import {
  markBeside,
  type ReplayMark,
  type ReplayOrder,
  type ReplayTime,
  turnSpeed,
} from '../../model/past/replay.ts';
import type { Clock } from '../../platform/ports.ts';
import type { Recording } from '../../record/recording.ts';
import { farBackMs, type Link, samePlace } from './chain.ts';
import { distance } from './distance.ts';
import { createPosition } from './position.ts';
import type { Place } from './reel.ts';

export interface PlayerStatus {
  readonly playing: boolean;
  readonly speed: number;
  /** The last sample is shown. */
  readonly ended: boolean;
  /** What a key came to, or what was passed over; null: nothing to say. */
  readonly said: string | null;
}

export interface PlayerOptions {
  readonly recording: Recording;
  readonly clock: Clock;
  /** What is to be shown now; called once for each order and at most once for each frame while playing. */
  readonly onShown: (link: Link, status: PlayerStatus) => void;
  /** The same is shown, and plays differently. */
  readonly onStatus: (status: PlayerStatus) => void;
  /** The recording was looked at again and has grown. */
  readonly onGrown: () => void;
  readonly onFailure: (error: unknown) => void;
  /** They want every sample of the last minutes. */
  readonly chartsShown?: () => boolean;
  /** Said at the end. */
  readonly endText?: string;
}

export interface Player {
  /** Resolves with false where nothing in the recording could be read. */
  begin(at: ReplayTime | 'start' | 'end'): Promise<boolean>;
  order(order: ReplayOrder): void;
  /** The charts are shown now. */
  lookFurther(): void;
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
  const { recording, clock, endText = 'end of the recording' } = options;
  const position = createPosition({ recording, onMoved: show, onGrown: options.onGrown });
  let status: PlayerStatus = { playing: false, speed: 1, ended: false, said: null };
  let saidAtMs = 0;
  /** Monotonic ms at which what is shown was due. */
  let dueMs = 0;
  let cancelTimer = () => {};
  let orders: Promise<void> = Promise.resolve();
  /** Counts what was asked for: what only makes the picture better ends for it. */
  let asked = 0;
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
    const { link } = position;
    if (closed || link === null) return;
    if (status.said !== null && clock.monotonic() - saidAtMs > saidForMs) change({ said: null });
    options.onShown(link, status);
  }

  async function goTo(place: Place | null): Promise<void> {
    if (place === null) return;
    const backMs = await position.goTo(place, options.chartsShown?.() === true);
    if (backMs !== null) lookFurther(place, backMs);
  }

  function lookFurther(place: Place, backMs: number): void {
    const mine = asked;
    const wanted = () => mine === asked && !closed;
    enqueue(async () => {
      const { link } = position;
      if (!wanted() || link === null || !samePlace(link.place, place)) return;
      await position.deepen(backMs, async () => {
        await new Promise<void>((resolve) => clock.after(0, resolve));
        return wanted();
      });
    });
  }

  async function step(by: 1 | -1): Promise<void> {
    cancelTimer();
    change({ playing: false, said: null, ended: false });
    const place = by > 0 ? await position.next() : await position.before();
    if (place === null)
      return tell(by > 0 ? { ended: true, said: endText } : { said: 'start of the recording' });
    if (by < 0) return goTo(place);
    await position.advance(place);
    show();
  }

  async function event(by: 1 | -1): Promise<void> {
    change({ said: null });
    // What was told of the sample that is shown lies behind, what was told before it too.
    const place = by > 0 ? position.link?.place : await position.before();
    // While it plays on, one that has just gone by is not gone to again, but the one before it.
    const slackMs = by < 0 && status.playing ? 1 - justNowMs * status.speed : by < 0 ? 1 : 0;
    const fromMs = place === null || place === undefined ? null : place.sample.timeMs + slackMs;
    const mark = fromMs === null ? null : markBeside(position.marks, fromMs, by);
    const found = mark === null ? null : await position.find(mark.timeMs, 'from');
    if (found === null) return tell({ said: by > 0 ? 'no event after this' : 'no event before this' });
    await jump(found, mark === null ? null : textUpTo(mark, found.sample.timeMs));
  }

  /** Of a note the caption tells, however old it is; of anything else a note would hide it. */
  function textUpTo(mark: ReplayMark, timeMs: number): string | null {
    const reached = position.marks.filter(
      (one) =>
        one.kind !== 'note' && one.timeMs >= mark.timeMs && one.timeMs <= Math.max(timeMs, mark.timeMs),
    );
    return reached.length === 0 ? null : reached.map(({ event }) => recordedText(event)).join('; ');
  }

  async function jump(place: Place | null, said: string | null = null): Promise<void> {
    change({ said, ended: false });
    await goTo(place);
    restart();
  }

  async function togglePlay(): Promise<void> {
    if (status.playing) {
      cancelTimer();
      return tell({ playing: false });
    }
    // However one came there: nothing is left to play.
    const atEnd = position.link !== null && (await position.next()) === null;
    tell({ playing: true, said: null, ended: false });
    if (atEnd) await goTo(await position.find('start'));
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
      const next = await position.next();
      const { link } = position;
      if (next === null || link === null) {
        change({ playing: false, ended: true, said: endText });
        return show();
      }
      const { ms, gapMs } = distance(link.place, next);
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
      await position.advance(next);
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
        return position.find(order.at).then((place) => jump(place));
    }
  }

  return {
    begin(at) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      enqueue(async () => {
        const place = await position.find(at);
        await goTo(place);
        resolve(place !== null);
      });
      void orders.then(() => resolve(false));
      return promise;
    },
    order(order) {
      asked += 1;
      enqueue(() => carryOut(order));
    },
    lookFurther() {
      enqueue(async () => {
        const { link } = position;
        if (link !== null) lookFurther(link.place, farBackMs);
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
      cancelTimer();
    },
  };
}
