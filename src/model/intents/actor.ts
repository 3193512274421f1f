/** Who acts: what may be done here, and by whom. */
import type { Build, Client } from '../model.ts';

export interface Actor {
  /** Null where the system has no users. */
  readonly uid: number | null;
  /** May act on the machine (root). */
  readonly privileged: boolean;
  /** May signal everybody's builds and clients. */
  readonly signalsAll: boolean;
  /** Null while it is not known. */
  readonly systemd: boolean | null;
  /** Where bundles are gathered into; absent: none can be. */
  readonly bundles?: string;
  /** Why nothing can be done here at all (`this is a recording`); null where things can. */
  readonly barred: string | null;
}

export const rootActor: Actor = { uid: 0, privileged: true, signalsAll: true, systemd: null, barred: null };

export const needsRoot = 'needs root: sudo nixpulse';

/** In a single-user install builds run as the user himself. */
export function mayTouchBuild({ signalsAll, uid }: Actor, build: Pick<Build, 'uid'>): boolean {
  return signalsAll || (uid !== null && build.uid === uid);
}

export function mayTouchClient({ signalsAll, uid }: Actor, client: Pick<Client, 'uid'>): boolean {
  return signalsAll || (uid !== null && client.uid === uid);
}
