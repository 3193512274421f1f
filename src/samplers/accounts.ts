/** Build users and user names, from /etc/passwd and /etc/group. */
import { isAutoAllocatedUid, isBuildUserName } from '../model/forest/nix-tools.ts';
import { parseGroupMembers, parsePasswd } from '../parse/accounts.ts';
import type { Files } from '../platform/ports.ts';

export interface Accounts {
  isBuildUid(uid: number): boolean;
  nameOf(uid: number): string | null;
  /** Build users: uid to name; the same object while unchanged. */
  readonly buildUsers: Readonly<Record<number, string>>;
  /** They were read once. */
  readonly loaded: boolean;
  /** Reads both files; true when the build users are others now. */
  load(): Promise<boolean>;
}

export function createAccounts(files: Files): Accounts {
  let users: ReadonlyMap<number, string> = new Map();
  let buildUsers: Readonly<Record<number, string>> = {};
  let read: string | null = null;

  return {
    isBuildUid: (uid) => uid in buildUsers || isAutoAllocatedUid(uid),
    nameOf: (uid) => users.get(uid) ?? null,
    get buildUsers() {
      return buildUsers;
    },
    get loaded() {
      return read !== null;
    },
    async load() {
      const [passwd, group] = await Promise.all([
        files.readSlow('/etc/passwd', { maxBytes: 4 << 20, deadlineMs: 5000 }),
        files.readSlow('/etc/group', { maxBytes: 4 << 20, deadlineMs: 5000 }),
      ]);
      // A machine may have no group file; one that cannot be read now says nothing.
      if (!passwd.ok || !(group.ok || group.problem.kind === 'gone')) return false;
      const text = passwd.value + (group.ok ? group.value : '');
      if (text === read) return false;
      read = text;
      users = parsePasswd(passwd.value);
      const members = new Set(group.ok ? parseGroupMembers(group.value, 'nixbld') : []);
      const before = Object.keys(buildUsers).join();
      buildUsers = Object.fromEntries(
        [...users].filter(([uid, name]) => uid !== 0 && (isBuildUserName(name) || members.has(name))),
      );
      return Object.keys(buildUsers).join() !== before;
    },
  };
}
