/** Who is to go first: builds of this machine by what they take of what is short. */
import type { Build, Client } from '../model/model.ts';

/** A build is as heavy as the heaviest when it takes so much of what that one does; with seconds left, so much. */
export const heavyShare = 0.5;
export const urgentShare = 0.1;

/**
 * A build beside which there is no other, not even a paused one, is let go on until so little time is left: to stop it sooner helps nobody, a pause
 * shows within two seconds, looks come every second, and who takes at once what he needs stops before.
 */
export const lastSec = 4;

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
 * Where one alone holds most of it, that one; else what stands still already, the youngest first, since it frees as much
 * and what runs comes to its end; then the others, the heaviest first.
 */
export function killedFirst(
  heaviestFirst: readonly Build[],
  isMost: (build: Build) => boolean,
): readonly Build[] {
  const [first] = heaviestFirst;
  if (first === undefined || isMost(first)) return heaviestFirst;
  const standing = heaviestFirst.filter(({ paused }) => paused).toSorted(youngestFirst);
  return [...standing, ...heaviestFirst.filter(({ paused }) => !paused)];
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
