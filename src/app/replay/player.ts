/** Plays a recording: where it stands, how it goes on, and what that means for the screen. */

import { lengthText } from '../../model/clock-steps.ts';
import { markBeside, marksOf, type ReplayMark, type ReplayOrder, turnSpeed } from '../../model/replay.ts';
import type { Clock } from '../../platform/ports.ts';
import type { Recording } from '../../record/recording.ts';
import { deriveBack, farBackMs, follow, furtherBack, type Link, lookBackMs, samePlace } from './chain.ts';
import { createReel, type Place, type Reel } from './reel.ts';

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
  begin(at: number | 'start' | 'end'): Promise<boolean>;
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
/** What lies further apart is passed over. */
const longestGapMs = 10_000;
/** Recorded time that a gap takes. */
const gapTakesMs = 1000;
/** Later than this, lost time is given up. */
const mostBehindMs = 500;
const saidForMs = 4000;
/** Links kept to step back by. */
const mostLinks = 60;

export function createPlayer(options: PlayerOptions): Player {
  const { recording, clock, endText = 'end of the recording' } = options;
  let reel: Reel = createReel(recording);
  let marks: readonly ReplayMark[] = marksOf(recording.events);
  /** The last one is shown. */
  let links: readonly Link[] = [];
  let status: PlayerStatus = { playing: false, speed: 1, ended: false, said: null };
  let saidAtMs = 0;
  /** Monotonic ms at which the next sample is due. */
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

  function show(): void {
    const link = links.at(-1);
    if (closed || link === undefined) return;
    if (status.said !== null && clock.monotonic() - saidAtMs > saidForMs) change({ said: null });
    options.onShown(link, status);
  }

  const keep = (link: Link) => {
    links = links.length < 2 * mostLinks ? [...links, link] : [...links.slice(-mostLinks), link];
  };

  /** The next place; at the end what was recorded meanwhile is looked for. */
  async function nextOf(place: Place): Promise<Place | null> {
    const next = await reel.beside(place, 1);
    if (next !== null) return next;
    await lookAgain();
    const link = links.at(-1);
    return link === undefined ? null : reel.beside(link.place, 1);
  }

  async function lookAgain(): Promise<void> {
    const before = recording.chunks;
    await recording.refresh();
    const { chunks } = recording;
    if (chunks.length === before.length && chunks.every((chunk, index) => chunk === before[index])) return;
    const fresh = createReel(recording);
    const shown = links.at(-1);
    const place = shown === undefined ? null : await fresh.find(shown.place);
    if (shown === undefined || place === null) return;
    reel = fresh;
    marks = marksOf(recording.events);
    // Places of the old reel lead nowhere in the new one.
    links = [{ ...shown, place }];
    options.onGrown();
  }

  async function advance(link: Link, next: Place): Promise<void> {
    const facts = next.run === link.place.run ? {} : await reel.facts(next);
    keep(follow(link, next, facts));
  }

  /** Shows a place as it was when it was recorded. */
  async function goTo(place: Place | null): Promise<void> {
    if (place === null) return;
    const known = links.findLastIndex((link) => samePlace(link.place, place));
    if (known >= 0) {
      links = links.slice(0, known + 1);
      return show();
    }
    const near = await deriveBack(reel, place, lookBackMs, mostLinks);
    if (near === null) return;
    links = near.links;
    show();
    const shown = links.at(-1);
    const charts = options.chartsShown?.() === true;
    const far = shown === undefined ? null : furtherBack(shown, near.from, lookBackMs, charts);
    if (far !== null) lookFurther(place, far);
  }

  /** The same, knowing more of what was before; anything else that is asked for ends it. */
  function lookFurther(place: Place, far: number): void {
    const mine = asked;
    enqueue(async () => {
      const shown = links.at(-1);
      if (mine === asked && shown !== undefined && samePlace(shown.place, place))
        await deepen(place, far, mine);
    });
  }

  async function deepen(place: Place, far: number, mine: number): Promise<void> {
    const deep = await deriveBack(reel, place, far, mostLinks, async () => {
      await new Promise<void>((resolve) => clock.after(0, resolve));
      return mine === asked && !closed;
    });
    if (deep === null) return;
    links = deep.links;
    show();
  }

  async function step(by: 1 | -1): Promise<void> {
    const link = links.at(-1);
    if (link === undefined) return;
    pause();
    change({ said: null, ended: false });
    const place = by > 0 ? await nextOf(link.place) : await reel.beside(link.place, -1);
    if (place === null) {
      change(by > 0 ? { ended: true, said: endText } : { said: 'start of the recording' });
      return options.onStatus(status);
    }
    const last = links.at(-1);
    if (by < 0 || last === undefined) return goTo(place);
    await advance(last, place);
    show();
  }

  async function event(by: 1 | -1): Promise<void> {
    const link = links.at(-1);
    if (link === undefined) return;
    change({ said: null });
    // What was told of the sample that is shown lies behind, what was told before it too.
    const before = by > 0 ? link.place : await reel.beside(link.place, -1);
    const mark = before === null ? null : markBeside(marks, before.sample.timeMs + (by > 0 ? 0 : 1), by);
    const place = mark === null ? null : await reel.at(mark.timeMs, 'from');
    if (place === null) {
      change({ said: by > 0 ? 'no event after this' : 'no event before this' });
      return options.onStatus(status);
    }
    change({ ended: false });
    await goTo(place);
    restart();
  }

  async function goToTime(timeMs: number): Promise<void> {
    change({ said: null, ended: false });
    await goTo(await reel.at(timeMs, 'nearest'));
    restart();
  }

  function pause(): void {
    cancelTimer();
    if (status.playing) change({ playing: false });
  }

  async function togglePlay(): Promise<void> {
    if (status.playing) {
      pause();
      return options.onStatus(status);
    }
    const link = links.at(-1);
    if (link === undefined) return;
    change({ playing: true, said: null });
    if (status.ended && (await nextOf(link.place)) === null) {
      change({ ended: false });
      await goTo(await reel.first());
    } else options.onStatus(status);
    restart();
  }

  /** Playing goes on from what is shown now. */
  function restart(): void {
    if (!status.playing) return;
    dueMs = clock.monotonic();
    enqueue(() => play(true));
  }

  /** Shows what has become due; `first`: only looks when the next one is. */
  async function play(first = false): Promise<void> {
    cancelTimer();
    for (let count = 0; status.playing && !closed; ) {
      const link = links.at(-1);
      if (link === undefined) return;
      const next = await nextOf(link.place);
      if (next === null) {
        change({ playing: false, ended: true, said: endText });
        return show();
      }
      const { ms, gapMs } = distance(links.at(-1)?.place ?? link.place, next);
      const nowMs = clock.monotonic();
      if (first) {
        dueMs = nowMs;
        first = false;
      }
      const nextDueMs = dueMs + ms / status.speed;
      if (nextDueMs > nowMs || count >= mostPerFrame) {
        if (count > 0) show();
        if (nowMs - nextDueMs > mostBehindMs) dueMs = nowMs - ms / status.speed;
        const waitMs = Math.max(dueMs + ms / status.speed - nowMs, count > 0 ? frameMs : 0);
        cancelTimer = clock.after(waitMs, () => enqueue(play));
        return;
      }
      dueMs = nextDueMs;
      if (gapMs > 0) change({ said: `${lengthText(gapMs)} without samples passed over` });
      await advance(links.at(-1) ?? link, next);
      count += 1;
    }
  }

  function turn(by: 1 | -1): void {
    change({ speed: turnSpeed(status.speed, by) });
    options.onStatus(status);
    restart();
  }

  return {
    async begin(at) {
      const begun = Promise.withResolvers<boolean>();
      enqueue(async () => {
        const place =
          at === 'start'
            ? await reel.first()
            : at === 'end'
              ? await reel.last()
              : await reel.at(at, 'nearest');
        await goTo(place);
        begun.resolve(place !== null);
      });
      void orders.then(() => begun.resolve(false));
      return begun.promise;
    },
    order(order) {
      asked += 1;
      switch (order.kind) {
        case 'play':
          return enqueue(togglePlay);
        case 'speed':
          return enqueue(async () => turn(order.by));
        case 'sample':
          return enqueue(() => step(order.by));
        case 'event':
          return enqueue(() => event(order.by));
        case 'time':
          return enqueue(() => goToTime(order.timeMs));
      }
    },
    lookFurther() {
      enqueue(async () => {
        const link = links.at(-1);
        if (link !== undefined) lookFurther(link.place, farBackMs);
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

/** Between two samples: recorded time as it is played, and how much of it is passed over. */
function distance(from: Place, to: Place): { readonly ms: number; readonly gapMs: number } {
  const monotonicMs = to.sample.monotonicMs - from.sample.monotonicMs;
  const wallMs = to.sample.timeMs - from.sample.timeMs;
  const ms = from.run === to.run && monotonicMs > 0 ? monotonicMs : Math.max(0, wallMs);
  // A suspend does not count for the monotonic clock, and is worth a word all the same.
  const gapMs = Math.max(ms, from.run === to.run ? wallMs : 0);
  return gapMs > longestGapMs ? { ms: Math.min(ms, gapTakesMs), gapMs } : { ms, gapMs: 0 };
}
