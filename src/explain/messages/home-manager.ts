/** What home-manager says when it activates. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen } from './entry.ts';

export const homeManager: readonly KnownMessage[] = [
  {
    id: 'home-backup-in-way',
    from: 'home-manager',
    rank: 'cause',
    wordings: [
      seen(
        /Existing file '(?<path>[^']+)' would be clobbered by backing up '(?<file>[^']+)'/,
        "Existing file '/home/me/.config/gtk-4.0/settings.ini.bak' would be clobbered by backing up '/home/me/.config/gtk-4.0/settings.ini'",
        'nix-community/home-manager#5054',
      ),
    ],
    title: 'home-manager would put {file} aside, but its backup from last time is still there',
    causes: [
      because(
        'a program wrote {file} anew in place of the link, and the backup of the time before was never removed',
        'diff {path} {file}',
        run('rename the old backup', 'mv -i {path} {path}.1'),
        configure(
          'overwrite what a program writes there',
          ['xdg.configFile."gtk-4.0/settings.ini".force = true;'],
          'what the program wrote is lost at each switch',
        ),
      ),
    ],
    brings: ['units-failed', 'home-failed', 'unit-exited', 'unit-result'],
  },
  {
    id: 'home-file-in-way',
    from: 'home-manager',
    rank: 'cause',
    wordings: [
      seen(
        /Existing file '(?<path>[^']+)' is in the way of '(?<wanted>[^']+)'(?!, will be )/,
        "Existing file '/home/ardan/.config/gtk-3.0/settings.ini' is in the way of '/nix/store/8dz44vpmij16bplzznw7sqnh660g3s17-home-manager-files/.config/gtk-3.0/settings.ini'",
        'nix-community/home-manager#2452',
        { until: '24.05' },
      ),
      seen(
        /Existing file '(?<path>[^']+)' would be clobbered(?! by)/,
        "Existing file '/home/me/.config/mimeapps.list' would be clobbered",
        'home-manager, modules/files/check-link-targets.sh',
        { since: '24.11' },
      ),
    ],
    title: 'home-manager does not overwrite a file that it has not made: {path}',
    causes: [
      because(
        'you or a program wrote it before home-manager cared for it',
        'ls -l {path}',
        run('put it aside', 'mv -i {path} {path}.before-home-manager'),
        run('let home-manager do that', 'home-manager switch -b backup'),
        configure('the same as a module of NixOS or nix-darwin', [
          'home-manager.backupFileExtension = "backup";',
        ]),
      ),
    ],
    brings: ['units-failed', 'home-failed', 'unit-exited', 'unit-result'],
  },
  {
    id: 'home-dconf',
    from: 'home-manager',
    rank: 'cause',
    wordings: [
      seen(
        /The name ca\.desrt\.dconf was not provided by any \.service files/,
        'error: GDBus.Error:org.freedesktop.DBus.Error.ServiceUnknown: The name ca.desrt.dconf was not provided by any .service files',
        'nix-community/home-manager#3113',
      ),
      seen(
        /Activating dconfSettings error: GDBus\.Error:org\.freedesktop\.DBus\.Error\.ServiceUnknown: The name is not activatable/,
        'Activating dconfSettings\nerror: GDBus.Error:org.freedesktop.DBus.Error.ServiceUnknown: The name is not activatable',
        'nix-community/home-manager#5357',
      ),
    ],
    title: 'home-manager has settings for dconf, and no dconf answers',
    causes: [
      because(
        'dconf is not enabled on the system',
        'systemctl --user list-unit-files dconf.service; busctl --user list --activatable | grep dconf',
        configure('enable it on NixOS', ['programs.dconf.enable = true;']),
        configure('or have none written', ['dconf.enable = false;'], 'settings of GTK programs are not set'),
      ),
    ],
    brings: ['units-failed', 'home-failed', 'unit-exited', 'unit-result'],
  },
  {
    id: 'home-no-profile',
    from: 'home-manager',
    rank: 'cause',
    wordings: [
      seen(
        /Could not find suitable profile directory, tried (?<path>\S+)/,
        'Could not find suitable profile directory, tried /home/test/.local/state/home-manager/profiles and /nix/var/nix/profiles/per-user/test',
        'nix-community/home-manager#4403',
        { since: '23.05' },
      ),
    ],
    title: 'the user has no directory for profiles of Nix yet',
    causes: [
      because(
        'Nix was just installed, and this user has not installed anything with it',
        'ls -ld ~/.local/state/nix/profiles',
        run('make it, then switch again', 'mkdir -p ~/.local/state/nix/profiles'),
      ),
    ],
    brings: ['units-failed', 'home-failed', 'unit-exited', 'unit-result'],
  },
  {
    id: 'home-wrong-user',
    from: 'home-manager',
    rank: 'cause',
    wordings: [
      seen(
        /Error: (?<what>USER|HOME) is set to "(?<is>[^"]*)" but we expect "(?<expected>[^"]*)"/,
        'Error: HOME is set to "/home_local/timo" but we expect "/home/timo"',
        'nix-community/home-manager#5916',
        { since: '23.05' },
      ),
    ],
    title: 'this home configuration is for {expected}, not for {is}',
    causes: [
      because(
        'home.username or home.homeDirectory are not those of the user that activates',
        'echo "$USER $HOME"',
        configure('name the right ones', [
          'home.username = "USER";',
          'home.homeDirectory = "/home/USER"; # on macOS /Users/USER, and users.users.USER.home in nix-darwin',
        ]),
      ),
      because('it was run with sudo', 'id -un', run('run it as yourself', 'home-manager switch')),
    ],
    brings: ['units-failed', 'home-failed', 'unit-exited', 'unit-result'],
  },
  {
    id: 'home-failed',
    from: 'home-manager',
    rank: 'symptom',
    wordings: [
      seen(
        /Failed to start Home Manager environment for (?<user>[^.\s]+)/,
        'Failed to start Home Manager environment for thiago.',
        'nix-community/home-manager#3910',
      ),
    ],
    title: 'the home of {user} was not activated; the rest of the system is switched',
    causes: [
      because(
        'the log of its unit says at which step',
        'journalctl -b -u home-manager-{user}.service -n 60 --no-pager',
        advise('read which step it was: checkLinkTargets is a file in the way, installPackages a package'),
        runAsRoot('try it again', 'systemctl restart home-manager-{user}.service'),
      ),
    ],
    brings: ['units-failed', 'switch-errors', 'rebuild-step', 'unit-result'],
  },
];
