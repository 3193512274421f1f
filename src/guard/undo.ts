/**
 * What is undone once it is calm: paused builds first, one at a time and only where there is room for what they held, and
 * each time after longer; then what was lowered or limited. Pure.
 */
import { identityKey } from '../base/identity.ts';
import type { GuardReading, GuardUndo } from '../model/guard/guard.ts';
import { type Intent, titleOfTarget } from '../model/intents/intent.ts';
import type { Build, Model } from '../model/model.ts';
import { barKey } from './ladder.ts';
import { type GuardMemory, mostPauses, type Undoable } from './memory.ts';
import type { GuardSettings } from './settings.ts';
import { localBuilds } from './victims.ts';

/** After so long it shows whether what was done last was enough. */
const soonMs = 10_000;

export interface Undoing {
  /** `kill`: it has stood still again and again, nothing else goes on, and there is no room for it. */
  readonly action: GuardUndo | 'kill';
  readonly intent: Intent;
  readonly names: readonly string[];
  /** Whose rule had it done. */
  readonly of: Undoable;
}

interface Known {
  readonly model: Model;
  readonly memory: GuardMemory;
  readonly settings: GuardSettings;
  readonly readings: readonly GuardReading[];
}

/** Null: nothing is to be undone now. */
export function undoing(known: Known): Undoing | null {
  const { model, memory, settings } = known;
  const byKey = new Map(model.builds.map((build) => [identityKey(build), build]));
  const calmMs = settings.calmSec * 1000;
  const isThere = (one: Undoable) => byKey.has(identityKey(one.target.root));
  const pauses = memory.undoable.filter((one) => one.action === 'pause' && isThere(one));
  const sinceResumedMs = model.monotonicMs - memory.resumedMs;
  if (!isShort(known.readings)) {
    const stands = localBuilds(model.builds).every(({ paused }) => paused);
    const all = pauses.flatMap((one): Paused | [] => {
      const build = byKey.get(identityKey(one.target.root));
      const times = memory.pauses.get(identityKey(one.target.root)) ?? 1;
      return build === undefined ? [] : { one, build, times };
    });
    const due = all.filter(({ one, times }) => {
      const forMs = isTried(one, pauses, stands, known) ? soonMs : calmMs * 2 ** (times - 1);
      // What was resumed has to show what it takes, first.
      return sinceResumedMs >= Math.min(forMs, calmMs) && isCalm(one, known, forMs);
    });
    const next = due.find(({ one, build }) => hasRoom(one, build, known));
    if (next !== undefined) return undo('resume', [next.one], next.one);
    // Where nothing goes on nobody will make room.
    if (stands && due.length > 0) return withoutRoom(due, all, known);
  }
  if (sinceResumedMs < calmMs) return null;
  const changed = memory.undoable.filter(
    (one) => one.action !== 'pause' && isThere(one) && isCalm(one, known, calmMs) && !isAlso(one, pauses),
  );
  const [first] = changed;
  return first === undefined
    ? null
    : undo(
        'restore',
        changed.filter(({ action, done }) => action === first.action && done === first.done),
        first,
      );
}

interface Paused {
  readonly one: Undoable;
  readonly build: Build;
  /** How often it was paused. */
  readonly times: number;
}

/** Who grew to most of memory, or of those that have all taken all again the heaviest, is killed; else the lightest goes on. */
function withoutRoom(due: readonly Paused[], all: readonly Paused[], known: Known): Undoing | null {
  const half = (known.model.memory.totalBytes ?? Number.POSITIVE_INFINITY) / 2;
  const heaviest = all.toSorted((a, b) => heldBy(b) - heldBy(a));
  const mayDie = heaviest.filter(({ one }) => mayKill(one, known));
  const endless = mayDie.find((paused) => heldBy(paused) > half && grew(paused.one, known));
  if (endless !== undefined && all.length > 1) return undo('kill', [endless.one], endless.one);
  const next = heaviest.findLast(
    (paused) => due.includes(paused) && (paused.times < mostPauses || !mayKill(paused.one, known)),
  );
  if (next !== undefined) return undo('resume', [next.one], next.one);
  const [first] = mayDie;
  return first === undefined || due.length < all.length ? null : undo('kill', [first.one], first.one);
}

function heldBy({ build }: Paused): number {
  return build.residentBytes ?? 0;
}

/**
 * Memory fell on without it, until another was paused that grew, or somebody was killed; or nothing goes on: to try
 * costs little.
 */
function isTried(one: Undoable, pauses: readonly Undoable[], stands: boolean, known: Known): boolean {
  const { monotonicMs } = known.model;
  const { acted } = known.memory;
  const wasLater = pauses.some(
    (other) => other !== one && grew(other, known) && (stands || other.atMs > one.atMs),
  );
  const gave = acted?.action === 'kill' && acted.atMs > one.atMs;
  const lastMs = Math.max(acted?.atMs ?? 0, ...pauses.map(({ atMs }) => atMs));
  return (wasLater || gave) && monotonicMs - lastMs >= soonMs;
}

function grew({ growthBytesPerMin }: Undoable, { model }: Known): boolean {
  return (growthBytesPerMin ?? 0) * 10 >= (model.memory.totalBytes ?? Number.POSITIVE_INFINITY);
}

function mayKill({ rule, target }: Undoable, { settings, memory }: Known): boolean {
  return settings.rules[rule].actions.includes('kill') && !memory.failed.has(barKey('kill', target.root));
}

function undo(action: Undoing['action'], some: readonly Undoable[], of: Undoable): Undoing {
  const targets = some.map(({ target }) => target);
  const intent: Intent =
    action === 'kill' ? { type: 'kill', targets, reason: null } : { type: action, targets };
  return { action, intent, names: targets.map(titleOfTarget), of };
}

/** What is paused goes on slowly first. */
function isAlso({ target }: Undoable, pauses: readonly Undoable[]): boolean {
  const key = identityKey(target.root);
  return pauses.some((one) => identityKey(one.target.root) === key);
}

/** To go on takes memory, whatever it was paused for. */
function isShort(readings: readonly GuardReading[]): boolean {
  return readings.some(({ rule, state }) => rule === 'memory' && state !== 'calm' && state !== 'unknown');
}

function isCalm({ key }: Undoable, { model, memory }: Known, forMs: number): boolean {
  const standing = memory.standings.get(key);
  if (standing === undefined) return true;
  return standing.sinceMs === null && model.monotonicMs - standing.heldMs >= forMs;
}

/**
 * It takes back what went to swap, and goes on as it did: so much for a minute, at most as much again as it held, and at
 * least a twentieth of that.
 */
function hasRoom({ heldBytes, growthBytesPerMin }: Undoable, build: Build, known: Known): boolean {
  const { model, settings } = known;
  const { availableBytes, totalBytes } = model.memory;
  if (availableBytes === null || totalBytes === null || heldBytes === null) return true;
  const swapped = Math.max(0, heldBytes - (build.residentBytes ?? heldBytes));
  const more = Math.max(Math.min(growthBytesPerMin ?? 0, heldBytes), heldBytes / 20);
  return availableBytes - swapped - more >= (totalBytes * settings.rules.memory.numbers.available) / 100;
}
