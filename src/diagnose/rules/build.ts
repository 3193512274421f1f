/** A build that is stuck, or computes and gets nowhere, by itself: as the verdict on it says. */

import { identityKey } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Evidence, Reason, Verdict } from '../../model/diagnosis/verdict.ts';
import type { Build } from '../../model/model.ts';
import { needsPartner } from '../asleep.ts';
import { nameOfBuild } from '../build-name.ts';
import { contra, pro } from '../judgement.ts';
import { type ProbedStack, probedStack, wchansOf, withSleep } from '../probed-stack.ts';
import { noneSeen, type Rule, refuted, type Scene, unlikely } from '../rule.ts';
import { isLeftOver } from './left-over.ts';

export const buildRule: Rule = {
  id: 'build',
  probes: ['stack'],
  watchSec: ({ idleSec }) => idleSec,
  look(scene) {
    const { model, nowMs, thresholds } = scene;
    const findings: FindingDraft[] = [];
    const open: Evidence[] = [];
    const builds = new Map(model.builds.map((one) => [identityKey(one), one]));
    for (const verdict of model.verdicts) {
      const { subject, state, reason, sinceMs } = verdict;
      if (subject.kind !== 'build') continue;
      const build = builds.get(identityKey(subject));
      // Without root every second build that compresses into a tmpfs seems to get nowhere.
      const blind = verdict.unseen.includes('io');
      const enoughSec = blind ? thresholds.spinStuckSec : 0;
      if (state !== 'working' && state !== 'paused') open.push(...slowSince(verdict));
      if (build === undefined || (reason.kind === 'spinning' && nowMs - sinceMs < enoughSec * 1000)) continue;
      const found = findingOf(verdict, build);
      if (found !== null) findings.push(probed(found, verdict, scene));
    }
    if (model.builds.length === 0) return { findings, ground: noneSeen('builds', model) };
    return { findings, ground: open.length > 0 ? unlikely(...open) : refuted() };
  },
};

/** What stands still may be stuck: since when. */
function slowSince({ evidence }: Verdict): readonly Evidence[] {
  const still = evidence.find(({ field, sinceMs }) => field === 'cpu' && sinceMs !== null);
  return [still ?? evidence[0]].filter((one) => one !== undefined);
}

function findingOf(verdict: Verdict, build: Build): FindingDraft | null {
  const { reason, state } = verdict;
  switch (reason.kind) {
    case 'idle':
      // A pause between two things is none yet; and those who have ended are another hypothesis.
      return state !== 'stuck' || isLeftOver(reason) ? null : stuckBuild(verdict, build, idleFound(reason));
    case 'spinning':
      return stuckBuild(verdict, build, { how: 'spinning', ...(reason.yields && { yields: true }) });
    case 'overdue':
      return overdueBuild(verdict, build);
    default:
      return null;
  }
}

/**
 * With what the probe saw of it meanwhile. Two seconds prove nothing alone: they make certain what was likely for want of
 * knowing where it sleeps, and only where it stirred at none of the looks before.
 */
function probed(draft: FindingDraft, verdict: Verdict, scene: Scene): FindingDraft {
  const { subject, reason, state, sinceMs, unseen, evidence } = verdict;
  if (subject.kind !== 'build' || draft.found.kind !== 'build-stuck') return draft;
  const seen = probedStack(subject, sinceMs, scene);
  if (reason.kind === 'spinning') return seen === null ? draft : withRun(draft, seen);
  if (reason.kind !== 'idle') return draft;
  const settles =
    seen?.how === 'still' &&
    state === 'stuck' &&
    reason.asleep?.kind === 'unknown' &&
    unseen.includes('wchan') &&
    evidence.every((one) => one.for) &&
    seen.places.every(({ wchan }) => needsPartner(wchan));
  const told = withSleep(draft, seen);
  return settles ? { ...told, state: 'confirmed' } : told;
}

/** A loop runs whenever it is looked at; what sleeps each time computes little. */
function withRun(draft: FindingDraft, { how, places, sinceMs }: ProbedStack): FindingDraft {
  if (how === 'still')
    return {
      ...draft,
      evidence: [...draft.evidence, contra('probe.stack.still', wchansOf(places), 'text', sinceMs)],
      ...(draft.state === 'likely' && { state: 'possible', level: 'warning' }),
    };
  if (!places.some(({ wchan }) => wchan === 'running')) return draft;
  return { ...draft, evidence: [...draft.evidence, pro('probe.stack.runs', null, 'none', sinceMs)] };
}

type How =
  | { readonly how: 'idle'; readonly asleep?: NonNullable<Extract<Reason, { kind: 'idle' }>['asleep']> }
  | { readonly how: 'spinning'; readonly yields?: true };

function idleFound({ asleep }: Extract<Reason, { readonly kind: 'idle' }>): How {
  return { how: 'idle', ...(asleep !== null && { asleep }) };
}

function stuckBuild(verdict: Verdict, build: Build, how: How): FindingDraft {
  const { state, certainty, sinceMs, evidence } = verdict;
  const { pid, startTime, phase } = build;
  const usualPercent = usualOf(verdict);
  const stuck = state === 'stuck';
  // Long links and tests compute like a loop for minutes; threads that only hand on the CPU do no work at all.
  const level = stuck ? 'critical' : how.how === 'spinning' && how.yields === true ? 'warning' : 'ok';
  return {
    subject: { kind: 'build', pid, startTime },
    level,
    state: stuck ? (certainty === 'certain' ? 'confirmed' : 'likely') : 'possible',
    found: {
      kind: 'build-stuck',
      build: nameOfBuild(build),
      ...how,
      ...(phase !== null && { phase }),
      ...(usualPercent !== null && { usualPercent }),
    },
    evidence,
    sinceMs,
    probe: 'stack',
  };
}

function overdueBuild(verdict: Verdict, build: Build): FindingDraft | null {
  const usualPercent = usualOf(verdict);
  const { pid, startTime } = build;
  if (usualPercent === null) return null;
  return {
    subject: { kind: 'build', pid, startTime },
    // It gets on.
    level: 'ok',
    state: 'possible',
    found: { kind: 'build-overdue', build: nameOfBuild(build), usualPercent },
    evidence: verdict.evidence,
    sinceMs: verdict.sinceMs,
  };
}

function usualOf({ evidence }: Verdict): number | null {
  const usual = evidence.find(({ field }) => field === 'usual')?.value;
  return typeof usual === 'number' ? usual : null;
}
