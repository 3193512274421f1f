/** Shortages and disks that answered nothing, each from its begin to its end: levels that come and go are one spell. */
import type { TimelineEntry } from '../model/incident/timeline.ts';
import type { Disk, Level, Model, Shortage, ShortageCause } from '../model/model.ts';

/** What is short again within this time has not been well. */
const pauseMs = 120_000;
/** Of each kind; the oldest go. */
const mostSpells = 300;
/** As the shortage of disks counts them (model/machine/shortages.ts). */
const stalledSec = 2;

interface Spell {
  readonly fromMs: number;
  /** End, as far as is known. */
  toMs: number;
  /** Look at which it was there last. */
  look: number;
  times: number;
}
interface ShortageSpell extends Spell {
  readonly resource: Shortage['resource'];
  readonly path: string | null;
  criticalMs: number | null;
  level: Level;
  worst: ShortageCause;
  /** By its pressure or limit, and not only by a disk that stalls, of which its own entry tells. */
  ownCause: boolean;
}
interface StallSpell extends Spell {
  readonly device: string;
  longestSec: number;
}

export interface Spells {
  /** Each Model, in order. */
  look(model: Model): void;
  /** As they are now. */
  entries(): readonly TimelineEntry[];
  /** Of disks the longest time without an answer. */
  longestStall(): { readonly device: string; readonly sec: number } | null;
}

export function createSpells(): Spells {
  const short: ShortageSpell[] = [];
  const stalls: StallSpell[] = [];
  let look = 0;

  function goOn(known: Spell, timeMs: number): void {
    if (known.look < look - 1) known.times += 1;
    known.look = look;
    known.toMs = timeMs;
  }

  function lookAtShortage({ resource, level, cause, sinceMs, levelSinceMs }: Shortage, model: Model): void {
    const { timeMs, monotonicMs } = model;
    const path = cause.kind === 'space' || cause.kind === 'inodes' ? cause.path : null;
    const known = goingOn(short, timeMs, (one) => one.resource === resource && one.path === path);
    const criticalMs = level === 'critical' ? ago(timeMs, monotonicMs - levelSinceMs) : null;
    const ownCause = cause.kind !== 'stall';
    if (known === undefined) {
      const fromMs = ago(timeMs, monotonicMs - sinceMs);
      const spell = { fromMs, toMs: timeMs, look, times: 1, resource, path };
      short.push({ ...spell, criticalMs, level, worst: cause, ownCause });
      if (short.length > mostSpells) short.shift();
      return;
    }
    goOn(known, timeMs);
    known.criticalMs ??= criticalMs;
    if (isWorse(cause, level, known)) [known.worst, known.level] = [cause, level];
    known.ownCause ||= ownCause;
  }

  function lookAtStall({ device, stalledSec: sec }: Disk, timeMs: number): void {
    const longestSec = sec ?? 0;
    const known = goingOn(stalls, timeMs, (one) => one.device === device);
    if (known === undefined) {
      const fromMs = ago(timeMs, longestSec * 1000);
      stalls.push({ device, fromMs, toMs: timeMs, look, times: 1, longestSec });
      if (stalls.length > mostSpells) stalls.shift();
      return;
    }
    goOn(known, timeMs);
    known.longestSec = Math.max(known.longestSec, longestSec);
  }

  return {
    look(model) {
      const { shortages, disks, timeMs } = model;
      // It ends when it is seen no more.
      for (const spell of [...short, ...stalls]) if (spell.look === look) spell.toMs = timeMs;
      look += 1;
      const stalled = disks.filter((disk) => (disk.stalledSec ?? 0) >= stalledSec);
      for (const one of shortages) if (one.resource !== 'cpu') lookAtShortage(one, model);
      for (const disk of stalled) {
        // What lies above waits for the same.
        if (!disk.slaves.some((slave) => stalled.some(({ device }) => device === slave)))
          lookAtStall(disk, timeMs);
      }
    },
    entries: () => [
      ...short.filter(({ ownCause }) => ownCause).map((one) => shortageEntry(one, one.look === look)),
      ...stalls.map((one) => stallEntry(one, one.look === look)),
    ],
    longestStall() {
      const [worst] = stalls.toSorted((a, b) => b.longestSec - a.longestSec);
      return worst === undefined ? null : { device: worst.device, sec: worst.longestSec };
    },
  };
}

/** One that is not over, or was a moment ago: the newest. */
function goingOn<One extends Spell>(all: One[], timeMs: number, is: (one: One) => boolean): One | undefined {
  return all.findLast((one) => is(one) && timeMs - one.toMs <= pauseMs);
}

function ago(timeMs: number, ms: number): number {
  return timeMs - Math.max(0, ms);
}

function isWorse(cause: ShortageCause, level: Level, than: { worst: ShortageCause; level: Level }): boolean {
  if (cause.kind === 'stall') return false;
  if (than.worst.kind === 'stall') return true;
  if (level !== than.level) return level === 'critical';
  return amountOf(cause) > amountOf(than.worst);
}

/** Percent, in each kind of its own; the greater the worse. */
function amountOf(cause: ShortageCause): number {
  switch (cause.kind) {
    case 'pressure':
    case 'limit':
      return cause.percent;
    case 'space':
      return cause.usedPercent;
    case 'inodes':
      return 100 - cause.freeInodesPercent;
    case 'stall':
      return 0;
  }
}

function shortageEntry(spell: ShortageSpell, lasts: boolean): TimelineEntry {
  const { fromMs, resource, path, criticalMs, worst, times, level } = spell;
  const toMs = lasts ? null : spell.toMs;
  const what = { kind: 'shortage', resource, path, toMs, criticalMs, worst, times } as const;
  return { timeMs: fromMs, source: 'sample', level: criticalMs === null ? level : 'critical', what };
}

function stallEntry(spell: StallSpell, lasts: boolean): TimelineEntry {
  const { fromMs, device, longestSec, times } = spell;
  const what = { kind: 'stall', device, toMs: lasts ? null : spell.toMs, longestSec, times } as const;
  return { timeMs: fromMs, source: 'sample', level: 'critical', what };
}
