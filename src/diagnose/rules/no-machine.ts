/**
 * Builds that no machine may do: one finding for each system and set of features, however many derivations want it. Told by
 * the words of Nix, with what this machine and its builders offer.
 */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Model } from '../../model/model.ts';
import type { SystemWanted } from '../../model/rebuild/failure.ts';
import type { FailureRecord, Rebuild } from '../../model/rebuild/rebuild.ts';
import { pro } from '../judgement.ts';

interface Wanted {
  readonly required: SystemWanted;
  local: SystemWanted | null;
  machines: readonly SystemWanted[];
  /** Nix is told to build nothing here. */
  noLocalBuilds: boolean;
  readonly drvs: Set<string>;
  /** Said without a derivation's name. */
  unnamed: number;
}

export function noMachines(model: Model): readonly FindingDraft[] {
  return model.rebuilds.flatMap(({ id, rebuild }) => {
    const wanted = wantedOf(rebuild);
    return (
      [...wanted.values()]
        // What the builders refused was built here, as long as nothing failed.
        .filter((one) => one.local !== null || rebuild.failed.size + rebuild.errors.length > 0)
        .map((one) => findingOf(id, one, model))
    );
  });
}

function wantedOf(rebuild: Rebuild): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  const of = (required: SystemWanted): Wanted => {
    const key = `${required.system} ${required.features.toSorted().join(' ')}`;
    const known = wanted.get(key) ?? {
      required,
      local: null,
      machines: [],
      noLocalBuilds: false,
      drvs: new Set<string>(),
      unnamed: 0,
    };
    wanted.set(key, known);
    return known;
  };
  const records: readonly FailureRecord[] = [
    ...[...rebuild.failed.values()].flatMap(({ failure }) => failure ?? []),
    ...rebuild.errors,
    ...rebuild.clues,
  ];
  for (const { failure } of records) {
    if (failure.kind !== 'system' && failure.kind !== 'no-machine') continue;
    const one = of(failure.required);
    if (failure.drv === null) one.unnamed += 1;
    else one.drvs.add(failure.drv);
    if (failure.kind === 'no-machine') one.machines = failure.machines;
    else {
      one.local = failure.local ?? one.local;
      one.noLocalBuilds ||= failure.reason === 'no-local-builds';
    }
  }
  return wanted;
}

function findingOf(rebuild: string, wanted: Wanted, { health }: Model): FindingDraft {
  const { required, local, machines, noLocalBuilds, drvs, unnamed } = wanted;
  const [drv = null] = drvs;
  const features = local === null ? [] : required.features.filter((one) => !local.features.includes(one));
  const missing = [
    ...(noLocalBuilds ? ['local builds'] : []),
    ...(local !== null && required.system !== '' && local.system !== required.system
      ? [required.system]
      : []),
    ...features,
  ];
  return {
    subject: drv === null ? { kind: 'rebuild', rebuild } : { kind: 'path', path: drv },
    level: 'critical',
    state: 'confirmed',
    found: {
      kind: 'no-machine',
      required,
      missing,
      drv,
      count: Math.max(drvs.size, drvs.size === 0 ? unnamed : 0),
      local,
      machines,
      kvm: health?.kernel.kvm ?? null,
    },
    evidence: [
      pro('failures.required.system', required.system, 'text'),
      pro('failures.required.features', required.features.join(' '), 'text'),
      ...(local === null ? [] : [pro('failures.local.features', local.features.join(' '), 'text')]),
    ],
    sinceMs: null,
  };
}
