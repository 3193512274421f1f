/** Whether others can put a file of theirs in the place of one that is evaluated and booted with our rights. */
import type { RecoverContext } from './step.ts';

const slowly = { deadlineMs: 5000 };
const othersWrite = 0o002;
/** In a directory that has it only the owner of a file renames it (inode(7)). */
const sticky = 0o1000;
const typeBits = 0o170000;
const directoryType = 0o040000;

/** Who might, and where; null: nobody but root, ourselves, and who became root by sudo(8). `path`: absolute. */
export async function whoElseWrites(path: string, context: RecoverContext): Promise<string | null> {
  const { ports, environment } = context;
  const { files, native } = ports;
  const sudo = native.uid === 0 ? Number(environment['SUDO_UID'] || 0) : 0;
  const trusted = [0, native.uid, sudo];
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const owner = await files.ownerSlow(at, { ...slowly, follow: true });
    if (!owner.ok) continue;
    const { uid, mode } = owner.value;
    if (!trusted.includes(uid)) return `${at} belongs to uid ${uid}`;
    const isSticky = (mode & typeBits) === directoryType && (mode & sticky) !== 0;
    if ((mode & othersWrite) !== 0 && !isSticky) return `everybody may write to ${at}`;
  }
  return null;
}
