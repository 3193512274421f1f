/** What is looked at before a rebuild or a deployment, one item a thing that may go wrong. */
import type { Problem } from '../../base/problem.ts';
import type { DeployFound } from './checked-deploy.ts';
import type { QuickFound } from './checked-quick.ts';
import type { RebuildFound } from './checked-rebuild.ts';

/**
 * `unknown`: it could not be looked at, which is no success. `left-out`: the user did not want it. Failed is what will
 * make it fail; a warning is what may.
 */
export type CheckState = 'ok' | 'warning' | 'failed' | 'unknown' | 'left-out';

/** Kinds of both checks; what it stands on, with the numbers, each null where it is not known. */
export type CheckFound =
  | RebuildFound
  | DeployFound
  | QuickFound
  /** It could not be looked at. `about`: the kind that it would have been, and of what. */
  | { readonly kind: 'unseen'; readonly about: ItemId; readonly problem: Problem }
  | { readonly kind: 'left-out'; readonly about: ItemId };

export type ItemId = RebuildFound['kind'] | DeployFound['kind'] | QuickFound['kind'];

export interface CheckItem {
  readonly id: ItemId;
  /** A mount point, a cache, a host, a device; null: the machine or the configuration as a whole. */
  readonly subject: string | null;
  readonly state: CheckState;
  readonly found: CheckFound;
}
