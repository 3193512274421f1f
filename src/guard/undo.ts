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
  // What was resumed has to show what it takes, first.
  if (model.monotonicMs - memory.resumedMs < calmMs) return null;
  if (!isShort(known.readings))
    for (const one of pauses) {
      const build = byKey.get(identityKey(one.target.root));
      const times = memory.pauses.get(identityKey(one.target.root)) ?? 1;
      if (build === undefined || !isCalm(one, known, calmMs * 2 ** (times - 1))) continue;
      if (hasRoom(one, build, known)) return undo('resume', [one], one);
      // Where nothing goes on nobody will make room.
      if (!localBuilds(model.builds).every(({ paused }) => paused)) continue;
      if (times < mostPauses || !mayKill(one, known)) return undo('resume', [one], one);
      return undo('kill', [one], one);
    }
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

/** It takes back what went to swap, and goes on as it did: so much for a minute, and at least a twentieth of what it held. */
function hasRoom({ heldBytes, growthBytesPerMin }: Undoable, build: Build, known: Known): boolean {
  const { model, settings } = known;
  const { availableBytes, totalBytes } = model.memory;
  if (availableBytes === null || totalBytes === null || heldBytes === null) return true;
  const swapped = Math.max(0, heldBytes - (build.residentBytes ?? heldBytes));
  const more = Math.max(growthBytesPerMin ?? 0, heldBytes / 20);
  return availableBytes - swapped - more >= (totalBytes * settings.rules.memory.numbers.available) / 100;
}
