/** Whether the configuration evaluates, and what Nix would do for it. */
import type { CheckItem, CheckState } from '../../model/advice/check.ts';
import type { EvaluationFound } from '../../model/advice/checked-rebuild.ts';
import type { DryRun, RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import { causeOf, lacksConfiguration, wantsToBuild } from '../evaluation-error.ts';
import { leftOut, unseen } from '../unseen.ts';

type Facts = Pick<RebuildFacts, 'dryRun' | 'memoryLimit' | 'machine'>;

export function evaluationItem(facts: Facts): CheckItem {
  const { dryRun } = facts;
  if (dryRun === null) return leftOut('evaluation');
  if (!dryRun.ok) return unseen('evaluation', null, dryRun.problem);
  const found = foundOf(dryRun.value, facts);
  return { id: 'evaluation', subject: found.configuration, state: stateOf(found), found };
}

function foundOf({ run, said, plan }: DryRun, { memoryLimit, machine }: Facts): EvaluationFound {
  const lacksName = run.end === 'failed' && lacksConfiguration(run.configuration, said, run.error);
  const planned = plan?.ok === true ? plan.value : null;
  return {
    kind: 'evaluation',
    ...{ configuration: run.configuration, end: run.end, sec: run.sec, peakBytes: run.peakBytes },
    ...{ limitSec: run.limitSec, limitBytes: run.limitBytes, error: run.error },
    cause: run.end === 'done' || lacksName ? null : causeOf(said, run.error),
    lacksName,
    wantsBuild: wantsToBuild(said),
    // What we ended ourselves has no error of its own.
    killed:
      run.end === 'memory' && run.error !== null
        ? { cgroup: memoryLimit?.cgroup ?? null, limitBytes: memoryLimit?.limitBytes ?? null }
        : null,
    availableBytes: machine.memory.availableBytes,
    plan: planned && {
      builds: planned.builds.length,
      fetches: planned.fetches.length,
      ...{ downloadBytes: planned.downloadBytes, unpackedBytes: planned.unpackedBytes },
      ...{ unknown: planned.unknown, empty: planned.empty },
    },
    refused: plan?.ok === false && plan.problem.kind === 'malformed',
    unplanned: plan?.ok === false ? (plan.problem.cause ?? plan.problem.kind) : null,
  };
}

function stateOf({ end, wantsBuild, plan, unplanned, refused, killed }: EvaluationFound): CheckState {
  if (end === 'done') {
    if (refused) return 'failed';
    if (plan !== null && (plan.unknown.length > 0 || plan.empty.length > 0)) return 'failed';
    return unplanned === null ? 'ok' : 'unknown';
  }
  // Nothing is built here, and a rebuild would.
  if (end === 'failed' && wantsBuild) return 'unknown';
  if (killed !== null) return 'failed';
  // A rebuild has no such limit, and may come to its end.
  return end === 'time' || end === 'memory' ? 'warning' : 'failed';
}
