/** What nix-darwin says before it activates. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen } from './entry.ts';

export const darwin: readonly KnownMessage[] = [
  {
    id: 'darwin-etc-files',
    from: 'darwin-rebuild',
    rank: 'cause',
    wordings: [
      seen(
        /Unexpected files in \/etc, aborting activation(?: The following files have unrecognized content and would be overwritten: (?<path>\/etc\/\S+))?/,
        'error: Unexpected files in /etc, aborting activation\nThe following files have unrecognized content and would be overwritten:\n\n  /etc/zshrc\n  /etc/zprofile',
        'nix-darwin/nix-darwin#1509',
      ),
    ],
    title: 'nix-darwin does not overwrite files in /etc that it has not made',
    causes: [
      because(
        'an update of macOS or an installer of Nix wrote them',
        'ls -l {path}',
        runAsRoot('look into each that is named, then put it aside', 'mv -i {path} {path}.before-nix-darwin'),
        advise('what an installer had in nix.conf belongs into nix.settings'),
      ),
    ],
  },
  {
    id: 'darwin-build-group',
    from: 'darwin-rebuild',
    rank: 'cause',
    wordings: [
      seen(
        /Build user group has mismatching GID, aborting activation(?:[\s\S]{0,400}?group has GID (?<is>\d+), whereas we expected (?<expected>\d+))?/,
        'error: Build user group has mismatching GID, aborting activation\nThe default Nix build user group ID was changed from 30000 to 350.\nYou are currently managing Nix build users with nix-darwin, but your\nnixbld group has GID 350, whereas we expected 30000.',
        'nix-darwin/nix-darwin#1553',
        { since: '25.05' },
      ),
    ],
    title: 'the group nixbld has another number than nix-darwin expects',
    causes: [
      because(
        'Nix was installed at another time than this configuration was written',
        'dscl . read /Groups/nixbld PrimaryGroupID',
        configure('tell nix-darwin the number that it has', ['ids.gids.nixbld = {is};']),
        configure('with Determinate Nix: leave Nix to it', ['nix.enable = false;']),
      ),
    ],
  },
  {
    id: 'darwin-needs-root',
    from: 'darwin-rebuild',
    rank: 'cause',
    wordings: [
      seen(
        /system activation must now be run as root/,
        '/nix/store/yi6zhcffvvj5g0kqrziadxmsci2fvm50-darwin-rebuild/bin/darwin-rebuild: system activation must now be run as root',
        'srid/nixos-unified#129',
        { since: '25.05' },
      ),
    ],
    title: 'darwin-rebuild switch needs root since nix-darwin 25.05',
    causes: [
      because(
        'all of the activation runs as root now',
        'id -u',
        run('run it with sudo', 'sudo darwin-rebuild switch --flake .'),
        configure('name the user whose settings it may change', ['system.primaryUser = "USER";']),
      ),
    ],
  },
];
