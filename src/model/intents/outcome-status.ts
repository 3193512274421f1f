/** What has become of an action, in one word. */

/**
 * - `done`: what was asked for is so.
 * - `incomplete`: part of it is, and the summary says which (switch-to-configuration 2, 4, 100).
 * - `failed`: it was tried and is not.
 * - `refused`: it was not tried: the target is gone, not proven to be of Nix, or a lock is held.
 * - `denied`: it was not tried or the kernel said no: a privilege is missing, `summary` names it.
 * - `cancelled`: the user stopped it midway.
 */
export const outcomeStatuses = ['done', 'incomplete', 'failed', 'refused', 'denied', 'cancelled'] as const;
export type OutcomeStatus = (typeof outcomeStatuses)[number];
