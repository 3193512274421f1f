/** What the machine itself is short of, in the words of the C library and the kernel. */
import type { KnownMessage } from '../../model/advice/known-message.ts';

export const machine = [
  {
    id: 'no-space',
    from: 'system',
    rank: 'cause',
    wordings: [
      {
        pattern: /(?:['"‘]?(?<path>\/[^\s'"’:]+)['"’]?: )?No space left on device/,
        since: null,
        until: null,
        maker: null,
        example: "error: writing to file '/nix/store/…-source': No space left on device",
        source: 'strerror(3), ENOSPC',
      },
    ],
    title: 'no space, or no inode, was left where it wrote',
    causes: [
      {
        text: 'the file system that it wrote to is full, or has no inodes left',
        confirm: 'df -h /nix /tmp /boot; df -i /nix /tmp',
        remedies: [
          {
            kind: 'command',
            command: 'nix-collect-garbage',
            root: false,
            title: 'free what nothing needs',
            risk: 'what is deleted must be built or downloaded again',
          },
        ],
      },
      {
        text: 'the directory of builds is in memory (tmpfs) and too small for this build',
        confirm: 'df -h /tmp /nix/var/nix/builds',
        remedies: [
          {
            kind: 'nix',
            lines: ['nix.settings.build-dir = "/var/tmp/nix-builds";'],
            title: 'let builds work on a disk (Nix 2.22 and newer)',
            risk: null,
          },
        ],
      },
    ],
    brings: ['build-exit', 'dependency-failed'],
    sameAs: ['space'],
  },
] as const satisfies readonly KnownMessage[];
