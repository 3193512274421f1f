/** Links to results of builds (`./result`) that keep store paths alive: indirect roots, `nix-store --add-root`. */
import { orNull, type Result } from '../base/problem.ts';
import { baseName } from '../base/text.ts';
import type { Files } from '../platform/ports.ts';
import { slowly } from './generation-soundness.ts';

export interface ResultLink {
  /** `/home/ada/project/result`. */
  readonly path: string;
  readonly storePath: string;
  readonly uid: number;
  /** Unix ms: when the link was made. */
  readonly dateMs: number;
}

export interface ResultLinks {
  /** Oldest first. */
  readonly links: readonly ResultLink[];
  /** Roots of that folder with other names: profiles, shells of direnv and devenv. */
  readonly others: number;
}

export const rootsDirectory = '/nix/var/nix/gcroots/auto';
const most = 4000;
const atOnce = 16;
/** A path of the store, or a part of one; `/nix/store/../../etc` is none. */
const inStore = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[\w+\-.?=]+(?:\/(?!\.{1,2}(?:\/|$))[^/]+)*\/?$/;
/** What nix-build(1) and `nix build` name them unless told otherwise, further outputs with their names. */
const resultName = /^result(?:-[\w.+-]+)?$/;

export async function readResultLinks(files: Files): Promise<Result<ResultLinks>> {
  const names = await files.listSlow(rootsDirectory, slowly);
  if (!names.ok) return names;
  const found: (ResultLink | 'other' | null)[] = [];
  const some = names.value.slice(0, most);
  for (let at = 0; at < some.length; at += atOnce)
    found.push(...(await Promise.all(some.slice(at, at + atOnce).map((name) => readOne(name, files)))));
  const links = found.filter((one) => one !== null && one !== 'other');
  return {
    ok: true,
    value: {
      links: links.toSorted((a, b) => a.dateMs - b.dateMs || (a.path < b.path ? -1 : 1)),
      others: found.filter((one) => one === 'other').length + names.value.length - some.length,
    },
  };
}

/** Null: it is gone, and keeps nothing. */
async function readOne(name: string, files: Files): Promise<ResultLink | 'other' | null> {
  const path = orNull(await files.linkSlow(`${rootsDirectory}/${name}`, slowly));
  if (path === null) return null;
  if (!path.startsWith('/') || !resultName.test(baseName(path))) return 'other';
  const [storePath, owner] = await Promise.all([files.linkSlow(path, slowly), files.ownerSlow(path, slowly)]);
  if (!storePath.ok || !owner.ok) return storePath.ok || storePath.problem.kind === 'denied' ? 'other' : null;
  if (!inStore.test(storePath.value)) return 'other';
  const { uid, mtimeMs } = owner.value;
  return { path, storePath: storePath.value, uid, dateMs: mtimeMs };
}
