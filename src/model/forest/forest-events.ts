/** What began and ended in the forest between two readings. */

import { identityKey } from '../../base/identity.ts';
import type { Build, Client, Model, ModelEvent } from '../model.ts';
import type { ForestRaw, ProcessRaw } from '../sample.ts';
import type { BuildTracks, TrackedBuild } from './derive-builds.ts';

/** A build's name takes a moment to read; its start is told with it, or without it after this long. */
const namelessMs = 3000;

/** Marks the builds whose start is told now; what ran before we looked (`first`) has been told. */
export function announceStarts(
  builds: readonly TrackedBuild[],
  nowMs: number,
  first: boolean,
): readonly TrackedBuild[] {
  return builds.map(({ build, track }) => {
    const due = first || build.name !== null || nowMs - track.seenAtMs >= namelessMs;
    return { build, track: due && !track.announced ? { ...track, announced: true } : track };
  });
}

/** What the last tick left behind. */
interface Before {
  readonly tracks: BuildTracks;
  readonly parts: Pick<Model, 'builds' | 'clients'>;
  readonly raw: ForestRaw;
  readonly byPid: ReadonlyMap<number, ProcessRaw>;
}

export function changes(
  before: Before,
  builds: readonly TrackedBuild[],
  clients: readonly Client[],
  timeMs: number,
): readonly ModelEvent[] {
  const wasAnnounced = (build: Build): boolean => before.tracks.get(identityKey(build))?.announced === true;
  const isBuilding = new Set(builds.map(({ build }) => identityKey(build)));
  // One that has become a part of another, as a switch does of its rebuild, has not ended.
  const isClient = new Set(clients.flatMap(({ processes }) => processes).map(identityKey));
  const started = builds.filter(({ build, track }) => track.announced && !wasAnnounced(build));
  const ended = before.parts.builds.filter(
    (build) => !isBuilding.has(identityKey(build)) && wasAnnounced(build),
  );
  const { ownPid } = before.raw;
  const isOurs = ({ pid }: Client): boolean => ownPid !== undefined && before.byPid.get(pid)?.ppid === ownPid;
  const left = before.parts.clients.filter((client) => !isClient.has(identityKey(client)) && !isOurs(client));
  const at = { timeMs, level: 'ok' } as const;
  return [
    ...started.map(({ build }): ModelEvent => ({ ...at, kind: 'build-started', ...named(build) })),
    ...ended.map((build): ModelEvent => {
      return { ...at, kind: 'build-ended', ...named(build), ageSec: build.ageSec };
    }),
    ...left.map(({ pid, startTime, command }): ModelEvent => {
      return { ...at, kind: 'client-ended', pid, startTime, command };
    }),
  ];
}

function named({ pid, startTime, name, user }: Build) {
  return { pid, startTime, name, user };
}
