/** What stops a switch before it begins, and what the activation scripts say. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen } from './entry.ts';

export const bootAndReboot = runAsRoot(
  'let the next boot have it, and reboot when it suits',
  'nixos-rebuild boot --flake .#NAME',
);

export const activation: readonly KnownMessage[] = [
  {
    id: 'switch-runs-already',
    from: 'nixos-rebuild',
    rank: 'cause',
    wordings: [
      seen(
        /Failed to start transient service unit: Unit (?<unit>nixos-rebuild-switch-to-configuration\S*?\.service) was already loaded or has a fragment file/,
        'Failed to start transient service unit: Unit nixos-rebuild-switch-to-configuration.service was already loaded or has a fragment file.',
        'NixOS/nixpkgs#319440',
        { since: '23.11' },
      ),
    ],
    title: 'another switch of this system runs, or an old one never ended',
    causes: [
      because(
        'a switch that somebody or an automatic upgrade began is still at it',
        'systemctl status {unit}; systemctl list-jobs',
        advise('wait for it, and see with list-jobs what it waits for'),
        runAsRoot(
          'end it',
          'systemctl stop {unit}',
          'the system stays half switched: units that it stopped are not started',
        ),
      ),
      because(
        'it ended and systemd keeps the unit',
        'systemctl is-active {unit}; systemctl is-failed {unit}',
        runAsRoot('let systemd forget it', 'systemctl reset-failed {unit}'),
      ),
    ],
    brings: ['rebuild-step', 'switch-errors'],
  },
  {
    id: 'switch-locked',
    from: 'activation',
    rank: 'cause',
    wordings: [
      seen(/^Could not acquire lock$/, 'Could not acquire lock', 'NixOS/nixpkgs#398370', { since: '25.05' }),
    ],
    title: 'another switch holds the lock of switch-to-configuration',
    causes: [
      because(
        'a switch that somebody or an automatic upgrade began is still at it',
        'lslocks | grep switch-to-configuration; systemctl list-units "nixos-*" --all',
        advise('wait for it'),
        runAsRoot(
          'end it',
          'systemctl stop nixos-upgrade.service nixos-rebuild-switch-to-configuration.service',
          'the system stays half switched: units that it stopped are not started',
        ),
      ),
      because(
        'a program that an earlier switch started still holds it, though that switch has ended',
        'fuser -v /run/nixos/switch-to-configuration.lock',
        runAsRoot(
          'make a new lock, once no switch runs any more',
          'rm /run/nixos/switch-to-configuration.lock',
          'two switches at once, if one does run',
        ),
      ),
    ],
    brings: ['rebuild-step', 'switch-errors'],
  },
  {
    id: 'switch-inhibited',
    from: 'activation',
    rank: 'cause',
    wordings: [
      seen(
        /There are changes to critical components of the system:(?: (?<what>[^\n]+))?/,
        'There are changes to critical components of the system:\ndbus-implementation : dbus -> broker',
        'nlewo/comin#155',
        { since: '26.05' },
      ),
      seen(
        /The new configuration contains changes to packages that were listed as switch inhibitors/,
        'The new configuration contains changes to packages that were\nlisted as switch inhibitors.',
        'NixOS/nixpkgs#477504',
      ),
    ],
    title: 'what cannot be replaced in a running system would change, so it refuses to switch',
    causes: [
      because(
        'systemd, D-Bus or another part that everything hangs on is another one than before',
        null,
        bootAndReboot,
        runAsRoot(
          'switch all the same',
          'NIXOS_NO_CHECK=1 nixos-rebuild switch --flake .#NAME',
          'the session, or the switch itself, may break',
        ),
      ),
    ],
    brings: ['pre-switch-check', 'rebuild-step', 'switch-errors'],
  },
  {
    id: 'pre-switch-check',
    from: 'activation',
    rank: 'symptom',
    wordings: [
      seen(
        /Pre-switch check '(?<check>[^']+)' failed/,
        "Pre-switch check 'switchInhibitors' failed",
        'NixOS/nixpkgs#477504',
        { since: '25.05' },
      ),
      seen(/Pre-switch checks failed/, 'Pre-switch checks failed', 'nlewo/comin#155', { since: '25.05' }),
    ],
    title: 'a check before the switch said no; nothing was changed',
    causes: [
      because(
        'what the check wants stands above this line',
        null,
        advise('read what stands above, and mend that'),
        runAsRoot(
          'switch without the checks',
          'NIXOS_NO_CHECK=1 nixos-rebuild switch --flake .#NAME',
          'what the check guards against',
        ),
      ),
    ],
    brings: ['rebuild-step', 'switch-errors'],
  },
  {
    id: 'secrets-undecryptable',
    from: 'activation',
    rank: 'cause',
    wordings: [
      seen(
        /sops-install-secrets: [Ff]ailed to decrypt '(?<file>[^']+)': (?<said>[^\n]+)/,
        "/nix/store/450siq4ggqplsmfgg8kq9aqf7k39m5wi-sops-install-secrets-0.0.1/bin/sops-install-secrets: failed to decrypt '/nix/store/vc5qf25l8xfp3bwih1d273xxpiphqj72-cloudflare.yaml': Error getting data key: 0 successful groups required, got 0",
        'Mic92/sops-nix#955',
      ),
      seen(
        /(?:decrypting '(?<file>[^']+)' to '[^']+'\.\.\. )?age: error: no identity matched any of the recipients/,
        "decrypting '/nix/store/231bhn0mp0a8vxm75va7agcja6khv87i-foo.age' to '/run/agenix.d/10/foo'...\nage: error: no identity matched any of the recipients",
        'ryantm/agenix#263',
      ),
    ],
    title: 'a secret cannot be decrypted with the keys of this machine',
    causes: [
      because(
        'the machine has other host keys than the secret was encrypted for: it is new, or was installed anew',
        'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
        advise('add the host key of this machine to the recipients'),
        run('and encrypt it again (sops; agenix: agenix --rekey)', 'sops updatekeys FILE'),
        advise('keep the host keys over an installation: nixos-anywhere --copy-host-keys or --extra-files'),
      ),
      because(
        'the key is on a file system that is not mounted yet when the secrets are installed',
        'findmnt -T /etc/ssh',
        configure('mount it early', ['fileSystems."/persist".neededForBoot = true;']),
      ),
    ],
    brings: ['activation-snippet', 'activation-failed', 'units-failed'],
  },
  {
    id: 'users-map-broken',
    from: 'activation',
    rank: 'cause',
    wordings: [
      seen(
        /malformed JSON string, neither [^\n]*update-users-groups\.pl/,
        'malformed JSON string, neither array, object, number, string or atom, at character offset 0 (before "\\x{0}\\x{0}\\x{0}\\x{0}...") at /nix/store/z9a0mg0qg4xhlih0wix950xgq285fbzh-update-users-groups.pl line 11.',
        'NixOS/nixpkgs#69365',
      ),
    ],
    title: 'the file in which NixOS keeps the numbers of users or groups is broken',
    causes: [
      because(
        'the machine lost power, or the disk was full, while /var/lib/nixos/uid-map or gid-map was written',
        'head -c 200 /var/lib/nixos/uid-map /var/lib/nixos/gid-map',
        advise('bring the two files back from a backup or a snapshot'),
        runAsRoot(
          'put the broken file aside; the next switch makes it anew from /etc/passwd and /etc/group',
          'mv /var/lib/nixos/uid-map /var/lib/nixos/uid-map.broken',
          'users that are not in /etc/passwd now may get other numbers than their files have',
        ),
      ),
    ],
    brings: ['activation-snippet', 'activation-failed', 'user-unknown'],
  },
  {
    id: 'user-unknown',
    from: 'activation',
    rank: 'symptom',
    wordings: [
      seen(
        /(?:chown|chgrp|install): invalid (?<what>user|group):? ['‘](?<name>[^'’]+)['’]/,
        "chown: invalid user: 'root.messagebus'",
        'NixOS/nixpkgs#69365',
      ),
    ],
    title: 'there is no {what} {name} on this machine',
    causes: [
      because(
        'the step that makes users failed before',
        'getent passwd; getent group',
        advise('look for an error above this line'),
      ),
      because(
        'the configuration names a {what} that it does not define',
        null,
        configure('define it', [
          'users.users.NAME = { isSystemUser = true; group = "NAME"; };',
          'users.groups.NAME = { };',
        ]),
      ),
    ],
  },
  {
    id: 'user-number-kept',
    from: 'activation',
    rank: 'symptom',
    wordings: [
      seen(
        /warning: not applying (?<kind>[UG]ID) change of (?:user|group) [‘'](?<name>[^’']+)[’'](?: \((?<numbers>[^)]+)\))?/,
        'warning: not applying UID change of user ‘gdm-greeter-2’ (60580 -> 60579) in /etc/passwd',
        'NixOS/nixpkgs#526368',
      ),
    ],
    title: '{name} keeps its old number: files belong to it, so NixOS does not change it',
    causes: [
      because(
        'the configuration gives another {kind} than the one in use; nothing fails of it',
        'getent passwd {name}; getent group {name}',
        configure('keep the number it has', ['users.users.{name}.uid = NUMBER;']),
        advise(
          'change number and files by hand: usermod -u, then chown',
          'files that are missed belong to nobody',
        ),
      ),
    ],
  },
  {
    id: 'activation-snippet',
    from: 'activation',
    rank: 'symptom',
    wordings: [
      seen(
        /Activation script snippet '(?<snippet>[^']+)' failed \((?<code>\d+)\)/,
        "Activation script snippet 'users' failed (2)",
        'NixOS/nixpkgs#69365',
      ),
    ],
    title: 'the part {snippet} of the activation failed; the others were run',
    causes: [
      because(
        'what it said stands right above this line',
        null,
        advise('read the lines above, and what system.activationScripts.{snippet} does'),
        runAsRoot('run the activation again, alone', '/run/current-system/activate'),
      ),
    ],
    brings: ['activation-failed', 'switch-errors', 'rebuild-step'],
  },
  {
    id: 'activation-failed',
    from: 'activation',
    rank: 'symptom',
    wordings: [
      seen(/Failed to run activate script/, 'Failed to run activate script', 'Mic92/sops-nix#955', {
        since: '24.11',
      }),
    ],
    title: 'the activation failed: units are stopped, and not all were started again',
    causes: [
      because(
        'what it said stands above this line',
        'journalctl -t nixos -n 50 --no-pager',
        advise('mend it, and switch again'),
        runAsRoot(
          'go back to the generation before',
          'nixos-rebuild switch --rollback',
          'the new configuration is not used',
        ),
      ),
    ],
    brings: ['switch-errors', 'rebuild-step'],
  },
];
