/** What the probe `stack` saw of whoever seems to stand still, while it did so: twenty looks within two seconds. */
import { identityKey, type ProcessIdentity } from '../base/identity.ts';
import type { FindingDraft } from '../model/diagnosis/finding.ts';
import type { ProbeValues } from '../model/diagnosis/probe-values.ts';
import { resultOf } from '../model/diagnosis/probes-done.ts';
import type { Evidence } from '../model/diagnosis/verdict.ts';
import { contra, pro } from './judgement.ts';
import { monotonicOf } from './log-time.ts';
import type { Scene } from './rule.ts';

export interface ProbedStack {
  /** `still`: all sleep in the same place each time. `moves`: somebody runs, or sleeps elsewhere. `partly`: neither is sure. */
  readonly how: 'still' | 'moves' | 'partly';
  readonly places: ProbeValues['stack']['places'];
  readonly sinceMs: number;
}

/** Fewer looks, as of a probe that was ended, tell nothing. */
const leastSamples = 10;
/** As many as the probe brings: where there are more, nobody knows of the others (src/probes/stack.ts). */
const mostPlaces = 16;

/**
 * Null: not asked, asked before it stood still (`sinceMs`, monotonic), or longer ago than `askedSec`. By identity: a pid
 * alone is somebody else's after a while.
 */
export function probedStack(
  process: ProcessIdentity,
  sinceMs: number,
  { model, thresholds }: Pick<Scene, 'model' | 'thresholds'>,
): ProbedStack | null {
  const result = resultOf(model.probes, 'stack', identityKey(process));
  if (result?.ok !== true) return null;
  const { places, samples } = result.value;
  const beganMs = monotonicOf(model, result.startedMs);
  const old = model.timeMs - result.endedMs >= thresholds.askedSec * 1000;
  if (old || beganMs < sinceMs || samples < leastSamples || places.length === 0) return null;
  return { how: howOf(places, samples), places, sinceMs: beganMs };
}

function howOf(places: ProbedStack['places'], samples: number): ProbedStack['how'] {
  if (places.some(({ wchan }) => wchan === 'running')) return 'moves';
  // Threads of one process that sleep in one place are counted together.
  if (places.every(({ times }) => times % samples === 0))
    return places.length < mostPlaces ? 'still' : 'partly';
  const ofOne = Map.groupBy(places, ({ pid }) => pid);
  const elsewhere = [...ofOne.values()].some(
    (own) => own.length > 1 && own.some(({ times }) => times % samples !== 0),
  );
  // Of one that was seen fewer times, and nowhere else, the rest was not seen.
  return elsewhere ? 'moves' : 'partly';
}

/** `pipe_read, do_wait`: the three most frequent. */
export function wchansOf(places: ProbedStack['places']): string {
  return [...new Set(places.map(({ wchan }) => wchan))].slice(0, 3).join(', ');
}

/** Of one that is said to sleep: what the looks say for it and against it. */
function sleepEvidence({ how, places, sinceMs }: ProbedStack): readonly Evidence[] {
  const names = wchansOf(places);
  if (how === 'partly') return [];
  return how === 'still'
    ? [pro('probe.stack.still', names, 'text', sinceMs)]
    : [contra('probe.stack.moves', names, 'text', sinceMs)];
}

const lower = { confirmed: 'likely', likely: 'possible', possible: 'possible' } as const;

/** Of a finding that stands on sleep: the looks are told with it, and those that saw it move make it less certain. */
export function withSleep(draft: FindingDraft, probed: ProbedStack | null): FindingDraft {
  if (probed === null) return draft;
  const evidence = [...draft.evidence, ...sleepEvidence(probed)];
  if (probed.how !== 'moves') return { ...draft, evidence };
  const state = lower[draft.state];
  const level = state === 'possible' && draft.level === 'critical' ? 'warning' : draft.level;
  return { ...draft, evidence, state, level };
}
