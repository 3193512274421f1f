/**
 * Names below `--root DIR`, as a process with that root directory would see them: absolute links and
 * `..` of a captured tree stay inside it, so that a fixture never reads the machine it is tested on.
 */
import { lstatSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';

/** Like the kernel (MAXSYMLINKS). */
const maxLinks = 40;

export interface RootPath {
  /** Where to open `path` for its content: every link followed. */
  (path: string): string;
  /** Where the last part itself stands, a link unfollowed. */
  unfollowed(path: string): string;
}

/** `/`: the running system, nothing to do. */
export const systemRoot: RootPath = Object.assign((path: string) => path, {
  unfollowed: (path: string) => path,
});

export function createRootPath(root: string): RootPath {
  const base = resolve(root);
  if (base === '/') return systemRoot;

  function walk(path: string, followLast: boolean): string {
    const done: string[] = [];
    const rest = path.split('/').reverse();
    let links = 0;
    while (rest.length > 0) {
      const part = rest.pop();
      if (part === undefined || part === '' || part === '.') continue;
      if (part === '..') {
        done.pop();
        continue;
      }
      done.push(part);
      if (!followLast && rest.length === 0) break;
      const target = linkAt(`${base}/${done.join('/')}`);
      if (target === null) continue;
      links += 1;
      if (links > maxLinks) throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
      done.pop();
      if (target.startsWith('/')) done.length = 0;
      rest.push(...target.split('/').reverse());
    }
    return done.length === 0 ? base : `${base}/${done.join('/')}`;
  }

  return Object.assign((path: string) => walk(path, true), {
    unfollowed: (path: string) => walk(path, false),
  });
}

function linkAt(path: string): string | null {
  try {
    if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return null;
    return readlinkSync(path);
  } catch {
    // Not there or not ours to see: the open that follows says which.
    return null;
  }
}
