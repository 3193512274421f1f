/**
 * What an incident was, as data: made by a fold over Models (incident/), worded in format/report.ts. Times are Unix ms
 * unless their name says otherwise; null = not known.
 */
import type { TimeSpan } from '../../base/time-span.ts';
import type { Finding } from '../diagnosis/finding.ts';
import type { Hypothesis } from '../diagnosis/hypothesis.ts';
import type { Killer } from '../machine/killers.ts';
import type { Host, Level, Shortage } from '../model.ts';
import type { TrackPoint } from '../past/track.ts';
import type { Cause } from '../rebuild/cause.ts';
import type { ScoreCard } from '../rebuild/score-card.ts';
import type { Happening, TimelineEntry } from './timeline.ts';

export interface Incident {
  readonly version: 1;
  readonly host: Host;
  /** What is reported of; what was recorded of it, in which there may be holes. */
  readonly span: TimeSpan;
  /**
   * `asked`: by times; `incident`: from what was critical to what was well again; `recent`: nothing was critical; `status`:
   * up to now, while it goes on.
   */
  readonly chosenBy: 'asked' | 'incident' | 'recent' | 'status';
  /** Samples that it is made of. */
  readonly samples: number;
  /** First and last moment at which something was critical; null: nothing was. */
  readonly critical: CriticalSpan | null;
  readonly severity: Severity;
  readonly impact: Impact;
  /** In order of time. */
  readonly timeline: readonly TimelineEntry[];
  /** Routine entries that were left out of it, so that it stays readable. */
  readonly omitted: number;
  /** What was found, the worst first; of one hypothesis there may be several. */
  readonly suspects: readonly Suspect[];
  /** Of those without a suspect, as they were known when it was worst; at the end where nothing was critical. */
  readonly others: readonly Hypothesis[];
  /** To which the `sinceMs` in `others` belongs. */
  readonly othersAt: Clock;
  readonly rootCause: RootCauseOf;
  readonly recovery: Recovery | null;
  /** Columns of the charts, in order of time, each as long as the others but the last. */
  readonly columns: readonly TrackPoint[];
  readonly environment: Environment;
  /** Of all that Nix did in this time; null: nothing of it ran. */
  readonly score: ScoreCard | null;
}

/** A moment by both clocks: evidence counts in monotonic ms. */
export interface Clock {
  readonly timeMs: number;
  readonly monotonicMs: number;
}

export interface CriticalSpan {
  readonly fromMs: number;
  /** Nothing was critical any more; null: it still was at the end. */
  readonly toMs: number | null;
  /** Together, seconds. */
  readonly lengthSec: number;
  /** What was critical, in the order in which it became so. */
  readonly shortages: readonly Shortage['resource'][];
}

export const severities = ['none', 'minor', 'major', 'severe'] as const;

/** The first rule that holds decides. */
export const severityRules = [
  { id: 'data', severity: 'severe' },
  { id: 'bystander', severity: 'severe' },
  { id: 'unended', severity: 'severe' },
  { id: 'lasting', severity: 'severe' },
  { id: 'lost', severity: 'major' },
  { id: 'killed', severity: 'major' },
  { id: 'minute', severity: 'major' },
  { id: 'failed', severity: 'minor' },
  { id: 'critical', severity: 'minor' },
  { id: 'calm', severity: 'none' },
] as const satisfies readonly { readonly id: string; readonly severity: (typeof severities)[number] }[];

export interface Severity {
  readonly level: (typeof severities)[number];
  readonly rule: (typeof severityRules)[number]['id'];
}

export interface LostBuild {
  readonly name: string | null;
  readonly drv: string | null;
  /** When its end was seen. */
  readonly timeMs: number;
  /** What it had taken until then: done in vain. */
  readonly ageSec: number | null;
  /** From its log; null: none was followed. */
  readonly cause: Cause | null;
  /** Who ended it, where that was seen. */
  readonly killer: Killer | null;
  /** Who asked for it: a user, a guard. */
  readonly by: string | null;
}

export interface RebuildEnd {
  readonly command: string | null;
  readonly timeMs: number;
  readonly level: Level;
  readonly built: number;
  readonly failed: number;
  readonly unbuilt: number;
}

export interface Impact {
  /** In order of time. */
  readonly lost: readonly LostBuild[];
  /** Builds that ended and of which nothing bad is known. */
  readonly ended: number;
  readonly running: number;
  /** Of rebuilds whose log was followed. */
  readonly rebuilds: readonly RebuildEnd[];
  /** A log was followed: without one a failed build is not told from one that was done. */
  readonly logs: boolean;
  /** Processes that were killed for want of memory. */
  readonly kills: number;
  /** Seconds in which nobody who wanted to run could, for want of memory, and of a disk (`full` of PSI). */
  readonly stalledSec: { readonly memory: number | null; readonly io: number | null };
  /** Time without an answer, of the disk that was worst. */
  readonly longestStall: { readonly device: string; readonly sec: number } | null;
}

/** One of the things that may have caused it. */
export interface Suspect {
  /** As it was when it was most certain and worst. */
  readonly finding: Finding;
  readonly clock: Clock;
  /** Whom it is about, as a person calls it; null: the machine, or nobody knows. */
  readonly about: string | null;
  readonly fromMs: number;
  /** Last seen; null: it still was there at the end. */
  readonly toMs: number | null;
}

export type RootCauseOf =
  | { readonly kind: 'none' }
  /** Index in `suspects`. */
  | { readonly kind: 'confirmed' | 'likely'; readonly suspect: number }
  /** Index in `impact.lost`: a build failed, its log says of what, and nothing else is suspected. */
  | { readonly kind: 'log'; readonly lost: number }
  /** Nothing that would explain it was likely. `suspect`: what is possible; null: nothing is. */
  | { readonly kind: 'unknown'; readonly suspect: number | null };

/** Figures of the machine at one moment. */
export interface Figures {
  readonly timeMs: number;
  readonly availableBytes: number | null;
  readonly swapUsedBytes: number | null;
}

export interface Recovery {
  /** The action after which it got better; null: nobody did anything. */
  readonly after: Extract<Happening, { readonly kind: 'action' | 'event' }> | null;
  readonly afterMs: number | null;
  /** Neither memory nor disk was short any more; null: not in this recording. */
  readonly calmMs: number | null;
  /** When least memory was free, and at the end. */
  readonly worst: Figures | null;
  readonly last: Figures;
}

/** What maintainers ask for. */
export interface Environment {
  readonly memoryTotalBytes: number | null;
  readonly swapTotalBytes: number | null;
  /** A daemon was seen: Nix for several users. */
  readonly daemon: boolean | null;
  readonly sandbox: boolean | null;
  /** Of the builds that were seen: `x86_64-linux`. */
  readonly systems: readonly string[];
  readonly filesystems: readonly {
    readonly path: string;
    readonly type: string;
    readonly totalBytes: number | null;
    readonly availableBytes: number | null;
  }[];
  readonly disks: readonly { readonly device: string; readonly model: string | null }[];
}
