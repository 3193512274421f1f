/** That the machine has no room left: what follows from it is most of what can go wrong. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { because, configure, formatsTarget, run, runAsRoot, seen } from './entry.ts';

export const machine: readonly KnownMessage[] = [
  {
    id: 'no-space',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?:['"‘]?(?<path>\/[^\s'"’:]+)['"’]?: )?No space left on device/,
        "error: writing to file '/nix/store/…-source': No space left on device",
        'strerror(3), ENOSPC',
      ),
    ],
    title: 'no space, or no inode, was left where it wrote',
    causes: [
      because(
        'the file system that it wrote to is full, or has no inodes left',
        'df -h /nix /tmp /boot; df -i /nix /tmp',
        run(
          'free what nothing needs',
          'nix-collect-garbage',
          'what is deleted must be built or downloaded again',
        ),
        runAsRoot(
          'free old generations as well',
          'nix-collect-garbage --delete-older-than 14d',
          'those generations can no longer be rolled back to',
        ),
      ),
      because(
        'the directory of builds is in memory (tmpfs) and too small for this build',
        'df -h /tmp /nix/var/nix/builds',
        configure('let builds work on a disk (Nix 2.22 and newer)', [
          'nix.settings.build-dir = "/var/tmp/nix-builds";',
        ]),
      ),
      because(
        'an installer keeps its store in memory, and the system is larger than that',
        'ssh root@HOST df -h / /nix/.rw-store',
        runAsRoot(
          'let it use more of the memory',
          'mount -o remount,size=90% /nix/.rw-store',
          'what the store takes is missing for programs: the installer may run out of memory',
        ),
        run(
          'build where there is room, and copy only the result to the disk',
          'nixos-anywhere --build-on local --flake .#NAME --target-host root@HOST',
          formatsTarget,
        ),
      ),
    ],
    brings: [
      'build-exit',
      'dependency-failed',
      'units-failed',
      'unit-exited',
      'unit-start-limit',
      'activation-snippet',
      'activation-failed',
      'bootloader-failed',
      'compile-error',
      'rebuild-step',
    ],
    sameAs: ['space'],
  },
];
