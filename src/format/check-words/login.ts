/** Items of `check deploy` about getting in afterwards, in words. */
import { nixString } from '../../base/nix-string.ts';
import { listText, plural } from '../../base/plural.ts';
import type { DeployFound } from '../../model/advice/checked-deploy.ts';
import type { WordsOf } from '../check-item-words.ts';
import { advice, settings } from '../check-remedies.ts';

type Kinds = 'login-keys' | 'login-sshd' | 'host-name';

export const loginWords: Pick<WordsOf<DeployFound>, Kinds> = {
  'login-keys': {
    title: 'keys in the configuration',
    text: ({ count, damaged, ours }) => {
      const parts = [
        count === 0 ? 'neither root nor wheel has a key: nobody will get in' : plural(count, 'key'),
      ];
      if (damaged.length > 0)
        parts.push(
          `${damaged.length === 1 ? 'one' : damaged.length} of ${listText(damaged.map(({ user, comment }) => comment ?? user))} ${damaged.length === 1 ? 'is' : 'are'} cut or broken`,
        );
      if (count > 0 && ours === 'used') parts.push('the one that ssh used now is among them');
      if (count > 0 && ours === 'offered') parts.push('one of ours is among them');
      if (count > 0 && ours === 'none') parts.push('none of them is one that ssh uses from here');
      if (count > 0 && ours === null) parts.push('which of them is ours is not known');
      return parts.join('; ');
    },
    remedies: ({ example, damaged }) => [
      // The whole of it would be cut by the width of a terminal.
      settings(
        [`users.users.root.openssh.authorizedKeys.keys = [ ${nixString(shortened(example))} ];`],
        'add your public key, whole and in one line: ssh-add -L, or cat ~/.ssh/*.pub',
      ),
      ...(damaged.length === 0
        ? []
        : [
            advice('copy the damaged keys anew from their *.pub: a line break or a cut makes them worthless'),
          ]),
    ],
    guide: ['SSH Access Fails After Deployment', 'Are your SSH keys properly configured?'],
  },
  'login-sshd': {
    title: 'sshd in the configuration',
    text: ({ enabled, rootLogin, rootOnly }) => {
      if (!enabled) return 'services.openssh.enable is false: it will not answer to ssh';
      if (rootLogin === 'no' && rootOnly) return 'only root has keys, and PermitRootLogin is "no"';
      return 'enabled';
    },
    remedies: ({ enabled }) => [
      enabled
        ? settings(['services.openssh.settings.PermitRootLogin = "prohibit-password";'], 'let root in by key')
        : settings(['services.openssh.enable = true;'], 'turn it on; it opens its port in the firewall too'),
    ],
    guide: ["Can't SSH After First Boot"],
  },
  'host-name': {
    title: 'host name',
    text: ({ name, attribute }) =>
      name === 'nixos' && attribute !== null && attribute !== 'nixos'
        ? `it is not set: a rebuild there will look for nixosConfigurations.nixos, not for ${attribute}`
        : (name ?? 'from the network'),
    remedies: ({ attribute }) => [
      settings(
        [`networking.hostName = "${attribute?.replace(/[^a-zA-Z0-9-]/g, '-') ?? 'web'}";`],
        'give it its name',
      ),
    ],
    guide: ['Configuration Validation Fails'],
  },
};

/** `ssh-ed25519 AAAA… me@here`. */
function shortened(key: string | null): string {
  const [type = 'ssh-ed25519', , ...comment] = (key ?? '').split(' ').filter((part) => part !== '');
  return [type, 'AAAA…', ...(comment.length === 0 ? ['you@here'] : comment)].join(' ');
}
