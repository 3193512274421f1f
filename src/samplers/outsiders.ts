/** Processes that are not of Nix: remembered so that they are not read again. */

interface Outsider {
  /** Null while not read or not readable. */
  readonly uid: number | null;
  listing: number;
}

/**
 * - `settled`: old enough to be what it is; not read again.
 * - `young`: may still exec; read again in the next scan.
 * - `unread`: its uid is still to be read.
 */
export type OutsiderState = 'settled' | 'young' | 'unread';

export interface Outsiders {
  readonly size: number;
  readonly young: Iterable<number>;
  readonly unread: Iterable<number>;
  set(pid: number, uid: number | null, state: OutsiderState): void;
  delete(pid: number): void;
  /** True for one that is known, and marks it as seen in the current listing. */
  see(pid: number): boolean;
  startListing(): void;
  /** Forgets those not seen in the current listing. */
  prune(): void;
  withUid(wanted: (uid: number) => boolean): readonly number[];
}

export function createOutsiders(): Outsiders {
  const known = new Map<number, Outsider>();
  const young = new Set<number>();
  const unread = new Set<number>();
  let listing = 0;

  function forget(pid: number): void {
    known.delete(pid);
    young.delete(pid);
    unread.delete(pid);
  }

  return {
    get size() {
      return known.size;
    },
    young,
    unread,
    set(pid, uid, state) {
      forget(pid);
      known.set(pid, { uid, listing });
      if (state === 'young') young.add(pid);
      if (state === 'unread') unread.add(pid);
    },
    delete: forget,
    see(pid) {
      const outsider = known.get(pid);
      if (outsider === undefined) return false;
      outsider.listing = listing;
      return true;
    },
    startListing() {
      listing += 1;
    },
    prune() {
      for (const [pid, outsider] of known) if (outsider.listing !== listing) forget(pid);
    },
    withUid: (wanted) => [...known].filter(([, { uid }]) => uid !== null && wanted(uid)).map(([pid]) => pid),
  };
}
