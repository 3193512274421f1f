/** What the policy remembers from look to look. Times are monotonic ms. */
import { identityKey } from '../base/identity.ts';
import type { GuardAction, GuardReading, GuardRuleId, GuardUndo } from '../model/guard/guard.ts';
import type { BuildTarget, Intent } from '../model/intents/intent.ts';
import type { Build, Model } from '../model/model.ts';
import { barKey } from './ladder.ts';
import type { Paces } from './pace.ts';
import type { Candidate } from './rule.ts';

/** What the policy wants done now. */
export interface GuardDecision {
  /** Grows by one with each. */
  readonly id: number;
  readonly rule: GuardRuleId;
  readonly action: GuardAction | GuardUndo;
  /** Null: it is only told. */
  readonly intent: Intent | null;
  readonly names: readonly string[];
  readonly reading: GuardReading;
  readonly evidence: Candidate['evidence'];
  /** Monotonic ms. */
  readonly decidedMs: number;
  /** Of the standing that it came of. */
  readonly key: string;
  /** As it was before; absent: of what is undone. */
  readonly before?: Standing;
  /** Of what is undone: it was really done, whatever the settings say by now. Absent: of what is done. */
  readonly undoesDone?: boolean;
}

/** One build that something was done to that can be undone. */
export interface Undoable {
  readonly rule: GuardRuleId;
  /** Of the standing that it came of. */
  readonly key: string;
  readonly action: 'pause' | 'lower' | 'limit';
  readonly target: BuildTarget;
  /** What it held then, and by how much it grew; null: not known. */
  readonly heldBytes: number | null;
  readonly growthBytesPerMin: number | null;
  /** Of a pause: it was seen to stand still. In a dry run it never does. */
  readonly seen: boolean;
  /** Since when the build is not to be seen; null: it is. */
  readonly goneMs: number | null;
  /** Of a pause: since when it goes on, after it was seen to stand still; null: it does not. */
  readonly awakeMs: number | null;
  /** When it was decided. */
  readonly atMs: number;
  /** False: it was only told, in a dry run. */
  readonly done: boolean;
  /** How often it could not be undone. */
  readonly failures: number;
}

/** What is remembered of one rule on one subject. */
export interface Standing {
  /** Since when all of it has held. */
  readonly sinceMs: number | null;
  /** When it held last. */
  readonly heldMs: number;
  /** Index of the next action. */
  readonly next: number;
  readonly taken: number;
  readonly last: GuardAction | null;
  /** When its last action was decided. */
  readonly lastMs: number;
  /** When another action was in its way last. */
  readonly conflictMs: number;
}

/** What builds held when something was decided, by their identity. */
export type Held = ReadonlyMap<string, Pick<Undoable, 'heldBytes' | 'growthBytesPerMin'>>;

export interface GuardMemory {
  readonly standings: ReadonlyMap<string, Standing>;
  /** Oldest first. */
  readonly undoable: readonly Undoable[];
  readonly kept: ReadonlyMap<string, unknown>;
  readonly paces: Paces;
  /** The last action on builds or clients, ours or another guard's: what was done has to show first. */
  readonly acted: { readonly action: GuardAction; readonly atMs: number } | null;
  /** When a build was resumed last. */
  readonly resumedMs: number;
  /** How often builds have been paused, by their identity. */
  readonly pauses: ReadonlyMap<string, number>;
  /** Actions that have failed on a build, or killed it in a dry run (`barKey`), and when. */
  readonly failed: ReadonlyMap<string, number>;
  /** Decided and not ended yet. */
  readonly pending: readonly GuardDecision[];
  /** When each of them was decided, by its id. */
  readonly held: ReadonlyMap<number, Held>;
  readonly lastId: number;
  /** Unix ms of the last kill by anybody; -1: nobody has looked. */
  readonly killsSeen: number;
}

export const noGuardMemory: GuardMemory = {
  standings: new Map(),
  undoable: [],
  kept: new Map(),
  paces: new Map(),
  acted: null,
  resumedMs: Number.NEGATIVE_INFINITY,
  pauses: new Map(),
  failed: new Map(),
  pending: [],
  held: new Map(),
  lastId: 0,
  killsSeen: -1,
};

/** A build that was paused so often is not paused again: what comes next is harsher, and the end of it. */
export const mostPauses = 3;

/** Actions that are no use any more: done to a build already, or in vain. */
export function barredIn({ undoable, failed, pauses, pending }: GuardMemory): ReadonlySet<string> {
  const barred = new Set(failed.keys());
  for (const { action, target } of undoable) barred.add(barKey(action, target.root));
  for (const [key, times] of pauses) if (times >= mostPauses) barred.add(`pause ${key}`);
  for (const { action, intent } of pending)
    if (intent !== null && 'targets' in intent && action !== 'resume' && action !== 'restore')
      for (const { root } of intent.targets) barred.add(barKey(action, root));
  return barred;
}

/** One that goes on for so long was let go on by somebody; before that a look may have missed a process. */
const awakeForMs = 5000;

/** Without builds that have ended, pauses that somebody else has undone, and what was only told by who is armed now. */
export function forgotten(
  memory: GuardMemory,
  { builds, monotonicMs }: Pick<Model, 'builds' | 'monotonicMs'>,
  forgetMs: number,
  dryRun: boolean,
): GuardMemory {
  const { pauses, failed } = memory;
  // What a dry run told of is still to be done by who is armed now.
  const undoable = dryRun ? memory.undoable : memory.undoable.filter(({ done }) => done);
  if (memory.undoable.length === 0 && pauses.size === 0 && failed.size === 0) return memory;
  const byKey = new Map<string, Build>(builds.map((build) => [identityKey(build), build]));
  const kept = undoable.flatMap((one): readonly Undoable[] => {
    const build = byKey.get(identityKey(one.target.root));
    if (build === undefined) {
      const goneMs = one.goneMs ?? monotonicMs;
      return monotonicMs - goneMs < forgetMs ? [{ ...one, goneMs }] : [];
    }
    if (one.action !== 'pause') return [{ ...one, goneMs: null }];
    if (build.paused || !one.seen)
      return [{ ...one, goneMs: null, awakeMs: null, seen: one.seen || build.paused }];
    const awakeMs = one.awakeMs ?? monotonicMs;
    return monotonicMs - awakeMs < awakeForMs ? [{ ...one, goneMs: null, awakeMs }] : [];
  });
  // A build may be missing for a look.
  const isKnown = (key: string) =>
    byKey.has(key) || kept.some(({ target }) => identityKey(target.root) === key);
  return {
    ...memory,
    undoable: kept,
    pauses: new Map([...pauses].filter(([key]) => isKnown(key))),
    // What could not be done may be possible by then.
    failed: new Map([...failed].filter(([, atMs]) => monotonicMs - atMs < forgetMs)),
  };
}
