/** Builds that write most to a file system, and that hold most of it, as far as that is seen. */

import type { SpaceHolder, SpaceRole } from '../../model/diagnosis/found-storage.ts';
import { filesystemOf } from '../../model/machine/build-directories.ts';
import type { BuildSize } from '../../model/machine/places.ts';
import type { Build, Model } from '../../model/model.ts';
import { nameOfBuildDirectory } from '../../model/nix-store/store-path.ts';
import { nameOfBuild } from '../build-name.ts';
import { buildMounts } from './roles.ts';

const most = 3;

/** Of local builds, if they run there; what is written to a tmpfs is in no counter of theirs. */
export function writersTo(mountPoint: string, role: SpaceRole, model: Model) {
  if (role !== 'store' && !buildMounts(model).has(mountPoint)) return [];
  const paceOf = ({ writeBytesPerSec }: Build) => writeBytesPerSec ?? 0;
  return model.builds
    .filter((build) => build.host === null && paceOf(build) > 0)
    .toSorted((a, b) => paceOf(b) - paceOf(a))
    .slice(0, most)
    .map((build) => ({ build: nameOfBuild(build), bytesPerSec: paceOf(build) }));
}

export function holdersOf(
  mountPoint: string,
  { places, filesystems, builds }: Model,
): readonly SpaceHolder[] {
  return (places?.buildSizes ?? [])
    .filter(({ path, bytes }) => bytes > 0 && filesystemOf(path, filesystems)?.mountPoint === mountPoint)
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, most)
    .map((size) => ({ build: holderName(size, builds), bytes: size.bytes, whole: size.whole }));
}

/** The directory's own name; else of who builds as that user, or of what was left there. */
function holderName({ path, uid }: BuildSize, builds: Model['builds']): string {
  const directory = path.slice(path.lastIndexOf('/') + 1);
  const build = builds.find((one) => one.host === null && uid !== null && one.uid === uid);
  return nameOfBuildDirectory(directory) ?? (build === undefined ? directory : nameOfBuild(build));
}
