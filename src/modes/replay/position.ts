/** Where a player stands: what is shown, what it follows from, what comes next, and the way to any other place. */
import { marksOf, type ReplayMark, type ReplayTime } from '../../model/past/replay.ts';
import type { Recording } from '../../record/recording.ts';
import { deriveBack, follow, furtherBack, type Link, lookBackMs, samePlace } from './chain.ts';
import { createReel, type Place } from './reel.ts';

export interface PositionOptions {
  readonly recording: Recording;
  /** Another moment is to be shown. */
  readonly onMoved: () => void;
  /** The recording was looked at again and has grown. */
  readonly onGrown: () => void;
}

export interface Position {
  /** Null before the first move. */
  readonly link: Link | null;
  readonly marks: readonly ReplayMark[];
  /** The places that lead somewhere; null where there is none. */
  find(at: ReplayTime | 'start' | 'end', which?: 'nearest' | 'from'): Promise<Place | null>;
  before(): Promise<Place | null>;
  /** At the end what was recorded meanwhile is looked for. */
  next(): Promise<Place | null>;
  /** To what follows on what is shown, without showing it. */
  advance(next: Place): Promise<void>;
  /** Shows a place as it was when it was recorded; resolves with how far back it is worth to look again, ms. */
  goTo(place: Place, charts: boolean): Promise<number | null>;
  /** The same place, knowing more of what was before; `rest` may end that by false. */
  deepen(backMs: number, rest: () => Promise<boolean>): Promise<void>;
}

/** Links kept to step back by. */
const mostLinks = 60;

export function createPosition({ recording, onMoved, onGrown }: PositionOptions): Position {
  let reel = createReel(recording);
  let marks = marksOf(recording.events);
  /** The last one is shown. */
  let links: readonly Link[] = [];

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
    onGrown();
  }

  async function beside(by: 1 | -1): Promise<Place | null> {
    const link = links.at(-1);
    return link === undefined ? null : reel.beside(link.place, by);
  }

  return {
    get link() {
      return links.at(-1) ?? null;
    },
    get marks() {
      return marks;
    },
    async find(at, which = 'nearest') {
      if (at === 'start') return reel.first();
      if (at === 'end') return reel.last();
      return typeof at === 'number' ? reel.at(at, which) : reel.peak(at);
    },
    before: () => beside(-1),
    async next() {
      const next = await beside(1);
      if (next !== null) return next;
      await lookAgain();
      return beside(1);
    },
    async advance(next) {
      const last = links.at(-1) ?? null;
      const link = follow(last, next, next.run === last?.place.run ? {} : await reel.facts(next));
      links = links.length < 2 * mostLinks ? [...links, link] : [...links.slice(-mostLinks), link];
    },
    async goTo(place, charts) {
      const known = links.findLastIndex((link) => samePlace(link.place, place));
      if (known >= 0) {
        links = links.slice(0, known + 1);
        onMoved();
        return null;
      }
      const near = await deriveBack(reel, place, lookBackMs, mostLinks);
      if (near === null) return null;
      links = near.links;
      onMoved();
      const shown = links.at(-1);
      return shown === undefined ? null : furtherBack(shown, near.from, lookBackMs, charts);
    },
    async deepen(backMs, rest) {
      const shown = links.at(-1);
      const deep = shown && (await deriveBack(reel, shown.place, backMs, mostLinks, rest));
      if (!deep) return;
      links = deep.links;
      onMoved();
    },
  };
}
