/** What Nix says when a configuration cannot be evaluated. */
import type { KnownMessage } from '../../model/advice/known-message.ts';

export const nixEvaluation = [
  {
    id: 'attribute-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      {
        pattern:
          /error: (?:flake '(?<flake>[^']+)' does not provide )?attribute ['‘](?<attribute>[^'’]+)['’] missing/,
        since: null,
        until: null,
        maker: null,
        example: "error: attribute 'nixosConfigurations.test-server' missing",
        source: 'deployment guide, "Configuration Validation Fails"',
      },
    ],
    title: 'there is no attribute {attribute} where it is looked for',
    causes: [
      {
        text: 'the name differs from what the flake has',
        when: { attribute: /^nixosConfigurations\b/ },
        confirm: 'nix flake show',
        remedies: [
          {
            kind: 'command',
            command: 'nix eval .#nixosConfigurations --apply builtins.attrNames',
            root: false,
            title: 'list the names that the flake has, and use one of them',
            risk: null,
          },
        ],
      },
      {
        text: 'the package or option was renamed or removed in the nixpkgs that is used, or is misspelt',
        confirm: 'nix search nixpkgs NAME',
        remedies: [
          {
            kind: 'advice',
            title: 'look at the line that the trace names, and at the release notes of nixpkgs for the name',
            risk: null,
          },
        ],
      },
    ],
    guide: 'Configuration Validation Fails',
  },
] as const satisfies readonly KnownMessage[];
