/**
 * Whose words come to the screen by themselves: only root's and our own. A file that others may write, or put another
 * one in the place of, is followed only where somebody names it.
 */
import { type Problem, problem } from '../base/problem.ts';
import type { Files } from '../platform/ports.ts';

/** Permission bits of mode. */
const [groupWrites, othersWrite, sticky] = [0o020, 0o002, 0o1000];

interface Owned {
  readonly uid: number;
  readonly mode: number;
}

/** `uid`: ours. Null: nobody else may write it. */
export function distrustsFile(path: string, file: Owned, uid: number): Problem | null {
  const cause = strangerOf(file, uid) ?? writerOf(file);
  return cause === null ? null : problem('denied', path, cause);
}

/** Every directory above `path`: in a sticky one nobody takes away what is another's. */
export async function distrustsPlace(files: Files, path: string, uid: number): Promise<Problem | null> {
  const parts = path.split('/').slice(1, -1);
  for (let count = 0; count <= parts.length; count++) {
    const directory = `/${parts.slice(0, count).join('/')}`;
    const owner = await files.ownerSlow(directory, { follow: true });
    if (!owner.ok) return owner.problem;
    const isSticky = (owner.value.mode & sticky) !== 0;
    const cause = strangerOf(owner.value, uid) ?? (isSticky ? null : writerOf(owner.value));
    if (cause !== null) return problem('denied', path, `${directory} ${cause}`);
  }
  return null;
}

function strangerOf({ uid }: Owned, ours: number): string | null {
  return uid === 0 || uid === ours ? null : `belongs to uid ${uid}`;
}

function writerOf({ mode }: Owned): string | null {
  if ((mode & othersWrite) !== 0) return 'may be written by everybody';
  return (mode & groupWrites) === 0 ? null : 'may be written by a group';
}
