/** Who logs in here, and with which public keys. Never a password, never a hash. */
import { orNull } from '../../base/problem.ts';
import type { LoginAccount, OwnSshd } from '../../model/recover/own-machine.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import { parseGroupMembers } from '../../parse/accounts.ts';
import { parseLoginAccounts } from '../../parse/login-accounts.ts';
import { parseSshKey } from '../../parse/ssh-key.ts';
import type { Files } from '../../platform/ports.ts';

const mostAccounts = 32;
const mostKeys = 64;

export interface AccountsRead {
  readonly accounts: readonly LoginAccount[];
  readonly missing: readonly string[];
}

export async function readAccounts(files: Files): Promise<AccountsRead> {
  const [passwd, group] = await Promise.all([
    files.readSlow('/etc/passwd', slowly),
    files.readSlow('/etc/group', slowly),
  ]);
  const admins = parseGroupMembers(orNull(group) ?? '', 'wheel');
  const missing: string[] = [];
  const found = parseLoginAccounts(orNull(passwd) ?? '').slice(0, mostAccounts);
  const accounts = await Promise.all(
    found.map(async ({ name, uid, home }): Promise<LoginAccount> => {
      const texts = await Promise.all(
        // The first of them is where NixOS puts what the configuration names.
        [`/etc/ssh/authorized_keys.d/${name}`, `${home}/.ssh/authorized_keys`].map((path) =>
          files.readSlow(path, slowly),
        ),
      );
      const hidden = texts.find((text) => !text.ok && text.problem.kind === 'denied');
      if (hidden?.ok === false) missing.push(`keys of ${name}: ${hidden.problem.where} takes root to read`);
      const keys = texts.flatMap((text) => keysIn(orNull(text) ?? ''));
      return { name, uid, home, isAdmin: admins.includes(name), keys: [...new Set(keys)].slice(0, mostKeys) };
    }),
  );
  return { accounts, missing };
}

function keysIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !parseSshKey(line).damaged);
}

/** Those that NixOS takes. */
const rootLogins = ['yes', 'without-password', 'prohibit-password', 'forced-commands-only', 'no'];

/** NixOS writes sshd_config only where sshd is on. */
export async function readSshd(files: Files): Promise<OwnSshd | null> {
  const text = await files.readSlow('/etc/ssh/sshd_config', slowly);
  if (!text.ok) return null;
  // What stands below a Match counts for some alone.
  const [all = ''] = text.value.split(/^\s*Match\s/im);
  const value = (name: string) => new RegExp(`^\\s*${name}\\s+(\\S+)\\s*$`, 'im').exec(all)?.[1] ?? null;
  const passwords = value('PasswordAuthentication')?.toLowerCase();
  const ports = [...all.matchAll(/^\s*Port\s+(\d{1,5})\s*$/gim)].map(([, port]) => Number(port));
  return {
    ports: ports.filter((port) => port !== 22 || ports.length > 1),
    passwords: passwords === 'yes' ? true : passwords === 'no' ? false : null,
    rootLogin: rootLogins.find((one) => one === value('PermitRootLogin')) ?? null,
  };
}
