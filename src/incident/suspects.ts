/** What rules found in the course of it, each as it was when it was worst, and what was known of the rest then. */
import { aboutOf } from '../diagnose/finding-events.ts';
import type { Finding } from '../model/diagnosis/finding.ts';
import { type Hypothesis, type HypothesisId, hypothesisStates } from '../model/diagnosis/hypothesis.ts';
import type {
  Clock,
  CriticalSpan,
  Impact,
  LostBuild,
  RootCauseOf,
  Suspect,
} from '../model/incident/incident.ts';
import type { Model, Shortage } from '../model/model.ts';

/** What is only possible, and gone at once, was nothing. */
const briefMs = 5000;

/** The oldest that is over goes first. */
const mostKept = 300;

interface Seen {
  finding: Finding;
  clock: Clock;
  about: string | null;
  readonly fromMs: number;
  toMs: number;
  look: number;
}

export interface Suspects {
  look(model: Model): void;
  /** The worst first; `lasting`: those that are there still have no end. */
  all(): readonly Suspect[];
}

export function createSuspects(): Suspects {
  const byId = new Map<string, Seen>();
  let look = 0;
  let begunMs = Number.NEGATIVE_INFINITY;

  /** What is only possible beside it is said already. */
  function isCertain(hypothesis: HypothesisId): boolean {
    return [...byId.values()].some(({ finding }) => {
      return finding.hypothesis === hypothesis && finding.state !== 'possible';
    });
  }

  function forget(): void {
    const over = [...byId].find(([, one]) => one.look < look - 1);
    if (over !== undefined) byId.delete(over[0]);
  }

  return {
    look(model) {
      const { findings, timeMs, monotonicMs } = model;
      if (look === 0) begunMs = timeMs;
      for (const one of byId.values()) if (one.look === look) one.toMs = timeMs;
      look += 1;
      for (const finding of findings) {
        if (finding.level === 'ok' || finding.found.kind === 'paused') continue;
        const known = byId.get(finding.id);
        const clock = { timeMs, monotonicMs };
        if (known === undefined) {
          const fromMs = timeMs - Math.max(0, monotonicMs - finding.sinceMs);
          byId.set(finding.id, {
            finding,
            clock,
            about: aboutOf(finding, model),
            fromMs,
            toMs: timeMs,
            look,
          });
          if (byId.size > mostKept) forget();
          continue;
        }
        known.toMs = timeMs;
        known.look = look;
        // As bad as before: what it has grown to counts.
        if (isMilder(finding, known.finding)) continue;
        [known.finding, known.clock, known.about] = [finding, clock, aboutOf(finding, model)];
      }
    },
    all: () =>
      [...byId.values()]
        .filter(({ finding, fromMs, toMs, look: at }) => {
          if (isPast(finding) && fromMs < begunMs) return false;
          if (finding.state !== 'possible') return true;
          return !isCertain(finding.hypothesis) && (at === look || toMs - fromMs >= briefMs);
        })
        .toSorted((a, b) => rankOf(b.finding) - rankOf(a.finding) || a.fromMs - b.fromMs)
        .map(({ finding, clock, about, fromMs, toMs, look: at }): Suspect => {
          return { finding, clock, about, fromMs, toMs: at === look ? null : toMs };
        }),
  };
}

/** Of hypotheses for which nobody is suspected. */
export function othersOf(
  hypotheses: readonly Hypothesis[],
  suspects: readonly Suspect[],
): readonly Hypothesis[] {
  const told = new Set(suspects.map(({ finding }) => finding.hypothesis));
  return hypotheses.filter(({ id }) => !told.has(id)).map((one) => ({ ...one, findings: [] }));
}

/** What may make these short: what is found beside them is no cause of them. */
const causes: Readonly<Record<Shortage['resource'], readonly HypothesisId[]>> = {
  memory: ['build-leak', 'evaluation', 'elsewhere', 'memory-limit', 'oom-killer', 'space'],
  // A machine that swaps keeps its disk busy.
  io: ['disk', 'volume', 'elsewhere', 'build-leak', 'evaluation', 'memory-limit', 'store'],
  space: ['space', 'volume'],
  cpu: ['elsewhere', 'build'],
};
/** Of space only what lies in memory takes it: a tmpfs. */
const inMemory: readonly Finding['found']['kind'][] = ['store-in-memory'];

function explains({ finding }: Suspect, critical: Pick<CriticalSpan, 'shortages'> | null): boolean {
  if (finding.level === 'critical' || critical === null) return true;
  return critical.shortages.some((resource) => {
    if (resource === 'memory' && finding.hypothesis === 'space') return inMemory.includes(finding.found.kind);
    return causes[resource].includes(finding.hypothesis);
  });
}

/** By the rules alone: what is worst and most certain, came first, and explains what was short; else what a log says. */
export function rootCauseOf(
  suspects: readonly Suspect[],
  critical: Pick<CriticalSpan, 'shortages'> | null,
  { lost, kills }: Pick<Impact, 'lost' | 'kills'>,
): RootCauseOf {
  const wrong = critical !== null || lost.length > 0 || kills > 0;
  if (!wrong) return { kind: 'none' };
  const at = suspects.findIndex((one) => one.finding.state !== 'possible' && explains(one, critical));
  const state = suspects[at]?.finding.state;
  if (state === 'confirmed' || state === 'likely') return { kind: state, suspect: at };
  const failed = lost.findIndex(({ cause, by }) => by === null && isTelling(cause));
  if (failed >= 0) return { kind: 'log', lost: failed };
  const possible = suspects.findIndex((one) => explains(one, critical));
  return { kind: 'unknown', suspect: possible < 0 ? null : possible };
}

/** Somebody killed it, and its log does not know who. */
function isTelling(cause: LostBuild['cause']): boolean {
  return (
    cause !== null && cause.kind !== 'killed' && cause.kind !== 'unknown' && cause.kind !== 'interrupted'
  );
}

/** What happened, and is told for a while: it lasts no longer than that moment. */
const past: readonly Finding['found']['kind'][] = [
  'limit-kill',
  'oom-bystander',
  'space-failed',
  'units-failed',
  'switch-incomplete',
];

export function isPast({ found }: Pick<Finding, 'found'>): boolean {
  return past.includes(found.kind);
}

/** Than what is known of it already: it was worse or more certain then. A level falls late, when all is well again. */
function isMilder(now: Finding, known: Finding): boolean {
  const [rank, before] = [rankOf(now), rankOf(known)];
  if (rank !== before) return rank < before;
  const [amount, most] = [amountOf(now.found), amountOf(known.found)];
  return amount !== null && most !== null && amount < most;
}

/** The more the worse; null: nothing of it has a size. */
function amountOf(found: Finding['found']): number | null {
  if (found.kind === 'space') return found.availableBytes === null ? null : -found.availableBytes;
  return 'stalledSec' in found ? found.stalledSec : null;
}

const levels = ['ok', 'warning', 'critical'] as const;

function rankOf({ level, state }: Pick<Finding, 'level' | 'state'>): number {
  return levels.indexOf(level) * 10 + hypothesisStates.indexOf(state);
}
