/** Whether the configuration evaluates, and what Nix would do for it. */
import type { CheckItem, CheckState } from '../../model/advice/check.ts';
import type { EvaluationFound } from '../../model/advice/checked-rebuild.ts';
import type { DryRun, RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import { causeOf, wantsToBuild } from '../evaluation-error.ts';
import { leftOut, unseen } from '../unseen.ts';

export function evaluationItem({ dryRun }: Pick<RebuildFacts, 'dryRun'>): CheckItem {
  if (dryRun === null) return leftOut('evaluation');
  if (!dryRun.ok) return unseen('evaluation', null, dryRun.problem);
  const found = foundOf(dryRun.value);
  return { id: 'evaluation', subject: found.configuration, state: stateOf(found), found };
}

function foundOf({ run, said, plan }: DryRun): EvaluationFound {
  const planned = plan?.ok === true ? plan.value : null;
  return {
    kind: 'evaluation',
    ...{ configuration: run.configuration, end: run.end, sec: run.sec, peakBytes: run.peakBytes },
    ...{ limitSec: run.limitSec, limitBytes: run.limitBytes, error: run.error },
    cause: run.end === 'done' ? null : causeOf(said, run.error),
    wantsBuild: wantsToBuild(said),
    plan: planned && {
      builds: planned.builds.length,
      fetches: planned.fetches.length,
      ...{ downloadBytes: planned.downloadBytes, unpackedBytes: planned.unpackedBytes },
      ...{ unknown: planned.unknown, empty: planned.empty },
    },
    unplanned: plan?.ok === false ? (plan.problem.cause ?? plan.problem.kind) : null,
  };
}

function stateOf({ end, wantsBuild, plan, unplanned }: EvaluationFound): CheckState {
  if (end === 'done') {
    if (plan !== null && (plan.unknown.length > 0 || plan.empty.length > 0)) return 'failed';
    return unplanned === null ? 'ok' : 'unknown';
  }
  // Nothing is built here, and a rebuild would.
  if (end === 'failed' && wantsBuild) return 'unknown';
  // A rebuild has no such limit, and may come to its end.
  return end === 'time' || end === 'memory' ? 'warning' : 'failed';
}
