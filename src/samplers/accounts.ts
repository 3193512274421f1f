/** Build users and user names, read from /etc when a new uid turns up. */
import { isAutoAllocatedUid, isBuildUserName } from '../model/nix-tools.ts';
import { parseGroupMembers, parsePasswd } from '../parse/accounts.ts';
import type { Files } from '../platform/ports.ts';

export interface Accounts {
  isBuildUid(uid: number): boolean;
  nameOf(uid: number): string | null;
  /** Build users: uid to name; the same object while unchanged. */
  readonly buildUsers: Readonly<Record<number, string>>;
  /** Reads /etc/passwd and /etc/group; true when something changed. */
  load(): Promise<boolean>;
}

export function createAccounts(files: Files): Accounts {
  let users: ReadonlyMap<number, string> = new Map();
  let buildUsers: Readonly<Record<number, string>> = {};

  return {
    isBuildUid: (uid) => uid in buildUsers || isAutoAllocatedUid(uid),
    nameOf: (uid) => users.get(uid) ?? null,
    get buildUsers() {
      return buildUsers;
    },
    async load() {
      const [passwd, group] = await Promise.all([
        files.readSlow('/etc/passwd', { maxBytes: 4 << 20, deadlineMs: 5000 }),
        files.readSlow('/etc/group', { maxBytes: 4 << 20, deadlineMs: 5000 }),
      ]);
      if (!passwd.ok) return false;
      users = parsePasswd(passwd.value);
      const members = new Set(group.ok ? parseGroupMembers(group.value, 'nixbld') : []);
      const found = [...users].filter(
        ([uid, name]) => uid !== 0 && (isBuildUserName(name) || members.has(name)),
      );
      const before = Object.keys(buildUsers).join();
      buildUsers = Object.fromEntries(found);
      return Object.keys(buildUsers).join() !== before;
    },
  };
}
