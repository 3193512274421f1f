/** Accounts of /etc/passwd that people log in with: root, and those of ordinary users. */

export interface PasswdAccount {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
}

/** login.defs(5) of NixOS: UID_MIN and UID_MAX; build users are above. */
const [firstUid, lastUid] = [1000, 29_999];

/** `name:x:uid:gid:gecos:home:shell` passwd(5). Whoever has no shell does not log in. Rows that are cut are left out. */
export function parseLoginAccounts(text: string): readonly PasswdAccount[] {
  const accounts = text.split('\n').flatMap((line) => {
    const [name, , id, , , home, shell] = line.split(':');
    if (!name || !home?.startsWith('/') || shell === undefined || !/^\d+$/.test(id ?? '')) return [];
    const uid = Number(id);
    const isUser = uid >= firstUid && uid <= lastUid && !/(?:nologin|false)$/.test(shell);
    return uid === 0 || isUser ? [{ name, uid, home }] : [];
  });
  const first = accounts.filter(({ uid }, at) => accounts.findIndex((one) => one.uid === uid) === at);
  return first.toSorted((a, b) => a.uid - b.uid);
}
