/** What builds leave on the disk when the Nix that ran them ends before it has cleaned up: looked for, never guessed. */

import type { Forest } from '../model/forest/forest.ts';
import type { BuildGroup } from '../model/forest/forest-builds.ts';
import {
  buildDirectoryPlaces,
  derivationOfSandboxRoot,
  nameOfBuildDirectory,
} from '../model/nix-store/store-path.ts';
import type { Files } from '../platform/ports.ts';

/** Where a build has its traces, noted while it runs. */
export interface BuildTraces {
  /** The Nix that runs it, whose pid is in the name of the directory since 2.30. */
  readonly nixPid: number;
  readonly uid: number | null;
  readonly name: string | null;
  /** Unix ms of its start. */
  readonly startedMs: number;
  /** `/nix/store/<hash>-<name>.drv.chroot`. */
  readonly chroot: string | null;
}

/** A directory is made before its builder starts; input may take a moment to be copied. */
const preparationMs = 10_000;

export function tracesOf({ root }: BuildGroup, { raw }: Forest, nowMs: number): BuildTraces {
  const { rootMount, environment } = root.facts;
  const derivation = typeof rootMount === 'string' ? derivationOfSandboxRoot(rootMount) : null;
  return {
    nixPid: root.ppid,
    uid: root.uid,
    name: derivation?.name ?? (environment !== undefined && 'name' in environment ? environment.name : null),
    startedMs: nowMs - (raw.uptimeSec - root.startTime / raw.ticksPerSec) * 1000,
    chroot: derivation === null ? null : `/nix/store/${derivation.hash}-${derivation.name}.drv.chroot`,
  };
}

/** A Nix that lives cleans up by itself. */
export async function leftBehind(
  builds: readonly BuildTraces[],
  forest: Forest | null,
  files: Files,
): Promise<readonly string[]> {
  const done = builds.filter(({ nixPid }) => forest?.byPid.has(nixPid) !== true);
  if (done.length === 0) return [];
  const there = async (path: string) => ((await files.ownerSlow(path)).ok ? [path] : []);
  const chroots = await Promise.all(done.flatMap(({ chroot }) => (chroot === null ? [] : there(chroot))));
  const directories = await Promise.all(
    buildDirectoryPlaces.map((place) => directoriesIn(place, done, files)),
  );
  return [...chroots, ...directories].flat();
}

async function directoriesIn(
  place: string,
  builds: readonly BuildTraces[],
  files: Files,
): Promise<readonly string[]> {
  const names = await files.listSlow(place);
  if (!names.ok) return [];
  const found = names.value.map(async (fileName) => {
    const pid = Number(/^nix-(?:build-.+\.drv-)?(\d+)-\d+$/.exec(fileName)?.[1] ?? Number.NaN);
    const path = `${place}/${fileName}`;
    if (builds.some(({ nixPid }) => nixPid === pid)) return [path];
    const name = nameOfBuildDirectory(fileName);
    const builders = builds.filter((build) => name !== null && build.name === name);
    if (builders.length === 0) return [];
    const owner = await files.ownerSlow(path);
    if (!owner.ok) return [];
    // Not another user's build of the same, nor what an earlier one has left.
    const { uid: ownerUid, changedMs } = owner.value;
    const isOf = ({ uid, startedMs }: BuildTraces) =>
      uid === ownerUid && changedMs >= startedMs - preparationMs;
    return builders.some(isOf) ? [path] : [];
  });
  return (await Promise.all(found)).flat();
}
