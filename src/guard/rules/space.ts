/** A file system that builds write to is full soon, by the arithmetic of the diagnosis, or nearly so and filling. */
import { identityKey } from '../../base/identity.ts';
import { pro } from '../../diagnose/judgement.ts';
import { fillingOf, type Room, withRoom } from '../../diagnose/storage/filling.ts';
import { type Needed, neededFilesystems } from '../../diagnose/storage/roles.ts';
import { defaultThresholds } from '../../diagnose/thresholds.ts';
import { filesystemOf } from '../../model/machine/build-directories.ts';
import type { Build, Model } from '../../model/model.ts';
import type { Candidate, GuardRule, GuardScene } from '../rule.ts';
import { clientsOf, localBuilds, mostFirst } from '../victims.ts';

export const spaceRule: GuardRule<'space'> = {
  id: 'space',
  look(scene) {
    const candidates = neededFilesystems(scene.model).flatMap((one) => candidateOf(one, scene));
    return candidates.toSorted((a, b) => Number(b.over) - Number(a.over) || (a.value ?? 0) - (b.value ?? 0));
  },
};

function candidateOf({ filesystem, role }: Needed, scene: GuardScene): readonly Candidate[] {
  const { model, settings, keep, builds, clients } = scene;
  const { mountPoint, availableBytes, totalBytes, freeInodesPercent, level, problem } = filesystem;
  const { free, within, near } = settings.rules.space.numbers;
  const atMs = model.readAtMs.storage;
  if (problem !== null || availableBytes === null || totalBytes === null) return [];
  if (atMs === undefined || totalBytes <= 0) return [];
  const rooms = keep<readonly Room[]>(`room ${mountPoint}`, (before) =>
    withRoom(before ?? [], { atMs, bytes: availableBytes }, defaultThresholds),
  );
  const { fullSoonSec } = defaultThresholds;
  const percent = Math.min((100 * availableBytes) / totalBytes, freeInodesPercent ?? 100);
  const pace = fillingOf(rooms, {
    ...defaultThresholds,
    ...{ fullSec: within, fullSoonSec: Math.min(within, fullSoonSec) },
  });
  // An unpacking is as fast, and ends before.
  const fills = pace !== null && (pace.steady || percent <= near) ? pace : null;
  // Of a large one a few percent are much.
  const little = percent <= free && level !== 'ok';
  const before = rooms.at(-2);
  const falls = before !== undefined && availableBytes < before.bytes;
  const value =
    fills === null
      ? { value: percent, limit: free, unit: 'percent' as const }
      : { value: fills.fullInSec, limit: within, unit: 's' as const };
  const writers = whoWrites(mountPoint, role === 'store', model, builds);
  return [
    {
      ...{ subject: { kind: 'filesystem', mountPoint }, name: mountPoint, ...value, below: true },
      over: little || fills !== null,
      worsening: fills !== null || falls,
      agrees: null,
      ...(fills !== null && { leftSec: fills.fullInSec }),
      evidence: [
        pro('filesystems.available', availableBytes, 'bytes'),
        ...(fills === null ? [] : [pro('filesystems.pace', Math.round(fills.bytesPerSec), 'bytes/s')]),
      ],
      ...{ builds: writers, pauses: writers, clients: clientsOf(writers[0], clients) },
      repeats: true,
    },
  ];
}

/** Builds whose directory lies there, and those that install into the store: who writes most first, then who holds most. */
function whoWrites(
  mountPoint: string,
  isStore: boolean,
  { filesystems, places }: Model,
  builds: readonly Build[],
): readonly Build[] {
  const sizes = new Map<string, number>();
  for (const { path, uid, bytes } of places?.buildSizes ?? []) {
    if (filesystemOf(path, filesystems)?.mountPoint !== mountPoint) continue;
    const own = builds.find(
      (build) => build.buildDirectory === path || (uid !== null && build.uid === uid && build.host === null),
    );
    if (own !== undefined) sizes.set(identityKey(own), (sizes.get(identityKey(own)) ?? 0) + bytes);
  }
  const isThere = (build: Build) =>
    isStore ||
    sizes.has(identityKey(build)) ||
    (build.buildDirectory !== null &&
      filesystemOf(build.buildDirectory, filesystems)?.mountPoint === mountPoint);
  const writers = mostFirst(
    mostFirst(localBuilds(builds).filter(isThere), (build) => sizes.get(identityKey(build)) ?? 0),
    ({ writeBytesPerSec, paused }) => (paused ? -1 : (writeBytesPerSec ?? 0)),
  );
  // What is written into memory is in no counter of a process.
  const busy = writers.filter((build) => (build.writeBytesPerSec ?? 0) > 0 || sizes.has(identityKey(build)));
  return busy.length > 0 ? busy : writers;
}
