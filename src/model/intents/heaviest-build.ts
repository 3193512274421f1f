/** Which build to end in an emergency: the one that takes most of what is short now. */
import { isActivating } from '../forest/derive-activation.ts';
import type { Build, Model, Shortage } from '../model.ts';

export type Weighed = 'memory' | 'io' | 'cpu';

export interface Heaviest {
  readonly build: Build;
  readonly reason: HeaviestReason;
}

/** Why this build: what is short, and what it takes of it. */
export interface HeaviestReason {
  readonly by: Weighed;
  /** Null: nothing is short, or nothing that decided. */
  readonly shortage: Pick<Shortage, 'resource' | 'level' | 'cause'> | null;
  readonly cpuPercent: number | null;
  /** Its memory grows. */
  readonly grows: boolean;
}

type Moment = Pick<Model, 'builds' | 'shortages'>;

/**
 * Null without a build of this machine that takes anything. What an activation builds is left alone: without it a
 * system stands between two configurations.
 */
export function heaviestBuild({
  builds,
  clients,
  shortages,
}: Moment & Pick<Model, 'clients'>): Heaviest | null {
  const spared = new Set(clients.filter(isActivating).map(({ pid }) => pid));
  const local = builds.filter(
    ({ host, clientPid }) => host === null && (clientPid === null || !spared.has(clientPid)),
  );
  const by = decisive(shortages);
  for (const weighed of ordersAfter(by)) {
    const build = heaviestBy(local, weighed);
    if (build !== null) return { build, reason: reasonOf(build, weighed, by, shortages) };
  }
  return null;
}

/** Builds of this machine by what is short, most first; then those of other machines. */
export function heaviestFirst({ builds, shortages }: Moment): readonly Build[] {
  const by = decisive(shortages);
  const weighed = builds.map((build) => ({ build, weight: build.host === null ? weightOf(build, by) : -1 }));
  return weighed.sort((a, b) => b.weight - a.weight).map(({ build }) => build);
}

/**
 * What a build is weighed by: the worst that is short, memory before I/O, since under thrashing the disk looks
 * bad too, and memory is why. CPU only where it is critical: a rebuild that uses all of it is no trouble.
 */
function decisive(shortages: readonly Shortage[]): Weighed {
  for (const { resource } of shortages) if (resource === 'memory' || resource === 'io') return resource;
  return shortages.some(({ resource, level }) => resource === 'cpu' && level === 'critical')
    ? 'cpu'
    : 'memory';
}

/** Where nobody takes what is short, or nobody may read who does, the next thing decides. */
function ordersAfter(by: Weighed): readonly Weighed[] {
  const all: readonly Weighed[] = by === 'cpu' ? ['cpu', 'memory'] : [by, 'memory', 'cpu'];
  return [...new Set(all)];
}

function heaviestBy(builds: readonly Build[], by: Weighed): Build | null {
  let heaviest: Build | null = null;
  let most = 0;
  for (const build of builds) {
    const weight = weightOf(build, by);
    if (weight > most) [heaviest, most] = [build, weight];
  }
  return heaviest;
}

/** What it will hold in so many minutes counts as held: a leak soon is the largest. */
const minutesAhead = 2;
/** A process that waits for the disk weighs as much as so many bytes a second. */
const bytesPerBlocked = 64 * 1024 ** 2;

function weightOf(build: Build, by: Weighed): number {
  switch (by) {
    case 'memory':
      return (build.residentBytes ?? 0) + minutesAhead * Math.max(0, build.residentGrowthBytesPerMin ?? 0);
    case 'io':
      return (build.readBytesPerSec ?? 0) + (build.writeBytesPerSec ?? 0) + build.states.D * bytesPerBlocked;
    case 'cpu':
      return build.cpuPercent ?? 0;
  }
}

function reasonOf(
  build: Build,
  by: Weighed,
  wanted: Weighed,
  shortages: readonly Shortage[],
): HeaviestReason {
  const short = by === wanted ? shortages.find(({ resource }) => resource === by) : undefined;
  return {
    by,
    shortage:
      short === undefined ? null : { resource: short.resource, level: short.level, cause: short.cause },
    cpuPercent: build.cpuPercent,
    grows: (build.residentGrowthBytesPerMin ?? 0) > 0,
  };
}
