/** What a deployment needs of the target, and what nixos-anywhere and nixos-rebuild say where it is not so. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, formatsTarget, run, seen, where } from './entry.ts';
import { followsFromSsh } from './ssh-follows.ts';

export const deploy: readonly KnownMessage[] = [
  {
    id: 'sudo-needs-terminal',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /sudo: a terminal is required to read the password(?:[^\n]*\n(?:sudo: )?a password is required)?/,
        'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper',
        'nix-community/nh#312',
      ),
      seen(
        /sudo: (?:no tty present and no askpass program specified|a password is required)/,
        'sudo: a password is required',
        'nix-community/nixos-anywhere#178',
      ),
    ],
    title: 'sudo wants a password, and there is no terminal to ask for it',
    causes: [
      because(
        'the tool runs sudo on the target over a connection without a terminal',
        'ssh USER@HOST sudo -n true',
        run(
          'let nixos-rebuild ask for it here',
          'nixos-rebuild switch --flake .#NAME --target-host USER@HOST --sudo --ask-sudo-password',
        ),
        advise('log in as root with a key'),
        configure(
          'let the deploying user become root without a password',
          ['security.sudo.wheelNeedsPassword = false;'],
          'whoever has a key of a user of wheel is root',
        ),
      ),
    ],
    brings: ['ssh-connection-lost'],
  },
  {
    id: 'iso-not-built',
    from: 'nix',
    rank: 'consequence',
    wordings: [
      seen(
        /(?:builder for|Cannot build) '(?<drv>[^'\n]*\biso\b[^'\n]*\.drv)'/,
        "error: builder for '/nix/store/…-nixos-minimal-25.05.iso.drv' failed",
        'deployment guide, "ISO Build Fails"',
      ),
    ],
    title: 'the installer image was not built',
    causes: [
      because(
        'the disk is full: an image needs 10 GB in the store',
        'df -h /nix /tmp',
        run(
          'free what nothing needs',
          'nix-collect-garbage',
          'what is deleted must be built or downloaded again',
        ),
      ),
      because(
        'something could not be downloaded',
        'nix store info --store https://cache.nixos.org',
        advise('look for unable to download above, and try again'),
      ),
      because(
        'the flake has a fault',
        'nix flake check --no-build',
        run('see what it has', 'nix flake show'),
      ),
    ],
    guide: 'ISO Build Fails',
  },
  {
    id: 'nix-not-on-target',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?:bash|sh|zsh|fish|env)[^\n]{0,40}: (?<program>nix-store|nix-daemon|nix-env|nix)(?:: (?:command )?not found|’: No such file or directory)/,
        'bash: line 1: nix-store: command not found',
        'numtide/system-manager#341',
      ),
      seen(
        /zsh:\d+: command not found: (?<program>nix-store|nix-daemon|nix-env|nix)\b/,
        'zsh:1: command not found: nix-store',
        'NixOS/nix#6628',
      ),
    ],
    title: 'there is no {program} on the other side',
    causes: [
      because(
        'Nix is there, but not in the PATH of a login without a terminal',
        "ssh HOST 'echo $PATH; ls /nix/var/nix/profiles/default/bin /run/current-system/sw/bin'",
        run(
          'name it',
          "nix copy --to 'ssh-ng://HOST?remote-program=/nix/var/nix/profiles/default/bin/nix-daemon' PATH",
        ),
        advise(
          'set the PATH in a file that every shell of that user reads (~/.bashrc before its test for a terminal, ~/.zshenv)',
        ),
      ),
      because('Nix is not installed there', null, advise('install Nix there, or deploy with nixos-anywhere')),
    ],
    brings: [...followsFromSsh],
  },
  {
    id: 'kexec-failed',
    from: 'nixos-anywhere',
    rank: 'cause',
    wordings: [
      seen(
        /kexec(?:_file)?_load failed: (?<said>[^\n]+)/,
        'kexec_load failed: Invalid argument',
        'nix-community/nixos-anywhere#84',
      ),
      seen(/Could not get memory layout/, 'Could not get memory layout', 'nix-community/nixos-anywhere#164'),
      seen(
        /aborted: Failed to kexec into NixOS installer/,
        'aborted: Failed to kexec into NixOS installer',
        'nixos-anywhere, src/nixos-anywhere.sh runKexec()',
      ),
      seen(
        /No kexec kernel loaded and autodetection failed/,
        'No kexec kernel loaded and autodetection failed.',
        'NixOS/nixpkgs#203415',
      ),
    ],
    title: 'the target could not start the installer in place of its own kernel (kexec)',
    causes: [
      because(
        'it has too little memory: the installer lies in memory whole, and swap does not count',
        'ssh USER@HOST grep -E "MemTotal|MemAvailable" /proc/meminfo',
        advise('give it 2 GB or more for the installation'),
        advise('boot it from an installer image instead; nixos-anywhere then leaves kexec out'),
      ),
      because(
        'its kernel does not allow it: locked down by Secure Boot, a container, Xen',
        'ssh USER@HOST "cat /sys/kernel/security/lockdown /proc/sys/kernel/kexec_load_disabled; systemd-detect-virt"',
        advise('turn Secure Boot off for the installation, or boot it from an installer image'),
      ),
    ],
    brings: ['ssh-connection-lost'],
  },
  {
    id: 'nixos-anywhere-refused',
    from: 'nixos-anywhere',
    rank: 'cause',
    wordings: [
      seen(
        /aborted: (?<said>no (?<program>tar|cpio|setsid) command[^\n]+)/,
        'aborted: no tar command found, but required to unpack kexec tarball',
        'nixos-anywhere, src/nixos-anywhere.sh',
      ),
      seen(
        /aborted: (?<said>This script requires Linux as the operating system[^\n]*|Unsupported architecture:[^\n]*|Unable to find a command to use to escalate privileges[^\n]*|Failed to retrieve fact \S+ from host)/,
        'aborted: This script requires Linux as the operating system, but got Darwin',
        'nixos-anywhere, src/nixos-anywhere.sh',
      ),
    ],
    title: 'the target is not as nixos-anywhere needs it: {said}',
    causes: [
      because(
        'a program that it needs before kexec is not there, or the system is none that it can replace',
        'ssh USER@HOST "uname -sm; command -v tar cpio setsid sudo"',
        advise('install what is missing on the target, or boot it from a NixOS installer'),
      ),
    ],
  },
  {
    id: 'flake-name-missing',
    from: 'nixos-anywhere',
    rank: 'cause',
    wordings: [
      seen(
        /Please specify the name of the NixOS configuration to be installed, as a URI fragment in the flake-uri/,
        'Please specify the name of the NixOS configuration to be installed, as a URI fragment in the flake-uri.',
        'nixos-anywhere, src/nixos-anywhere.sh; disko, disko-install',
      ),
    ],
    title: 'it was not said which configuration of the flake to install',
    causes: [
      because(
        'a flake may have several, so there is no default',
        'nix flake show',
        run('name it', 'nixos-anywhere --flake .#NAME --target-host USER@HOST', formatsTarget),
      ),
    ],
  },
  {
    id: 'rebuild-step',
    from: 'nixos-rebuild',
    rank: 'consequence',
    wordings: [
      seen(
        /Command '(?<command>\[[^\n]*?\])' returned non-zero exit status (?<code>\d+)/,
        "Command '['nix', 'build', '--print-out-paths', '.#nixosConfigurations.\"h\".config.system.build.toplevel']' returned non-zero exit status 1.",
        'nixos-rebuild-ng, __init__.py main()',
        { since: '25.05' },
      ),
      seen(
        /error: while running command with (?:remote )?sudo(?:, did you forget to use (?<flag>\S+?)\?)?/,
        'error: while running command with remote sudo, did you forget to use --ask-sudo-password?',
        'nixos-rebuild-ng, as people quote it',
        { since: '25.05' },
      ),
    ],
    title: 'a program that nixos-rebuild started failed',
    causes: [
      because(
        'what it said stands above this line',
        null,
        advise('read what stands above; with --verbose nixos-rebuild tells each command'),
      ),
    ],
  },
  {
    id: 'rebuild-step-killed',
    from: 'nixos-rebuild',
    rank: 'symptom',
    wordings: [
      seen(
        /Command '(?<command>\[[^\n]*?\])' died with <Signals\.(?<signal>SIG[A-Z]+): \d+>/,
        "subprocess.CalledProcessError: Command '['nix', 'build', '--print-out-paths', '.#nixosConfigurations.\"h\".config.system.build.toplevel']' died with <Signals.SIGKILL: 9>.",
        'nixos-rebuild-ng: Python, subprocess.CalledProcessError.__str__',
        { since: '25.05' },
      ),
    ],
    title: 'a program that nixos-rebuild started was ended by {signal}',
    causes: [
      where(
        { signal: /SIGKILL/ },
        because(
          'the machine ran out of memory while the configuration was evaluated or fetched',
          'journalctl -k -b --no-pager | grep -iE "out of memory|oom-kill"',
          advise('close what needs memory, or add swap, and try again'),
          configure('add compressed swap', ['zramSwap.enable = true;']),
        ),
      ),
      because('somebody or a guard ended it', null, advise('start it again')),
    ],
  },
];
