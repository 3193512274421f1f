/** The score card of a rebuild: what was seen of it against its limits. Nothing passes that nobody saw. */

import type { GuardAct } from '../model/guard/guard.ts';
import type { Soundness } from '../model/nix-store/generations.ts';
import type { StoreVerification } from '../model/nix-store/store-check.ts';
import type {
  ScoreBaseline,
  ScoreBreaker,
  ScoreCard,
  ScoreId,
  ScoreItem,
  ScoreState,
} from '../model/rebuild/score-card.ts';
import type { ScoreFold } from './fold.ts';
import { defaultScoreLimits, type ScoreLimits } from './limits.ts';

/** What no Model tells. */
export interface ScoreFacts {
  readonly command: readonly string[] | null;
  /** Unix ms; default: of the first Model and the last. */
  readonly startedMs?: number;
  readonly endedMs?: number;
  readonly exitCode: number | null;
  /** Null: nobody knows whether it is done. */
  readonly succeeded: boolean | null;
  /** Null: it puts no system together, so that none is judged. */
  readonly generation: GenerationFacts | null;
  /** The last one; null: never. Absent: nobody looked. */
  readonly verification?: StoreVerification | null;
  readonly baseline?: ScoreBaseline | null;
  readonly acts?: readonly GuardAct[];
  /** Of the act that ended it: builds that ran then, the heaviest first. */
  readonly within?: readonly string[];
}

/** Of the profile that boots. */
export interface GenerationFacts {
  /** Numbers of the one that booted before the rebuild, and boots now; null: not known. */
  readonly before: number | null;
  readonly now: number | null;
  /** Of the one that boots now. */
  readonly soundness: Soundness;
}

export function scoreCardOf(
  fold: ScoreFold,
  facts: ScoreFacts,
  limits: ScoreLimits = defaultScoreLimits,
): ScoreCard {
  const startedAtMs = facts.startedMs ?? fold.startedMs;
  const endedAtMs = Math.max(startedAtMs, facts.endedMs ?? fold.lastMs);
  const acts = facts.acts ?? [];
  return {
    version: 1,
    command: facts.command,
    startedAtMs,
    endedAtMs,
    exitCode: facts.exitCode,
    baseline: facts.baseline ?? null,
    items: [
      timeItem(fold, facts, (endedAtMs - startedAtMs) / 1000, limits),
      memoryItem(fold, limits),
      awaitItem(fold, limits),
      cpuItem(fold, limits),
      zombieItem(fold),
      generationItem(facts.generation),
      storeItem(facts.verification, startedAtMs),
    ],
    acts,
    breaker: breakerOf(acts, facts.within ?? []),
  };
}

function breakerOf(acts: readonly GuardAct[], within: readonly string[]): ScoreBreaker | null {
  const act = acts.find(isBreaker);
  if (act === undefined) return null;
  const { rule, action, names, value, limit, unit, heldSec, atMs } = act;
  return { rule, action, names, value, limit, unit, heldSec, atMs, within };
}

/** It ended the command, or a build of it; what was only told or held up has not. */
export function isBreaker({ action, status, dryRun }: GuardAct): boolean {
  if (dryRun || (action !== 'cancel' && action !== 'kill')) return false;
  return status === 'done' || status === 'incomplete';
}

/** What stands on the card; `left-out` does not count. */
export function countStates(items: readonly ScoreItem[]): Readonly<Record<ScoreState, number>> {
  const counts = { pass: 0, fail: 0, unknown: 0, 'left-out': 0 };
  for (const { state } of items) counts[state] += 1;
  return counts;
}

type Measured = Pick<ScoreItem, 'value' | 'limit' | 'unit'> &
  Partial<Pick<ScoreItem, 'atMs' | 'note' | 'state'>>;

/** At most its limit passes. */
function item(id: ScoreId, { value, limit, unit, atMs = null, note = null, state }: Measured): ScoreItem {
  const judged = value === null || limit === null ? 'unknown' : value <= limit ? 'pass' : 'fail';
  return { id, state: state ?? judged, value, limit, unit, atMs, note };
}

function timeItem(
  { usualSec }: ScoreFold,
  { succeeded }: ScoreFacts,
  value: number,
  { time }: ScoreLimits,
): ScoreItem {
  const usual = usualSec !== null && usualSec > time;
  const limit = usual ? Math.round(usualSec) : time;
  if (succeeded === false)
    return item('time', { value, limit, unit: 's', state: 'fail', note: { kind: 'not-done' } });
  const note = usual ? ({ kind: 'usual-time' } as const) : null;
  return item('time', { value, limit, unit: 's', note, ...(succeeded === null && { state: 'unknown' }) });
}

function memoryItem({ memory, own }: ScoreFold, { memory: limit }: ScoreLimits): ScoreItem {
  if (memory === null) return item('memory', { value: null, limit, unit: 'percent' });
  const { usedBytes, totalBytes } = memory.value;
  const ownBytes = own?.value.bytes ?? null;
  const note = { kind: 'memory', usedBytes, totalBytes, ownBytes, build: own?.value.build ?? null } as const;
  const value = (100 * usedBytes) / totalBytes;
  return item('memory', { value, limit, unit: 'percent', atMs: memory.atMs, note });
}

function awaitItem({ disk, spells }: ScoreFold, { await: limit }: ScoreLimits): ScoreItem {
  if (disk === null) {
    // Disks that were read and hardly asked for anything made nobody wait.
    return item('await', { value: spells.size > 0 ? 0 : null, limit, unit: 'ms' });
  }
  const { device, awaitMs: value, stalled } = disk.value;
  return item('await', {
    value,
    limit,
    unit: 'ms',
    atMs: disk.atMs,
    note: { kind: 'disk', device, stalled },
  });
}

/** A look or two are no mean of anything: a command that is over at once is not judged by them. */
const leastCpuSec = 3;

function cpuItem({ cpu: { percentSec, sec } }: ScoreFold, { cpu: limit }: ScoreLimits): ScoreItem {
  if (sec < leastCpuSec) return item('cpu', { value: null, limit, unit: 'percent' });
  const note = { kind: 'mean', overSec: Math.round(sec) } as const;
  return item('cpu', { value: percentSec / sec, limit, unit: 'percent', note });
}

function zombieItem({ zombies }: ScoreFold): ScoreItem {
  return item('zombies', { value: zombies, limit: 0, unit: 'none' });
}

function generationItem(facts: GenerationFacts | null): ScoreItem {
  const none = { value: null, limit: null, unit: 'none' } as const;
  if (facts === null) return item('generation', { ...none, state: 'left-out' });
  const { before, now, soundness } = facts;
  const states = { sound: 'pass', unsound: 'fail', unknown: 'unknown' } as const;
  const note = {
    kind: 'generation',
    made: before !== null && now !== null && now > before,
    flaws: soundness.state === 'unsound' ? soundness.flaws : [],
    why: soundness.state === 'unknown' ? soundness.why : null,
  } as const;
  return item('generation', { ...none, value: now, state: states[soundness.state], note });
}

/** What is known to be damaged fails whenever it was found; what was sound before it began says nothing of now. */
function storeItem(last: StoreVerification | null | undefined, startedAtMs: number): ScoreItem {
  const none = { value: null, limit: null, unit: 'none' } as const;
  if (last === undefined) return item('store', { ...none, state: 'unknown' });
  if (last === null)
    return item('store', { ...none, state: 'unknown', note: { kind: 'verified', atMs: null, damaged: 0 } });
  const ended = Date.parse(last.time);
  const atMs = Number.isNaN(ended) ? null : ended;
  const damaged = last.corrupt.length + last.missing.length;
  const whole = last.status === 'done' && last.unreadable.length === 0;
  const since = atMs !== null && atMs - last.durationMs >= startedAtMs;
  const state = damaged > 0 ? 'fail' : whole && since ? 'pass' : 'unknown';
  return item('store', { ...none, state, note: { kind: 'verified', atMs, damaged } });
}
