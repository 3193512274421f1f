/** Whether anybody gets in afterwards: keys, sshd, the name. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { OwnKeys } from '../../model/advice/deploy-facts.ts';
import type { WantedSystem } from '../../model/advice/wanted-system.ts';

export function keysItem({ keys }: WantedSystem, { used, offered }: OwnKeys): CheckItem {
  const sound = keys.filter(({ key }) => !key.damaged);
  const damaged = keys
    .filter(({ key }) => key.damaged)
    .map(({ user, key: { comment } }) => ({ user, comment }));
  const has = (blob: string | null) => sound.some(({ key }) => key.blob === blob);
  const candidates = used === null ? offered : [used];
  const match = candidates.find(({ blob }) => has(blob));
  const ours =
    candidates.length === 0 ? null : match === undefined ? 'none' : used === null ? 'offered' : 'used';
  const [first] = candidates;
  const state = sound.length === 0 ? 'failed' : damaged.length > 0 || ours === 'none' ? 'warning' : 'ok';
  return {
    id: 'login-keys',
    subject: null,
    state,
    found: {
      kind: 'login-keys',
      ...{ count: sound.length, damaged, ours },
      example:
        first === undefined
          ? null
          : [first.type, first.blob, first.comment].filter((part) => part !== null).join(' '),
    },
  };
}

/** `prohibit-password`, `without-password` and `yes` let a key in. */
export function sshdItem({ sshd, rootLogin, keys }: WantedSystem): CheckItem | null {
  if (sshd === null) return null;
  const rootOnly = keys.length > 0 && keys.every(({ user }) => user === 'root');
  return {
    id: 'login-sshd',
    subject: null,
    state: !sshd ? 'failed' : rootLogin === 'no' && rootOnly ? 'failed' : 'ok',
    found: { kind: 'login-sshd', enabled: sshd, rootLogin, rootOnly },
  };
}

/**
 * `nixos` is what NixOS calls itself where nothing is said. A rebuild on the target then looks for that name in the
 * flake, and does not find it.
 */
export function hostNameItem({ hostName: name }: WantedSystem, configuration: string): CheckItem {
  const attribute = configuration.includes('#') ? configuration.replace(/^.*#(?:.*\.)?/, '') : null;
  return {
    id: 'host-name',
    subject: name,
    state: name === 'nixos' && attribute !== null && attribute !== 'nixos' ? 'warning' : 'ok',
    found: { kind: 'host-name', name, attribute },
  };
}
