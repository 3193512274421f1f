/** Who is to go first: builds of this machine by what they take of what is short. */
import type { Build, Client } from '../model/model.ts';

/** A build is as heavy as the heaviest when it takes so much of what that one does; with seconds left, so much. */
export const heavyShare = 0.5;
export const urgentShare = 0.1;

/**
 * Who takes at once what he needs stops before: one that grows is let go on until so little time is left. A pause shows
 * within two seconds, looks come every second; and where there are others, standing or not, something is left for them.
 */
const lastSecAlone = 4;
const lastSecBeside = 6;

export function lastSecOf(builds: readonly Build[]): number {
  return isAlone(builds) ? lastSecAlone : lastSecBeside;
}

export function isAlone(builds: readonly Build[]): boolean {
  return localBuilds(builds).length === 1;
}

export function localBuilds(builds: readonly Build[]): readonly Build[] {
  return builds.filter(({ host }) => host === null);
}

export function mostFirst(builds: readonly Build[], weightOf: (build: Build) => number): readonly Build[] {
  return builds
    .map((build) => ({ build, weight: weightOf(build) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ build }) => build);
}

/**
 * Of those that are heavy the youngest first: it has done least, and what it loses by standing still is least, too. The
 * oldest of several, standing or not, is spared: one that goes on to its end makes room for the others.
 */
export function youngestHeavyFirst(
  builds: readonly Build[],
  weightOf: (build: Build) => number,
  share = heavyShare,
): readonly Build[] {
  const least = share * Math.max(0, ...builds.map(weightOf));
  const heavy = builds.filter((build) => weightOf(build) >= least && weightOf(build) > 0);
  const running = heavy.filter(({ paused }) => !paused).toSorted(youngestFirst);
  return heavy.length > 1 ? running.slice(0, -1) : running;
}

/**
 * Of those that grow, or did until they were stopped, the heaviest: one that grows without end is that in the end, and
 * what has reached its plateau makes nothing worse. Of the others where one alone holds most of it, that one; else what
 * stands still already, the youngest first, since it frees as much and what runs comes to its end; then the heaviest.
 */
export function killedFirst(
  heaviestFirst: readonly Build[],
  isMost: (build: Build) => boolean,
  grows: (build: Build) => boolean,
): readonly Build[] {
  const growing = mostFirst(heaviestFirst.filter(grows), ({ residentBytes }) => residentBytes ?? 0);
  const resting = heaviestFirst.filter((build) => !grows(build));
  const [first] = resting;
  if (first === undefined || isMost(first)) return [...growing, ...resting];
  const standing = resting.filter(({ paused }) => paused).toSorted(youngestFirst);
  return [...growing, ...standing, ...resting.filter(({ paused }) => !paused)];
}

/** Who makes memory less, and how many bytes a second all of them take. */
export interface Makers {
  readonly perSec: number;
  /** One of them takes more than half of it. */
  readonly isOne: boolean;
  /** That one; else the youngest first, without the oldest where what is left lasts for a while for it alone. */
  readonly pauses: readonly Build[];
}

/** `growthOf`: bytes a second, 0: it does not grow. */
export function makersOf(
  builds: readonly Build[],
  growthOf: (build: Build) => number,
  leftBytes: number,
): Makers {
  const running = localBuilds(builds).filter(({ paused }) => !paused);
  const fastest = mostFirst(running, growthOf);
  const most = fastest[0] === undefined ? 0 : growthOf(fastest[0]);
  const growing = fastest.filter((build) => growthOf(build) > 0 && growthOf(build) >= most * urgentShare);
  const perSec = growing.reduce((sum, build) => sum + growthOf(build), 0);
  const isOne = growing.length === 1 || most > perSec / 2;
  if (isOne) return { perSec, isOne, pauses: growing.slice(0, 1) };
  const young = growing.toSorted(youngestFirst);
  const oldest = young.at(-1);
  const lasts = oldest !== undefined && leftBytes / growthOf(oldest) > 2 * lastSecBeside;
  return { perSec, isOne, pauses: lasts ? young.slice(0, -1) : young };
}

function youngestFirst(a: Build, b: Build): number {
  return b.startTime - a.startTime;
}

/** The client that a build is of. */
export function clientsOf(build: Build | undefined, clients: readonly Client[]): readonly Client[] {
  if (build === undefined || build.clientPid === null) return [];
  const { clientPid } = build;
  const own = clients.find(
    ({ pid, processes }) => pid === clientPid || processes.some((one) => one.pid === clientPid),
  );
  return own === undefined ? [] : [own];
}
