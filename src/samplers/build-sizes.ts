/** How much each build holds in its directory: looked at only where the room for it runs out, and bounded. */
import type { BuildSize } from '../model/machine/places.ts';
import { nameOfBuildDirectory } from '../model/nix-store/store-path.ts';
import type { Files } from '../platform/ports.ts';

/** Of all builds together: each takes a call of a pool thread. */
const mostFiles = 4000;
/** Since Nix 2.32: the pid of who builds, and a number. */
const nameless = /^nix-\d+-\d+$/;
const typeBits = 0o170000;
const directoryType = 0o040000;

/** Empty where the directories may not be listed: most belong to their build users alone. */
export async function readBuildSizes(files: Files, place: string): Promise<readonly BuildSize[]> {
  const listed = await files.listSlow(place);
  const names = listed.ok ? listed.value : [];
  const directories = names.filter((name) => nameOfBuildDirectory(name) !== null || nameless.test(name));
  const most = Math.floor(mostFiles / Math.max(1, directories.length));
  const sizes: BuildSize[] = [];
  for (const name of directories) {
    const size = await sizeOf(files, `${place}/${name}`, most);
    if (size !== null) sizes.push(size);
  }
  return sizes;
}

/** The upper directories first, so that what is left out lies deep. */
async function sizeOf(files: Files, path: string, most: number): Promise<BuildSize | null> {
  const top = await files.ownerSlow(path);
  if (!top.ok) return null;
  let { uid } = top.value;
  let bytes = 0;
  let seen = 0;
  let whole = true;
  const open = [path];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const listed = await files.listSlow(next);
    if (!listed.ok) {
      if (next === path) return null;
      whole = false;
      continue;
    }
    for (const name of listed.value) {
      if (seen >= most) return { path, uid: uid === 0 ? null : uid, bytes, whole: false };
      seen += 1;
      const entry = await files.ownerSlow(`${next}/${name}`);
      if (!entry.ok) continue;
      // Newer ones keep the build user's directory within one of root's.
      if (uid === 0) uid = entry.value.uid;
      if ((entry.value.mode & typeBits) === directoryType) open.push(`${next}/${name}`);
      else bytes += entry.value.bytes;
    }
  }
  return { path, uid: uid === 0 ? null : uid, bytes, whole };
}
