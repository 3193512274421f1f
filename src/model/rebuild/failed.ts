/** What names a failure: the same while its rebuild is followed, whatever else becomes known of it. */
import type { RootCause } from './cause.ts';
import type { FollowedRebuild } from './followed.ts';
import type { Build } from './rebuild.ts';

/** Of one failed derivation of a rebuild. */
export function failedBuildId(rebuild: FollowedRebuild['id'], drv: string): string {
  return `${rebuild} ${drv}`;
}

/** Of the derivations that failed of it; of what failed without a build its moment and words. */
export function failedIds(rebuild: FollowedRebuild['id'], root: RootCause): readonly string[] {
  if (root.drvs.length === 0) return [`${rebuild} ${root.atMs} ${root.text}`];
  return root.drvs.map((drv) => failedBuildId(rebuild, drv));
}

/** The first build that failed of it; null where none did, or nothing is known of it any more. */
export function failedBuild({ rebuild }: FollowedRebuild, { drvs }: RootCause): Build | null {
  const [drv] = drvs;
  return drv === undefined ? null : (rebuild.failed.get(drv) ?? null);
}

/** Whoever interrupts a rebuild knows why it ended. */
export function isFailure({ cause }: RootCause): boolean {
  return cause.kind !== 'interrupted';
}
