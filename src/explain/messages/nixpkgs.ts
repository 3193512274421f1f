/** What nixpkgs refuses to evaluate, by its check-meta.nix. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, seen } from './entry.ts';

export const nixpkgs: readonly KnownMessage[] = [
  {
    id: 'package-unfree',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: (?:Refusing to evaluate p|P)ackage ['‘](?<package>[^\n]+?)['’] in (?<file>[^\n]+?) (?:because it )?has an unfree license \(['‘](?<license>[^\n]+?)['’]\)/,
        'error: Package ‘geekbench-5.4.4’ in /nix/var/nix/profiles/per-user/root/channels/nixos/pkgs/tools/misc/geekbench/default.nix:35 has an unfree license (‘unfree’), refusing to evaluate.',
        'NixOS/nixpkgs#170463',
      ),
    ],
    title: '{package} has no free licence ({license}), and nixpkgs was not told to accept that',
    causes: [
      because(
        'unfree packages are refused until they are allowed',
        null,
        configure('allow this one on NixOS (its name without the version)', [
          'nixpkgs.config.allowUnfreePredicate = pkg:',
          '  builtins.elem (lib.getName pkg) [ "NAME" ];',
        ]),
        configure('allow all of them', ['nixpkgs.config.allowUnfree = true;']),
        run('allow it for one command', 'NIXPKGS_ALLOW_UNFREE=1 nix build --impure INSTALLABLE'),
      ),
      because(
        'it is allowed in one nixpkgs, but another one is used: a flake that imports nixpkgs by itself, or home-manager without useGlobalPkgs',
        null,
        advise(
          'set config.allowUnfree where that nixpkgs is imported: import nixpkgs { config.allowUnfree = true; }',
        ),
      ),
    ],
  },
  {
    id: 'package-insecure',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: (?:Refusing to evaluate p|P)ackage ['‘](?<package>[^\n]+?)['’] in (?<file>[^\n]+?) (?:because it )?is marked as insecure/,
        'error: Package ‘erlang-21.3.8.24’ in /nix/store/jvgrscvlw72j4s3323pskfca9ri8v2r6-source/pkgs/development/interpreters/erlang/generic-builder.nix:171 is marked as insecure, refusing to evaluate.',
        'nix-community/NixOS-WSL#136',
      ),
    ],
    title: '{package} has known security holes, so nixpkgs refuses it',
    causes: [
      because(
        'this version is no longer maintained, or a hole in it is not mended yet',
        null,
        advise(
          'use a newer version or another package: the issues below the message say what is wrong with this one',
        ),
        run('bring nixpkgs up to date', 'nix flake update nixpkgs', 'other packages change with it'),
        configure(
          'accept it all the same',
          ['nixpkgs.config.permittedInsecurePackages = [ "{package}" ];'],
          'the holes that the message lists',
        ),
      ),
      because(
        'something else needs it',
        'nix why-depends --derivation CONFIGURATION PACKAGE',
        advise('find what needs it in the trace (--show-trace), and replace that'),
      ),
    ],
  },
  {
    id: 'package-broken',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: (?:Refusing to evaluate p|P)ackage ['‘](?<package>[^\n]+?)['’] in (?<file>[^\n]+?) (?:because it )?is marked as broken/,
        'error: Package ‘zfs-kernel-2.3.4-6.17.8’ in /nix/store/f640ps0hcp7w5jzg18djf8gdhl6r2rnl-source/pkgs/os-specific/linux/zfs/generic.nix:331 is marked as broken, refusing to evaluate.',
        'NixOS/nixos-hardware#1675',
      ),
    ],
    title: '{package} is known not to build in this nixpkgs',
    causes: [
      {
        ...because(
          'this ZFS does not support the kernel that the configuration has',
          'nix eval .#nixosConfigurations.HOST.config.boot.kernelPackages.kernel.version',
          configure('use the default kernel, which ZFS follows', [
            'boot.kernelPackages = pkgs.linuxPackages;',
          ]),
        ),
        when: { package: /^zfs/ },
      },
      because(
        'it does not build with what this nixpkgs has, or not on this system',
        null,
        advise('use another version or package; the commit that marked it says why'),
        run(
          'see whether a newer nixpkgs has it mended',
          'nix flake update nixpkgs',
          'other packages change with it',
        ),
        configure(
          'build it all the same',
          ['nixpkgs.config.allowBroken = true;'],
          'it most likely fails, or does not work',
        ),
      ),
    ],
  },
  {
    id: 'package-unsupported-system',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: (?:Refusing to evaluate p|P)ackage ['‘](?<package>[^\n]+?)['’] in (?<file>[^\n]+?) (?:because it )?is not (?:available on the requested hostPlatform|supported on)/,
        "error: Package 'glibc-nolibgcc-2.40-66' in /nix/store/s7ga48spdagfm0j1rd740q52ih159g51-source/pkgs/development/libraries/glibc/default.nix:217 is not available on the requested hostPlatform:",
        'a public trace of nix-darwin; the words are those of NixOS/nixpkgs, pkgs/stdenv/generic/check-meta.nix',
      ),
    ],
    title: '{package} does not exist for this system',
    causes: [
      because(
        'it is only for other processors or operating systems',
        'nix eval nixpkgs#NAME.meta.platforms',
        configure('take it only where it is there', [
          'environment.systemPackages = lib.optional (lib.meta.availableOn pkgs.stdenv.hostPlatform pkgs.NAME) pkgs.NAME;',
        ]),
      ),
      because(
        'nixpkgs.hostPlatform of the configuration is not that of the machine',
        'nix eval .#nixosConfigurations.HOST.config.nixpkgs.hostPlatform.system',
        advise('set nixpkgs.hostPlatform to the system of the machine'),
      ),
    ],
  },
];
