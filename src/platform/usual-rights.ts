/** What processes that we start may do and how they are treated: as if we were an ordinary program. */
/** Whoever is hardened does not hand it on: what he starts is an ordinary process. */
export interface UsualRights {
  /** Calls `start` with the rights that the program had before, and gives the process the rest of them. */
  asUsual<T>(start: () => T, pidOf: (started: T) => number | undefined): T;
}

export const unchanged: UsualRights = { asUsual: (start) => start() };
