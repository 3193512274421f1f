/** What the module system of NixOS, home-manager and nix-darwin says of options (lib/modules.nix, lib/options.nix). */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, seen, where } from './entry.ts';
import { words } from './words.ts';

const lookUp = advise('look the option up: search.nixos.org/options, or man configuration.nix');

export const nixosOptions: readonly KnownMessage[] = [
  {
    id: 'option-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: The option '<option>' does not exist. Definition values:"),
        "error: The option `services.nginxx' does not exist. Definition values:\n       - In `<unknown-file>':",
        'recorded stream eval-module-error of Nix 2.8.0',
      ),
      seen(
        words("error: The option '<option>' defined in '<file>' does not exist"),
        "error: The option `documentation' defined in `/vagrant/images/mini' does not exist.",
        'illegalprime/nixos-on-arm#22',
      ),
    ],
    title: 'there is no option {option}',
    causes: [
      where(
        { option: /^(?:home|programs|xdg|wayland|dconf|gtk|qt)\b/ },
        because(
          'it is an option of home-manager in a module of NixOS, or the other way round',
          null,
          advise('put it below home-manager.users.NAME, or into the module that has it'),
        ),
      ),
      because('it is misspelt; the message may say what it is like', null, lookUp),
      because(
        'the module that declares it is not imported (a flake input, home-manager, disko, sops), or this nixpkgs is older or newer than the option',
        'nix flake metadata',
        advise('import the module of that input in modules = [ … ] of the machine'),
        run('bring nixpkgs up to date', 'nix flake update nixpkgs', 'other packages change with it'),
      ),
    ],
  },
  {
    id: 'option-no-value',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: The option '<option>' was accessed but has no value defined"),
        "error: The option `networking.hostName' was accessed but has no value defined. Try setting the option.",
        'lib.evalModules on Nix 2.8.0 and 2.34.8',
      ),
      seen(
        words("error: The option '<option>' is used but not defined"),
        "error: The option `services.isso.config' is used but not defined.",
        'NixOS/nixpkgs#13560',
      ),
    ],
    title: 'option {option} needs a value and has none',
    causes: [
      where(
        { option: /^fileSystems\b/ },
        because(
          'hardware-configuration.nix (or the layout of disko) is not imported',
          null,
          advise('import it in imports of the configuration'),
        ),
      ),
      because('it has no default, and what uses it is enabled', null, lookUp),
    ],
  },
  {
    id: 'option-conflict',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: The option '<option>' has conflicting definition values:"),
        'error: The option `networking.hostName\' has conflicting definition values:\n       - In `<unknown-file>\': "b"',
        'lib.evalModules on Nix 2.8.0 and 2.34.8',
      ),
      seen(
        words("error: The option '<option>' has conflicting definitions, in"),
        "error: The option `programs.ssh.askPassword' has conflicting definitions, in `/nix/var/nix/profiles/per-user/root/channels/nixos/nixos/modules/services/x11/desktop-managers/plasma5.nix' and `/nix/var/nix/profiles/per-user/root/channels/nixos/nixos/modules/programs/seahorse.nix'.",
        'NixOS/nixpkgs#215455',
      ),
      seen(
        words("error: The option '<option>' is read-only, but it's set multiple times"),
        "error: The option `ro' is read-only, but it's set multiple times. Definition values:",
        'lib.evalModules on Nix 2.8.0 and 2.34.8',
      ),
    ],
    title: 'two modules set {option} to different values',
    causes: [
      because(
        'the files below the message each set it: only one value can hold',
        null,
        configure('keep both lines and say which one holds', ['{option} = lib.mkForce VALUE;']),
        advise('or take it out of one of both files'),
      ),
    ],
  },
  {
    id: 'option-type',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: A definition for option '<option>' is not of type '<type>'"),
        "error: A definition for option `networking.hostName' is not of type `string'. Definition values:",
        'lib.evalModules on Nix 2.8.0 and 2.34.8',
      ),
    ],
    title: 'what {option} is set to is no {type}',
    causes: [
      where(
        { type: /list/ },
        because('it wants a list: also a single value stands in brackets', null, advise('write [ VALUE ]')),
      ),
      where(
        { type: /bool/ },
        because(
          'true and false stand without quotation marks',
          null,
          advise('write true or false, not "true" or "yes"'),
        ),
      ),
      where(
        { type: /package/ },
        because('it wants a package, not its name', null, advise('write pkgs.NAME, without quotation marks')),
      ),
      because('its type differs, perhaps since another release', null, lookUp),
    ],
  },
  {
    id: 'module-attribute-unsupported',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: Module '<module>' has an unsupported attribute '<attribute>'"),
        "error: Module `:anon-2' has an unsupported attribute `foo'. This is caused by introducing a top-level `config' or `options' attribute.",
        'lib.evalModules on Nix 2.8.0 and 2.34.8',
      ),
    ],
    title: 'module {module} has options beside config',
    causes: [
      because(
        'a module that has "config" or "options" must have all its settings below config',
        null,
        advise('move {attribute} into config = { … };'),
      ),
    ],
  },
  {
    id: 'failed-assertions',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /Failed assertions: ?\n?\s*- (?<assertion>[^\n]+)/,
        'error:\n       Failed assertions:\n       - The ‘fileSystems’ option does not specify your root file system.',
        'microvm-nix/microvm.nix#129',
      ),
    ],
    title: 'the configuration contradicts itself: {assertion}',
    causes: [
      where(
        { assertion: /fileSystems.* root file system/ },
        because(
          'hardware-configuration.nix (or the layout of disko) is not imported',
          null,
          advise('import it in imports of the configuration'),
        ),
      ),
      where(
        { assertion: /boot\.loader|boot loader|grub\.devices/ },
        because(
          'no bootloader is set',
          'ls /sys/firmware/efi',
          configure('for a machine with EFI', [
            'boot.loader.systemd-boot.enable = true;',
            'boot.loader.efi.canTouchEfiVariables = true;',
          ]),
          configure('for one without', ['boot.loader.grub.device = "/dev/disk/by-id/DISK";']),
        ),
      ),
      where(
        { assertion: /hostId/ },
        because(
          'ZFS needs a host id, by which a pool knows the machine that used it last',
          'head -c 8 /etc/machine-id',
          configure('set one, another for each machine', ['networking.hostId = "8 HEX DIGITS";']),
        ),
      ),
      because(
        'a module checks what is set, and says in these words what it needs',
        null,
        advise('do what the lines below "Failed assertions" say'),
      ),
    ],
  },
];
