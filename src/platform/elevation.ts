/** Whether somebody runs us with more rights than his own (a set-uid or set-gid bit): never a good idea. */

export type Ids = Pick<typeof process, 'getuid' | 'geteuid' | 'getgid' | 'getegid'>;

/** What to say of it; null where real and effective ids are the same. */
export function elevation({ getuid, geteuid, getgid, getegid }: Ids): string | null {
  const [uid, effective] = [getuid?.(), geteuid?.()];
  if (uid !== effective) {
    return `runs as uid ${effective} for uid ${uid} (set-uid): refused; use sudo nixpulse`;
  }
  const [gid, effectiveGid] = [getgid?.(), getegid?.()];
  if (gid === effectiveGid) return null;
  return `runs with gid ${effectiveGid} for gid ${gid} (set-gid): refused`;
}
