/** What a rebuild would have to build although everything is taken from the caches that can be used. */
import { bytesText } from '../../base/bytes.ts';
import { listText, plural } from '../../base/plural.ts';
import { orNull, type Result } from '../../base/problem.ts';
import type { DryRun, Plan as NixPlan, PlannedBuild } from '../../model/advice/rebuild-facts.ts';
import { nameOfDerivation } from '../../model/nix-store/store-path.ts';
import type { Ports } from '../../platform/ports.ts';
import { readDryRun } from '../../probes/check/dry-run.ts';
import { probing } from '../probing.ts';
import type { Plan, RecoverContext } from '../step.ts';
import { type AskedCaches, usableOf } from './asked.ts';

const mostNames = 12;
const planned = new WeakMap<Ports, Promise<Result<DryRun>>>();

/** Evaluated once a run. */
export function dryRunOnce(caches: AskedCaches, context: RecoverContext): Promise<Result<DryRun>> {
  let run = planned.get(context.ports);
  if (run === undefined) {
    const substituters = usableOf(caches)
      .map(({ address }) => address)
      .join(' ');
    run = readDryRun(
      { flake: context.wishes.flake, options: [['substituters', substituters]] },
      probing(context),
    );
    planned.set(context.ports, run);
  }
  return run;
}

/** Null: nobody knows what is to be built. */
export function planIn(run: Result<DryRun>): NixPlan | null {
  const plan = orNull(run)?.plan ?? null;
  return plan === null ? null : orNull(plan);
}

/** Files of the configuration itself, which no cache has and which take a moment: Nix is told to make them here. */
export function isSmall({ wants }: PlannedBuild): boolean {
  return wants?.prefersLocal === true || wants?.system === 'builtin';
}

/** 1 where all that is left to build is small: with 0 Nix would not make that either (canBuildLocally of libstore). */
export function jobsFor(plan: NixPlan | null): 0 | 1 {
  return plan !== null && plan.builds.length > 0 && plan.builds.every(isSmall) ? 1 : 0;
}

export function tellPlan(run: Result<DryRun>): Plan {
  if (!run.ok) {
    const { where, cause, kind } = run.problem;
    return { state: 'impossible', why: `it is not known: ${where}: ${cause ?? kind}` };
  }
  const { plan, run: evaluation } = run.value;
  if (plan === null) {
    const error = evaluation.error ?? `it ended: ${evaluation.end}`;
    return {
      state: 'impossible',
      why: `the configuration does not evaluate: ${error}`,
      way: 'see all of it: nixpulse check rebuild',
    };
  }
  if (!plan.ok) {
    const { where, cause, kind } = plan.problem;
    return {
      state: 'impossible',
      why: `it evaluates; what is to be built is not known: ${where}: ${cause ?? kind}`,
    };
  }
  const { builds, fetches, downloadBytes, unknown } = plan.value;
  const size = downloadBytes === null || downloadBytes < 1 ? '' : ` (${bytesText(downloadBytes)})`;
  const fetched = `${plural(fetches.length, 'download')}${size}`;
  if (unknown.length > 0)
    return {
      state: 'impossible',
      why: `Nix does not know how to get ${plural(unknown.length, 'path')}`,
      lines: [namesOf(unknown)],
    };
  const small = builds.filter(isSmall);
  const large = builds.filter((one) => !isSmall(one));
  const smallLine = `${plural(small.length, 'small file')} of the configuration, which no cache has: ${namesOf(small.map(({ drv }) => drv))}`;
  if (builds.length === 0) return { state: 'needless', why: `nothing has to be built; ${fetched}` };
  if (large.length === 0)
    return {
      state: 'needless',
      why: `no package has to be built; ${fetched}`,
      lines: [smallLine, 'With max-jobs = 0 Nix would not make those either: the command below says 1.'],
    };
  return {
    state: 'impossible',
    why: `no cache that can be used has ${plural(large.length, 'build')}; ${fetched}`,
    lines: [namesOf(large.map(({ drv }) => drv)), ...(small.length === 0 ? [] : [`beside ${smallLine}`])],
    way: 'with max-jobs = 0 the rebuild ends there before anything is built: take inputs that a cache has, or let these be built',
  };
}

function namesOf(paths: readonly string[]): string {
  return listText(paths.map(nameOfDerivation), mostNames);
}
