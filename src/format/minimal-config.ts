/** The smallest configuration of NixOS that boots a machine, reaches its network and lets its people log in. */
import { nixString } from '../base/nix-string.ts';
import type { BootLoader, LoginAccount, OwnMachine, OwnNetwork } from '../model/recover/own-machine.ts';

/** Text of others stands in it as strings of Nix alone; of `hardware` as the module that it is. */
export function minimalConfig(machine: OwnMachine): string {
  const { hardware, consoles, hostName, hostId, timeZone, keyMap, stateVersion, flakes } = machine;
  const parts: readonly (readonly string[])[] = [
    hardware.kind === 'file'
      ? [`imports = [ ${hardware.path} ];`]
      : [
          '# As nixos-generate-config --show-hardware-config tells it.',
          'imports = [ (',
          hardware.text,
          ') ];',
        ],
    [
      ...loaderLines(machine.loader),
      ...(consoles.length === 0
        ? []
        : [`boot.kernelParams = ${listOf(consoles.map((one) => `console=${one}`))};`]),
    ],
    [
      ...(hostName === null ? [] : [`networking.hostName = ${nixString(hostName)};`]),
      ...(hostId === null ? [] : [`networking.hostId = ${nixString(hostId)};`]),
      ...networkLines(machine.network),
    ],
    sshdLines(machine),
    [
      '# Passwords stay what they are: none is written here.',
      'users.mutableUsers = true;',
      ...machine.accounts.flatMap((one) => accountLines(one, machine.network)),
    ],
    [
      ...(timeZone === null ? [] : [`time.timeZone = ${nixString(timeZone)};`]),
      ...(keyMap === null ? [] : [`console.keyMap = ${nixString(keyMap)};`]),
    ],
    flakes ? ['nix.settings.experimental-features = [ "nix-command" "flakes" ];'] : [],
    [`# Of ${commentOf(stateVersion.from)}.`, `system.stateVersion = ${nixString(stateVersion.version)};`],
  ];
  const body = parts
    .filter((lines) => lines.length > 0)
    .map((lines) =>
      lines.map((line) => (line === '' || line.includes('\n') ? line : `  ${line}`)).join('\n'),
    );
  return `# Enough to boot, to reach the network and to log in; nothing else.
{ ... }:

{
${body.join('\n\n')}
}
`;
}

/** A comment ends with its line. */
function commentOf(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]/g, ' ');
}

function loaderLines(loader: BootLoader): readonly string[] {
  switch (loader.kind) {
    case 'extlinux':
      return ['boot.loader.grub.enable = false;', 'boot.loader.generic-extlinux-compatible.enable = true;'];
    case 'systemd-boot':
      return [
        'boot.loader.systemd-boot.enable = true;',
        ...espLines(loader.esp),
        `boot.loader.efi.canTouchEfiVariables = ${loader.variables};`,
      ];
    case 'grub':
      return [
        'boot.loader.grub.enable = true;',
        `boot.loader.grub.devices = ${listOf(loader.devices)};`,
        ...(loader.esp === null
          ? []
          : [
              'boot.loader.grub.efiSupport = true;',
              ...espLines(loader.esp),
              loader.variables
                ? 'boot.loader.efi.canTouchEfiVariables = true;'
                : 'boot.loader.grub.efiInstallAsRemovable = true;',
            ]),
      ];
  }
}

function espLines(esp: string): readonly string[] {
  return esp === '/boot' ? [] : [`boot.loader.efi.efiSysMountPoint = ${nixString(esp)};`];
}

function networkLines({ by, addresses, gateways, nameServers, kernelNames }: OwnNetwork): readonly string[] {
  if (by === 'networkmanager') return ['networking.networkmanager.enable = true;'];
  const names = [...new Set(addresses.map((one) => one.interface))];
  const interfaces = names.flatMap((name) =>
    ([4, 6] as const).flatMap((family) => {
      const own = addresses.filter((one) => one.interface === name && one.family === family);
      if (own.length === 0) return [];
      return [
        `networking.interfaces.${nixString(name)}.ipv${family}.addresses = [`,
        ...own.map(
          ({ address, prefixLength }) =>
            `  { address = ${nixString(address)}; prefixLength = ${prefixLength}; }`,
        ),
        '];',
      ];
    }),
  );
  const ways = ([4, 6] as const).flatMap((family) => {
    const way = gateways.find((one) => one.family === family);
    if (way === undefined) return [];
    const option = family === 4 ? 'defaultGateway' : 'defaultGateway6';
    return [
      `networking.${option} = { address = ${nixString(way.address)}; interface = ${nixString(way.interface)}; };`,
    ];
  });
  return [
    ...(kernelNames ? ['networking.usePredictableInterfaceNames = false;'] : []),
    ...(by === 'networkd' ? ['networking.useNetworkd = true;'] : []),
    '# By DHCP, where no address is named.',
    'networking.useDHCP = true;',
    ...[...interfaces, ...ways],
    ...(nameServers.length === 0 ? [] : [`networking.nameservers = ${listOf(nameServers)};`]),
  ];
}

function sshdLines({ sshd, release }: OwnMachine): readonly string[] {
  if (sshd === null) return [];
  const { ports, passwords, rootLogin } = sshd;
  // nixos/modules/services/networking/ssh/sshd.nix: settings came with 23.05, and what it renamed went away later.
  const isOld = release !== null && release < '23.05';
  const option = (name: string, old: string) => `services.openssh.${isOld ? old : `settings.${name}`}`;
  return [
    'services.openssh.enable = true;',
    ...(ports.length === 0 ? [] : [`services.openssh.ports = [ ${ports.join(' ')} ];`]),
    ...(passwords === null
      ? []
      : [`${option('PasswordAuthentication', 'passwordAuthentication')} = ${passwords};`]),
    ...(rootLogin === null
      ? []
      : [`${option('PermitRootLogin', 'permitRootLogin')} = ${nixString(rootLogin)};`]),
  ];
}

function accountLines(
  { name, uid, home, isAdmin, keys }: LoginAccount,
  { by }: OwnNetwork,
): readonly string[] {
  const attribute = `users.users.${nixString(name)}`;
  const groups = isAdmin ? ['wheel', ...(by === 'networkmanager' ? ['networkmanager'] : [])] : [];
  const own = [
    ...(uid === 0 ? [] : ['isNormalUser = true;', `uid = ${uid};`]),
    ...(uid === 0 || home === `/home/${name}` ? [] : [`home = ${nixString(home)};`]),
    ...(uid === 0 || groups.length === 0 ? [] : [`extraGroups = ${listOf(groups)};`]),
    ...(keys.length === 0
      ? []
      : ['openssh.authorizedKeys.keys = [', ...keys.map((key) => `  ${nixString(key)}`), '];']),
  ];
  return own.length === 0 ? [] : [`${attribute} = {`, ...own.map((line) => `  ${line}`), '};'];
}

function listOf(texts: readonly string[]): string {
  return texts.length === 0 ? '[ ]' : `[ ${texts.map(nixString).join(' ')} ]`;
}
