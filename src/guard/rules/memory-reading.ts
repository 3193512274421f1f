/** What the rule of memory reads: pressure, what is left and at which pace, and what these mean together. */
import { pressed } from '../../diagnose/pressed.ts';
import { defaultThresholds } from '../../diagnose/thresholds.ts';
import { leaveShare } from '../../model/machine/level.ts';
import type { Model } from '../../model/model.ts';
import { type Fall, nextFall, nextTrend, type Trend } from '../fall.ts';
import { type Left, leftOf } from '../left.ts';
import type { GuardScene } from '../rule.ts';
import { isAlone, lastSecOf, type Makers } from '../victims.ts';
import { makersIn } from './memory-victims.ts';

/** So small a share of `available` is next to nothing: a machine that reclaims all the time keeps about so much. */
const nothingShare = 0.25;
/** At its pace it is below its level within so long: it gets better by itself. */
const betterWithinSec = 10;
/** From which share of the fall on it is builds that make it. */
const makersShare = 0.5;

export interface MemoryReading {
  readonly left: Left;
  /** Percent of the last ten seconds; null without PSI. */
  readonly full: number | null;
  /** Until all is gone at the pace of the last seconds, where that end is near; null: it is not. */
  readonly soonSec: number | null;
  /** Builds that make it less; null: it is not they. */
  readonly makers: Makers | null;
  /** Pressure is over its level; without PSI, little is left and is reclaimed. */
  readonly short: boolean;
  readonly little: boolean;
  /** Short, and next to nothing is left. */
  readonly nothing: boolean;
  /** Files are read again and again for want of room. */
  readonly thrash: boolean;
  /** Null: it cannot be told. */
  readonly reclaims: boolean | null;
  /** Pressure falls by itself. */
  readonly better: boolean;
}

/** Null: what is left is not known. */
export function readMemory(scene: GuardScene): MemoryReading | null {
  const { model, settings, nowMs, actedMs, keep } = scene;
  const numbers = settings.rules.memory.numbers;
  const left = leftOf(model.memory);
  if (left === null) return null;
  const full = model.pressure.memory.full?.avg10 ?? null;
  // Each is read in its own time: what was not read anew says nothing new.
  const readMs = model.readAtMs.memory ?? nowMs;
  const pressedMs = model.readAtMs.pressure ?? nowMs;
  const fall = keep<Fall>('fall', (before) => nextFall(before, readMs, left.bytes, actedMs));
  const trend = keep<Trend>('full', (before) => nextTrend(before, pressedMs, full ?? 0, actedMs));
  const untilSec =
    fall.perSec === null || fall.perSec <= 0
      ? null
      : Math.max(0, left.bytes / fall.perSec - (nowMs - readMs) / 1000);
  const growing = makersIn(scene, left.bytes);
  const made = growing.pauses.length > 0 && growing.perSec >= (fall.perSec ?? 0) * makersShare;
  // A program that takes at once what it needs falls as fast, and ends before.
  const waits = isAlone(model.builds) || (made && growing.isOne);
  const within = waits ? Math.min(lastSecOf(model.builds), numbers.within) : numbers.within;
  const little = keep<boolean>(
    'little',
    (before) => left.availablePercent * (before ? leaveShare : 1) <= numbers.available,
  );
  const reclaims = reclaimsIn(model);
  // Without PSI: little is left, and pages that were dropped are needed again.
  const short = keep<boolean>('short', (before) =>
    full === null ? little && reclaims !== false : full >= numbers.full * (before ? leaveShare : 1),
  );
  return {
    ...{ left, full, short, little, reclaims },
    makers: made ? growing : null,
    soonSec: untilSec !== null && untilSec <= within && left.percent <= numbers.near ? untilSec : null,
    nothing: short && left.percent <= numbers.available * nothingShare,
    thrash: cacheThrash(model),
    // After an action it is not known for a moment, and that has to be waited for.
    better:
      full !== null &&
      (trend.fallPerSec === null || full - trend.fallPerSec * betterWithinSec < numbers.full * leaveShare),
  };
}

/** Pages of programs or files are written out, dropped and read again; null: it cannot be told. */
function reclaimsIn({ memory }: Model): boolean | null {
  const { refaultsPerSec, swapOutBytesPerSec, scannedPagesPerSec } = memory;
  if (refaultsPerSec === null && swapOutBytesPerSec === null && scannedPagesPerSec === null) return null;
  return (refaultsPerSec ?? 0) > 0 || (swapOutBytesPerSec ?? 0) > 0 || (scannedPagesPerSec ?? 0) > 0;
}

/**
 * Files are read again and again because the page cache has no room for them: much of it counts as available. Where a
 * cgroup has met its limit the machine may have room.
 */
function cacheThrash(model: Model): boolean {
  const { refaultsPerSec } = model.memory;
  if (refaultsPerSec === null || refaultsPerSec < defaultThresholds.refaultsPerSec) return false;
  return pressed(model, 'memory') !== undefined && model.cgroups.every(({ metBytes }) => metBytes === null);
}
