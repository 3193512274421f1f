/** Who is to go first: builds of this machine by what they take of what is short. */
import type { Build, Client } from '../model/model.ts';

/** A build is as heavy as the heaviest when it takes so much of what that one does. */
const heavyShare = 0.5;

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
 * oldest of several is spared: one that goes on to its end makes room for the others.
 */
export function youngestHeavyFirst(
  builds: readonly Build[],
  weightOf: (build: Build) => number,
): readonly Build[] {
  const running = builds.filter(({ paused }) => !paused);
  const least = heavyShare * Math.max(0, ...running.map(weightOf));
  const heavy = running.filter((build) => weightOf(build) >= least && weightOf(build) > 0);
  const spared = running.length < builds.length || running.length > 1;
  const byAge = heavy.toSorted((a, b) => b.startTime - a.startTime);
  // Beside lighter ones that go on, the only heavy one is what makes it short.
  return spared && heavy.length === running.length ? byAge.slice(0, -1) : byAge;
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
