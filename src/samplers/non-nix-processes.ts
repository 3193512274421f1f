/** Processes that are not of Nix: remembered, so that the process table does not read them again, or not soon. */

interface NonNixProcess {
  /** Null while not read or not readable. */
  readonly uid: number | null;
  /** Clock ticks after boot: with another one the number names somebody else. Null while not read. */
  readonly startTime: number | null;
  /** Number of the listing of /proc that it was last in. */
  listing: number;
  /** The second in which it is read again. */
  due: number | null;
}

/**
 * - `checked`: old enough to be what it is; read again when it is due, see `checkAt`.
 * - `fresh`: may still exec; read again in the next scan.
 * - `uid-unread`: its uid is still to be read.
 */
export type NonNixState = 'checked' | 'fresh' | 'uid-unread';

export interface NonNixProcesses {
  readonly size: number;
  readonly fresh: Iterable<number>;
  readonly uidUnread: Iterable<number>;
  /** Known by a number that was handed out since; see `doubt`. */
  readonly doubted: Iterable<number>;
  has(pid: number): boolean;
  startTimeOf(pid: number): number | null;
  /** Forgets when it was due, and any doubt. */
  set(pid: number, startTime: number | null, uid: number | null, state: NonNixState): void;
  /** The kernel's newest pid has passed its number: it may be somebody else. */
  doubt(pid: number): void;
  /** It is still who it was. */
  trust(pid: number): void;
  delete(pid: number): void;
  /** It is due in this second, or in the next one if that is past. */
  checkAt(pid: number, second: number): void;
  /** At most so many whose second has come; the others are first in the next call. */
  takeDue(second: number, most: number): readonly number[];
  startListing(): void;
  /** True for one that is known, and marks it as in the current listing. */
  markListed(pid: number): boolean;
  forgetUnlisted(): void;
  withUid(wanted: (uid: number) => boolean): readonly number[];
}

export function createNonNixProcesses(): NonNixProcesses {
  const known = new Map<number, NonNixProcess>();
  const fresh = new Set<number>();
  const uidUnread = new Set<number>();
  const doubted = new Set<number>();
  /** Second to the pids that were due then; whoever was put off since has another `due`. */
  const dueBySecond = new Map<number, number[]>();
  /** Whose second had come when more were due than are taken at once. */
  const overdue = new Set<number>();
  let takenTo = Number.NEGATIVE_INFINITY;
  let listing = 0;

  function forget(pid: number): void {
    known.delete(pid);
    fresh.delete(pid);
    uidUnread.delete(pid);
    doubted.delete(pid);
  }

  /** After a suspend it is shorter to ask which seconds there are. */
  function secondsBetween(after: number, last: number): readonly number[] {
    if (last - after > dueBySecond.size) return [...dueBySecond.keys()].filter((second) => second <= last);
    return Array.from({ length: Math.max(0, last - after) }, (_, index) => after + 1 + index);
  }

  return {
    get size() {
      return known.size;
    },
    fresh,
    uidUnread,
    doubted,
    has: (pid) => known.has(pid),
    startTimeOf: (pid) => known.get(pid)?.startTime ?? null,
    set(pid, startTime, uid, state) {
      forget(pid);
      known.set(pid, { uid, startTime, listing, due: null });
      if (state === 'fresh') fresh.add(pid);
      if (state === 'uid-unread') uidUnread.add(pid);
    },
    delete: forget,
    checkAt(pid, wanted) {
      const process = known.get(pid);
      if (process === undefined) return;
      const second = Math.max(Math.ceil(wanted), takenTo + 1);
      process.due = second;
      const pids = dueBySecond.get(second);
      if (pids === undefined) dueBySecond.set(second, [pid]);
      else pids.push(pid);
    },
    takeDue(nowSec, most) {
      const now = Math.floor(nowSec);
      for (const second of secondsBetween(takenTo, now)) {
        for (const pid of dueBySecond.get(second) ?? []) overdue.add(pid);
        dueBySecond.delete(second);
      }
      takenTo = now;
      const due: number[] = [];
      for (const pid of overdue) {
        if (due.length === most) break;
        overdue.delete(pid);
        const process = known.get(pid);
        // Since then forgotten, or put off.
        if (process === undefined || process.due === null || process.due > now) continue;
        process.due = null;
        due.push(pid);
      }
      return due;
    },
    doubt(pid) {
      doubted.add(pid);
    },
    trust(pid) {
      doubted.delete(pid);
    },
    startListing() {
      listing += 1;
    },
    markListed(pid) {
      const process = known.get(pid);
      if (process === undefined) return false;
      process.listing = listing;
      return true;
    },
    forgetUnlisted() {
      for (const [pid, process] of known) if (process.listing !== listing) forget(pid);
    },
    withUid: (wanted) => [...known].filter(([, { uid }]) => uid !== null && wanted(uid)).map(([pid]) => pid),
  };
}
