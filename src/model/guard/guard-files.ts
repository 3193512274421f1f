/** Where a guard that runs keeps its files, for itself and for who looks at it. */

/** What it says of itself: a GuardStatus, replaced whole every two seconds and at every act. */
export const statusFile = 'status.json';
/** That it is to leave everything alone for a while: a GuardHold, by whoever may write there. */
export const holdFile = 'hold.json';

/** RuntimeDirectory= of its unit. */
const systemDirectory = '/run/nixpulse-guard';

/** Of hold.json. */
export interface GuardHold {
  readonly version: 1;
  /** Unix ms; one that is past ends it. */
  readonly untilMs: number;
  /** Who asked. */
  readonly by: string;
}

interface Places {
  readonly uid: number;
  /** XDG_RUNTIME_DIR; a relative one counts as none. */
  readonly runtimeDirectory: string | undefined;
  /** Of nixpulse. */
  readonly stateDirectory: string;
}

/** Root guards the machine, everybody else what is his. */
export function ownGuardDirectory({ uid, runtimeDirectory, stateDirectory }: Places): string {
  if (uid === 0) return systemDirectory;
  return runtimeDirectory?.startsWith('/') ? `${runtimeDirectory}/nixpulse-guard` : `${stateDirectory}/guard`;
}

/** All in which one may be that is of our concern. */
export function guardDirectories({ runtimeDirectory, stateDirectory }: Places): readonly string[] {
  return [
    systemDirectory,
    ...(runtimeDirectory?.startsWith('/') ? [`${runtimeDirectory}/nixpulse-guard`] : []),
    `${stateDirectory}/guard`,
  ];
}
