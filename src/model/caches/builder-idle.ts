/** Why a builder builds nothing now, as far as that is known. */
import { identityKey } from '../../base/identity.ts';
import type { BuilderTrouble, CheckedBuilder } from '../cache-check/cache-check.ts';
import { lastingTrouble } from '../cache-check/failed.ts';
import type { Model } from '../model.ts';
import { checkHoldsMs } from './caches-raw.ts';

/**
 * - `refused`: Nix refuses a line of its builders, and with it all of them. `no-slots`: its line gives it none.
 * - `check`: what a check of the last day found, and what lasts. `nothing`: no build waits. `system`: those that wait are of other systems.
 * - `unknown`: none of these is known to be so.
 */
export type IdleReason =
  | { readonly kind: 'refused' | 'no-slots' | 'nothing' | 'unknown' }
  | { readonly kind: 'check'; readonly trouble: BuilderTrouble }
  | { readonly kind: 'system'; readonly wanted: readonly string[] };

interface Row {
  readonly configured: boolean | null;
  readonly systems: readonly string[];
  readonly slots: number | null;
  readonly checked: CheckedBuilder | null;
  readonly checkedMs: number | null;
}
type Known = Pick<Model, 'caches' | 'rebuilds' | 'derivations' | 'clients' | 'workers' | 'totals' | 'timeMs'>;

export function idleReason(
  { configured, systems, slots, checked, checkedMs }: Row,
  model: Known,
  waiting: ReturnType<typeof waitingSystems>,
): IdleReason {
  if (configured === true && (model.caches?.refused.length ?? 0) > 0) return { kind: 'refused' };
  if (slots === 0) return { kind: 'no-slots' };
  const isOld = model.timeMs - (checkedMs ?? 0) > checkHoldsMs;
  const trouble = checked === null || isOld ? null : lastingTrouble(checked);
  if (trouble !== null) return { kind: 'check', trouble };
  if (waiting === null) return { kind: 'unknown' };
  if (waiting.size === 0) return { kind: 'nothing' };
  // Of this machine's own system nobody says here what it is.
  const wanted = [...waiting].filter((system) => system !== null);
  if (systems.length === 0 || wanted.length < waiting.size) return { kind: 'unknown' };
  if (wanted.some((system) => systems.includes(system))) return { kind: 'unknown' };
  return { kind: 'system', wanted };
}

/** Systems of builds that have not begun, of all that runs here, null of one that nobody knows. Null: not all of it tells. */
export function waitingSystems({
  rebuilds,
  derivations,
  clients,
  workers,
  totals,
}: Known): ReadonlySet<string | null> | null {
  // Where processes are hidden others may wait.
  if (totals.running === null) return null;
  const followed = rebuilds.filter(({ over }) => !over);
  const told = new Set(followed.flatMap(({ client }) => (client === null ? [] : [identityKey(client)])));
  if (clients.some((client) => !told.has(identityKey(client)))) return null;
  const pids = new Set(clients.map(({ pid }) => pid));
  if (workers.some(({ clientPid }) => clientPid === null || !pids.has(clientPid))) return null;
  const planned = followed.flatMap(({ rebuild }) => [...rebuild.planned]);
  return new Set(planned.map((drv) => derivations.get(drv)?.system ?? null));
}
