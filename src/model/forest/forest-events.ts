/** What began and ended in the forest between two readings. */

import { lengthText } from '../../base/duration.ts';
import { identityKey } from '../../base/identity.ts';
import type { Build, Client, ModelEvent } from '../model.ts';
import type { TrackedBuild } from './derive-builds.ts';
import type { ForestCarry } from './derive-forest.ts';

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

export function changes(
  before: ForestCarry,
  builds: readonly TrackedBuild[],
  clients: readonly Client[],
  timeMs: number,
): readonly ModelEvent[] {
  const event = (kind: ModelEvent['kind'], text: string): ModelEvent => ({ timeMs, kind, level: 'ok', text });
  const wasAnnounced = (build: Build): boolean => before.tracks.get(identityKey(build))?.announced === true;
  const isBuilding = new Set(builds.map(({ build }) => identityKey(build)));
  // One that turned out to be a part of another has not ended.
  const isClient = new Set(clients.flatMap(({ processes }) => processes.map(identityKey)));
  const { ownPid } = before.raw;
  const isOurs = ({ pid }: Client): boolean => ownPid !== undefined && before.byPid.get(pid)?.ppid === ownPid;
  return [
    ...builds
      .filter(({ build, track }) => track.announced && !wasAnnounced(build))
      .map(({ build }) => event('build-started', titleOf(build))),
    ...before.parts.builds
      .filter((build) => !isBuilding.has(identityKey(build)) && wasAnnounced(build))
      .map((build) => event('build-ended', `${titleOf(build)}${afterOf(build)}`)),
    ...before.parts.clients
      .filter((client) => !isClient.has(identityKey(client)) && !isOurs(client))
      .map((client) => event('client-ended', client.command)),
  ];
}

/** ` after 4 min (nixbld3)`: two builds of one name are told apart. */
function afterOf({ name, ageSec, user }: Build): string {
  const length = ageSec === null ? '' : ` after ${lengthText(ageSec * 1000)}`;
  return name === null || user === null ? length : `${length} (${user})`;
}

function titleOf(build: Build): string {
  return build.name ?? `unnamed build of ${build.user ?? `pid ${build.pid}`}`;
}
