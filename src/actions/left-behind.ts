/** What builds leave on the disk when the Nix that ran them ends before it has cleaned up: looked for, never guessed. */

import type { Forest } from '../model/forest/forest.ts';
import type { BuildGroup } from '../model/forest/forest-builds.ts';
import type { BuildTarget } from '../model/intents/intent.ts';
import {
  buildDirectoryPlaces,
  derivationOfSandboxRoot,
  nameOfBuildDirectory,
} from '../model/nix-store/store-path.ts';
import type { Ports } from '../platform/ports.ts';
import { isLiving } from './build-processes.ts';

/** Where a build has its traces, noted while it runs. */
export interface BuildTraces {
  /** The Nix that runs it, whose pid is in the name of the directory since 2.30; null where it is gone. */
  readonly nixPid: number | null;
  readonly uid: number | null;
  readonly name: string | null;
  /** Of its root, in ticks since boot. */
  readonly startTime: number;
  /** `/nix/store/<hash>-<name>.drv.chroot`. */
  readonly chroot: string | null;
}

export function tracesOf({ root, uid, name }: BuildTarget, group?: BuildGroup): BuildTraces {
  const rootMount = group?.root.facts.rootMount;
  const derivation = typeof rootMount === 'string' ? derivationOfSandboxRoot(rootMount) : null;
  return {
    nixPid: group === undefined || group.root.ppid <= 1 ? null : group.root.ppid,
    uid,
    name: derivation?.name ?? name,
    startTime: root.startTime,
    chroot: derivation === null ? null : `/nix/store/${derivation.hash}-${derivation.name}.drv.chroot`,
  };
}

/** A directory is made before its builder starts; input may take a moment to be copied. */
const preparationMs = 10_000;

/** A Nix that lives cleans up by itself, and what a build user has now may be his next build's. */
export async function leftBehind(
  builds: readonly BuildTraces[],
  { raw, byPid, builds: running }: Forest,
  { files, clock }: Pick<Ports, 'files' | 'clock'>,
): Promise<readonly string[]> {
  const living = running.filter(({ processes }) => processes.some(({ process }) => isLiving(process)));
  const busy = new Set(living.map(({ root }) => root.uid));
  const done = builds.filter(({ nixPid, uid }) => !(nixPid !== null && byPid.has(nixPid)) && !busy.has(uid));
  if (done.length === 0) return [];
  const bootMs = clock.now() - raw.uptimeSec * 1000;
  const there = async (path: string) => ((await files.ownerSlow(path)).ok ? [path] : []);

  async function directoriesIn(place: string): Promise<readonly string[]> {
    const names = await files.listSlow(place);
    if (!names.ok) return [];
    return (await Promise.all(names.value.map((fileName) => oneOfTheirs(place, fileName)))).flat();
  }

  async function oneOfTheirs(place: string, fileName: string): Promise<readonly string[]> {
    const path = `${place}/${fileName}`;
    const pid = /^nix-(?:build-.+\.drv-)?(\d+)-\d+$/.exec(fileName)?.[1];
    if (pid !== undefined && done.some(({ nixPid }) => nixPid === Number(pid))) return [path];
    // Since 2.32 it has no name, and one whose name was never read is known by its user.
    const name = nameOfBuildDirectory(fileName);
    const nameless = name === null && pid !== undefined && place !== '/tmp';
    if (name === null && !nameless) return [];
    const builders = done.filter((build) => nameless || build.name === null || build.name === name);
    if (builders.length === 0) return [];
    const owner = await files.ownerSlow(path);
    if (!owner.ok) return [];
    // Not another user's build of the same, nor what an earlier one has left.
    const { uid: ownerUid, changedMs } = owner.value;
    const isOf = ({ uid, startTime }: BuildTraces) =>
      uid === ownerUid && changedMs >= bootMs + (startTime / raw.ticksPerSec) * 1000 - preparationMs;
    return builders.some(isOf) ? [path] : [];
  }

  const chroots = done.flatMap(({ chroot }) => (chroot === null ? [] : [there(chroot)]));
  return (await Promise.all([...chroots, ...buildDirectoryPlaces.map(directoriesIn)])).flat();
}
