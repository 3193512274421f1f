/** What failed for want of space: of which file system, which is mostly not the one that df / shows. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Filesystem, Model } from '../../model/model.ts';
import { nameOfDerivation } from '../../model/nix-store/store-path.ts';
import type { Cause } from '../../model/rebuild/cause.ts';
import { pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';

type SpaceCause = Extract<Cause, { readonly kind: 'space' }>;

interface Failed {
  readonly cause: SpaceCause;
  readonly builds: string[];
  readonly atMs: number;
}

/** One for each mount; of those of which it cannot be told one for all. */
export function spaceFailures(model: Model): readonly FindingDraft[] {
  const byMount = new Map<string, Failed>();
  for (const { failures } of model.rebuilds)
    for (const { cause, drvs, atMs } of failures) {
      if (cause.kind !== 'space') continue;
      const key = cause.mountPoint ?? '';
      const one = byMount.get(key) ?? { cause, builds: [], atMs };
      one.builds.push(...drvs.map(nameOfDerivation));
      // A guess of Nix's own weighs less than what a program said.
      byMount.set(key, one.cause.guess && !cause.guess ? { ...one, cause } : one);
    }
  return [...byMount.values()].map((failed) => draftOf(failed, model));
}

function draftOf({ cause, builds, atMs }: Failed, model: Model): FindingDraft {
  const { mountPoint, of, guess } = cause;
  const filesystem = model.filesystems.find((one) => one.mountPoint === mountPoint) ?? null;
  return {
    subject: mountPoint === null ? { kind: 'machine' } : { kind: 'filesystem', mountPoint },
    level: 'critical',
    state: guess || mountPoint === null ? 'likely' : 'confirmed',
    found: {
      kind: 'space-failed',
      mountPoint,
      type: filesystem?.type ?? null,
      of,
      builds: [...new Set(builds)],
      roomy: roomyOf(mountPoint, model.filesystems),
    },
    evidence: [
      pro('failures', builds.length, 'none'),
      ...(filesystem === null ? [] : [pro('filesystems.available', filesystem.availableBytes, 'bytes')]),
    ],
    sinceMs: monotonicOf(model, atMs),
  };
}

/** `/`, if it is another one and not short itself. */
function roomyOf(mountPoint: string | null, filesystems: readonly Filesystem[]) {
  const root = filesystems.find((one) => one.mountPoint === '/');
  if (mountPoint === null || mountPoint === '/' || root?.availableBytes == null || root.level !== 'ok')
    return null;
  return { mountPoint: '/', availableBytes: root.availableBytes };
}
