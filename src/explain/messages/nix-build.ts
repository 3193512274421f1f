/** What Nix says when a build has failed. */
import type { KnownMessage } from '../../model/advice/known-message.ts';

export const nixBuild = [
  {
    id: 'dependency-failed',
    from: 'nix',
    rank: 'consequence',
    wordings: [
      {
        pattern: /error: (?<count>\d+) dependenc(?:y|ies) of derivation '(?<drv>[^']+)' failed to build/,
        since: '2.4',
        until: '2.29',
        maker: null,
        example: "error: 1 dependencies of derivation '/nix/store/a3m…-top.drv' failed to build",
        source: 'src/libstore/build/derivation-goal.cc',
      },
    ],
    title: '{drv} was not built because of what it needs',
    causes: [
      {
        text: 'a build that it needs has failed: the cause stands above',
        confirm: null,
        remedies: [{ kind: 'advice', title: 'read what stands above the first of these lines', risk: null }],
      },
    ],
  },
] as const satisfies readonly KnownMessage[];
