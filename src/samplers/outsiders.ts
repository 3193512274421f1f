/** Processes that are not of Nix: remembered so that they are not read again, or not soon. */

interface Outsider {
  /** Null while not read or not readable. */
  readonly uid: number | null;
  listing: number;
  /** The second in which it is looked at again. */
  due: number | null;
}

/**
 * - `settled`: old enough to be what it is; not read again unless it is reminded of.
 * - `young`: may still exec; read again in the next scan.
 * - `unread`: its uid is still to be read.
 */
export type OutsiderState = 'settled' | 'young' | 'unread';

export interface Outsiders {
  readonly size: number;
  readonly young: Iterable<number>;
  readonly unread: Iterable<number>;
  /** Forgets what it was reminded of. */
  set(pid: number, uid: number | null, state: OutsiderState): void;
  delete(pid: number): void;
  /** It is due in this second, or in the next one if that is past. */
  remind(pid: number, second: number): void;
  /** Whose second has come since the last call. */
  takeDue(second: number): readonly number[];
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
  /** Second to those who were due then; who is still due then says so itself. */
  const calendar = new Map<number, number[]>();
  let takenTo = Number.NEGATIVE_INFINITY;
  let listing = 0;

  function forget(pid: number): void {
    known.delete(pid);
    young.delete(pid);
    unread.delete(pid);
  }

  /** After a suspend it is shorter to ask which seconds there are. */
  function pages(after: number, last: number): readonly number[] {
    if (last - after > calendar.size) return [...calendar.keys()].filter((page) => page <= last);
    return Array.from({ length: Math.max(0, last - after) }, (_, index) => after + 1 + index);
  }

  return {
    get size() {
      return known.size;
    },
    young,
    unread,
    set(pid, uid, state) {
      forget(pid);
      known.set(pid, { uid, listing, due: null });
      if (state === 'young') young.add(pid);
      if (state === 'unread') unread.add(pid);
    },
    delete: forget,
    remind(pid, wanted) {
      const outsider = known.get(pid);
      if (outsider === undefined) return;
      const second = Math.max(Math.ceil(wanted), takenTo + 1);
      outsider.due = second;
      const page = calendar.get(second);
      if (page === undefined) calendar.set(second, [pid]);
      else page.push(pid);
    },
    takeDue(second) {
      const now = Math.floor(second);
      const due: number[] = [];
      for (const page of pages(takenTo, now)) {
        for (const pid of calendar.get(page) ?? []) if (known.get(pid)?.due === page) due.push(pid);
        calendar.delete(page);
      }
      takenTo = now;
      return due;
    },
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
