/** /etc/passwd and /etc/group: which uids are Nix build users, and what users are called. */

/** `name:x:uid:gid:…` passwd(5): uid to name; the first entry of a uid wins. A uid at the end was cut. */
export function parsePasswd(text: string): ReadonlyMap<number, string> {
  const users = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':', 4);
    if (!name || uid === undefined || gid === undefined || !/^\d+$/.test(uid)) continue;
    if (!users.has(Number(uid))) users.set(Number(uid), name);
  }
  return users;
}

/** `name:x:gid:member,member` group(5): the members of one group. */
export function parseGroupMembers(text: string, group: string): readonly string[] {
  for (const line of text.split('\n')) {
    const [name, , , members] = line.split(':', 4);
    if (name === group && members) return members.split(',').filter((member) => member !== '');
  }
  return [];
}
