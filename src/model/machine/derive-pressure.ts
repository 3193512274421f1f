/** Pressure: shares of the last tick from PSI totals, and the level that they amount to. */

import type { Level, Model, Pressure, PressureLine, ShortageCause } from '../model.ts';
import type { PressureFileRaw, PressureLineRaw, PressureRaw, PressureResource } from '../sample.ts';
import { calm, isWorse, type LevelState, leaveShare, nextLevel, worseLevel } from './level.ts';

export interface PressureCarry {
  readonly resources: Readonly<Record<PressureResource, ResourceCarry>>;
}
interface ResourceCarry {
  readonly points: readonly Point[];
  readonly level: LevelState;
}
/** PSI totals at one moment. */
interface Point {
  readonly atMs: number;
  readonly some: number | null;
  readonly full: number | null;
}

interface Thresholds {
  readonly some: readonly [warning: number, critical: number];
  readonly full: readonly [warning: number, critical: number];
}
const never = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/**
 * Percent of time. Memory first: in a freeze caused by thrashing, io full can read 0-2 % while memory
 * full is at 70 %. CPU: Hydra stops dispatching builds at some 75. System-wide cpu full is always 0.
 */
export const pressureThresholds: Readonly<Record<PressureResource, Thresholds>> = {
  memory: { some: [25, 60], full: [10, 40] },
  io: { some: [40, Number.POSITIVE_INFINITY], full: [20, 60] },
  // Busy CPUs are what a rebuild is for: a warning where others would wait, never critical.
  cpu: { some: [75, Number.POSITIVE_INFINITY], full: never },
  irq: { some: [75, 95], full: [75, 95] },
};

/** avg10 lags a rise by seconds; the exact share of this long is judged beside it. */
const windowMs = 2000;
/** Below this a window is too short to be judged. */
const leastWindowMs = 900;
/** A longer gap (a suspend, a stopped program) says nothing about now. */
const longestGapMs = 30_000;

const resources: readonly PressureResource[] = ['cpu', 'memory', 'io', 'irq'];
const fresh: ResourceCarry = { points: [], level: calm };

export function derivePressure(
  raw: PressureRaw,
  atMs: number,
  before: PressureCarry | null,
  diskStalled: boolean,
): { readonly pressure: Model['pressure']; readonly carry: PressureCarry } {
  const pressure: Partial<Record<PressureResource, Pressure>> = {};
  const carry: Partial<Record<PressureResource, ResourceCarry>> = {};
  for (const resource of resources) {
    const last = before?.resources[resource] ?? fresh;
    const forced: Level = resource === 'io' && diskStalled ? 'critical' : 'ok';
    const result = raw[resource];
    const file = result.ok ? result.value : { some: null, full: null };
    const points = extended(last.points, file, atMs);
    const level = judge(resource, file, points, last.level, forced, atMs);
    carry[resource] = { points, level };
    pressure[resource] = {
      some: line(file.some, points, 'some'),
      full: line(file.full, points, 'full'),
      level: level.level,
      sinceMs: level.sinceMs,
      levelSinceMs: level.levelSinceMs,
      problem: result.ok ? null : result.problem,
    };
  }
  return {
    pressure: pressure as Model['pressure'],
    carry: { resources: carry as PressureCarry['resources'] },
  };
}

/** Adds a point and drops those that the window has left behind, all of them when time went wrong. */
function extended(points: readonly Point[], file: PressureFileRaw, atMs: number): readonly Point[] {
  const point = { atMs, some: file.some?.totalUsec ?? null, full: file.full?.totalUsec ?? null };
  const newest = points.at(-1);
  if (newest === undefined || atMs <= newest.atMs || atMs - newest.atMs > longestGapMs) return [point];
  // The last point at or before the window's start stays, so that the window is always covered.
  const first = points.findLastIndex((old) => old.atMs <= atMs - windowMs);
  return [...points.slice(Math.max(0, first)), point];
}

/** Percent of the time between two points; null when a counter is missing or went backwards. */
function share(from: Point | undefined, to: Point | undefined, which: 'some' | 'full'): number | null {
  const a = from?.[which];
  const b = to?.[which];
  if (from === undefined || to === undefined || a == null || b == null || b < a || to.atMs <= from.atMs)
    return null;
  return Math.min(100, (b - a) / ((to.atMs - from.atMs) * 10));
}

function line(
  raw: PressureLineRaw | null,
  points: readonly Point[],
  which: 'some' | 'full',
): PressureLine | null {
  if (raw === null) return null;
  const { avg10, avg60, avg300 } = raw;
  return { avg10, avg60, avg300, tickPercent: share(points.at(-2), points.at(-1), which) };
}

function judge(
  resource: PressureResource,
  file: PressureFileRaw,
  points: readonly Point[],
  state: LevelState,
  forced: Level,
  atMs: number,
): LevelState {
  let entered = forced;
  let held = forced;
  for (const which of ['some', 'full'] as const) {
    const signal = Math.max(file[which]?.avg10 ?? 0, recentShare(points, which));
    const [warning, critical] = pressureThresholds[resource][which];
    entered = worseLevel(entered, levelAt(signal, warning, critical));
    held = worseLevel(held, levelAt(signal, warning * leaveShare, critical * leaveShare));
  }
  return nextLevel(state, entered, held, atMs);
}

function recentShare(points: readonly Point[], which: 'some' | 'full'): number {
  const from = points[0];
  const to = points.at(-1);
  if (from === undefined || to === undefined || to.atMs - from.atMs < leastWindowMs) return 0;
  return share(from, to, which) ?? 0;
}

function levelAt(value: number, warning: number, critical: number): Level {
  if (value >= critical) return 'critical';
  return value >= warning ? 'warning' : 'ok';
}

/** Which of the two raised the level: `full` only where it says as much as `some`. */
export function tellingLine(resource: PressureResource, { some, full }: Pressure): 'some' | 'full' {
  const byFull = levelAt(signalOf(full), ...pressureThresholds[resource].full);
  const bySome = levelAt(signalOf(some), ...pressureThresholds[resource].some);
  return some === null || (byFull !== 'ok' && !isWorse(bySome, byFull)) ? 'full' : 'some';
}

/** Percent that speaks for a level: a quiet tick amid a freeze does not deny it. */
export function signalOf(line: PressureLine | null): number {
  return Math.max(line?.avg10 ?? 0, line?.tickPercent ?? 0);
}

/** What speaks for the level: the line that raised it, and how high it is. */
export function pressureCause(
  resource: PressureResource,
  pressure: Pressure,
): Extract<ShortageCause, { kind: 'pressure' }> {
  const line = tellingLine(resource, pressure);
  return { kind: 'pressure', resource, line, percent: signalOf(pressure[line]) };
}
