/** Items of `check deploy` about disks, ZFS and the boot, in words. */
import { bytesText } from '../../base/bytes.ts';
import { nixString } from '../../base/nix-string.ts';
import { listText, plural } from '../../base/plural.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { DeployFound, DeviceSeen, DeviceUser } from '../../model/advice/checked-deploy.ts';
import type { Remedy } from '../../model/diagnosis/remedy.ts';
import type { WordsOf } from '../check-item-words.ts';
import { advice, settings, there } from '../check-remedies.ts';

type Kinds =
  | 'target-space'
  | 'disko'
  | 'target-device'
  | 'target-busy'
  | 'credstore'
  | 'zfs-module'
  | 'host-id'
  | 'firmware'
  | 'target-boot'
  | 'boot-passphrase';

export const diskWords: Pick<WordsOf<DeployFound>, Kinds> = {
  'target-space': {
    title: 'space on the target',
    text: ({ of, bytes, leastBytes }) => {
      const place = {
        disks: 'on the disks of the configuration',
        'largest-disk': 'on its largest disk',
        store: 'free in its store',
      };
      return `${bytesText(bytes)} ${place[of]}${bytes < leastBytes ? `, at least ${leastText(of, leastBytes)} should be there` : ''}`;
    },
    remedies: ({ of }) =>
      of === 'store'
        ? [
            there(
              'nix-collect-garbage --delete-older-than 30d',
              'free what nothing needs, and generations older than 30 days',
              'no way back to those generations',
            ),
          ]
        : [advice('give it a larger disk (20 GB at least)')],
    guide: ['Is there sufficient disk space (minimum 20GB)?'],
  },
  disko: {
    title: 'partitions are described',
    text: ({ disks }) => {
      if (disks === null) return 'the configuration has no disko: nothing would be formatted';
      return disks === 0
        ? 'disko is there, and describes no disk'
        : `disko describes ${plural(disks, 'disk')}`;
    },
    remedies: () => [
      settings(
        [
          'modules = [ disko.nixosModules.disko ./configuration.nix ];',
          'disko.devices.disk.main.device = "/dev/disk/by-id/…";',
        ],
        'import disko in the flake, and describe the disk',
      ),
    ],
    guide: ['Configuration Validation Fails'],
  },
  'target-device': {
    title: 'device of the configuration',
    text: ({ device, wantedBy, found, others }) => {
      if (found === null)
        return `${device} (${wantedBy}) is not there${others.length === 0 ? '' : `; there is ${listText(others.map(seenText))}`}`;
      const stable = found.byId !== null && found.byId !== device ? `, also ${found.byId}` : '';
      const name = found.device === device ? seenText(found) : `${device}, which is ${seenText(found)}`;
      return `${name}${found.readOnly ? ', read-only' : ''}${stable}`;
    },
    remedies: ({ found, others, wantedBy, way }) => {
      if (found !== null) return [advice('choose another disk, or lift its write protection')];
      const lines = others.map((other) =>
        way === 'switch'
          ? `fileSystems.${nixString(wantedBy)}.device = ${nixString(other.byId ?? other.device)};  # ${bytesText(other.bytes)}`
          : `${wantedBy}.device = ${nixString(other.byId ?? other.device)};  # ${bytesText(other.bytes)}`,
      );
      return [
        ...(way === 'switch' || lines.length === 0
          ? []
          : [settings(lines, 'name a disk that is there, by id', 'what is on it is deleted')]),
        there(
          'lsblk -o NAME,SIZE,TYPE,FSTYPE,UUID; ls -l /dev/disk/by-id',
          'list the devices with their names',
        ),
      ];
    },
    guide: ['"disk device not found" during deployment', 'Is the disk device path correct in configuration?'],
  },
  'target-busy': {
    title: 'disk not in use',
    text: ({ device, users }) =>
      users.length === 0 ? `nothing uses ${device}` : listText(users.map(userText)),
    remedies: ({ users }) => users.map(releaseOf).filter(isFirst),
    guide: ['Disk Formatting Fails', '"pool export failed" Error', "System Won't Boot After Deployment"],
  },
  credstore: {
    title: 'credentials store closed',
    text: ({ open, pools }) => {
      if (open === null) return 'it is closed';
      return `${open} is open${pools.length === 0 ? '' : `: ${listText(pools)} cannot be exported`}`;
    },
    remedies: ({ open, pools }) => [
      there(
        [
          `cryptsetup close ${shellWord(open ?? 'credstore')}`,
          ...pools.map((pool) => `zpool export ${shellWord(pool)}`),
        ].join(' && '),
        'close it, then export the pool',
      ),
    ],
    guide: ['Deployment Hangs at Pool Export', '"pool export failed" Error'],
  },
  'zfs-module': {
    title: 'ZFS for its kernel',
    text: ({ way, kernelVersion, wantedVersion, found, version }) => {
      const kernel = kernelVersion === null ? 'its kernel' : `kernel ${kernelVersion}`;
      if (way === 'switch') return `the configuration brings ZFS ${wantedVersion ?? 'with it'}`;
      if (found === null) return 'what kexec starts decides whether it is there';
      return found ? `ZFS ${version ?? 'is there'} for ${kernel}` : `no ZFS module for ${kernel}`;
    },
    remedies: () => [
      settings(
        ['boot.kernelPackages = pkgs.linuxPackages_6_12;', 'boot.supportedFilesystems.zfs = true;'],
        'build the installer anew, with a kernel that its ZFS knows',
      ),
      there('modprobe zfs', 'see why it is not loaded'),
    ],
    guide: ['"ZFS modules not available"'],
  },
  'host-id': {
    title: 'host id for ZFS',
    text: ({ wanted, target }) => {
      if (wanted === null) return 'networking.hostId is not set: a pool is not imported without it';
      if (target !== null && target !== wanted.toLowerCase())
        return `${wanted}, and the system that has the pool now has ${target}: it is not imported at the next boot`;
      return wanted;
    },
    remedies: ({ target }) => [
      settings(
        [`networking.hostId = "${target ?? 'EIGHT-HEXADECIMAL-DIGITS'}";`],
        target === null
          ? 'set eight hexadecimal digits of its own: head -c 8 /etc/machine-id'
          : 'keep the one that the pool knows',
      ),
    ],
    guide: ['ZFS Pool Not Imported'],
  },
  firmware: {
    title: 'boot loader and firmware',
    text: ({ efi, bits, wantsEfi, loader }) => {
      const name = loader === null || loader === 'other' ? 'its boot loader' : loader;
      return `booted by ${efi ? `EFI${bits === null ? '' : ` of ${bits} bits`}` : 'BIOS'}, ${name} wants ${wantsEfi ? 'EFI' : 'BIOS'}`;
    },
    remedies: ({ wantsEfi }) =>
      wantsEfi
        ? [
            advice('turn on EFI (UEFI, OVMF) in its settings, and boot the installer by it'),
            settings(
              [
                'boot.loader.systemd-boot.enable = false;',
                'boot.loader.grub.enable = true;',
                '# with a partition of type EF02 in disko',
              ],
              'or use a boot loader of the BIOS',
            ),
          ]
        : [
            settings(
              ['boot.loader.systemd-boot.enable = true;', 'boot.loader.efi.canTouchEfiVariables = true;'],
              'use a boot loader of EFI, or boot the installer by BIOS',
            ),
          ],
    guide: ["System Won't Boot After Deployment"],
  },
  'target-boot': {
    title: 'room for kernel and initrd',
    text: ({ place, freeBytes, isNew, neededBytes }) => {
      if (isNew) return `${bytesText(freeBytes)} for the EFI system partition of ${place}`;
      return `${bytesText(freeBytes)} free in ${place}${neededBytes === null ? '' : `, a generation takes ${bytesText(neededBytes)}`}`;
    },
    remedies: ({ isNew }) =>
      isNew
        ? [settings(['size = "1G";'], 'make the EFI system partition (EF00) larger: it cannot grow later')]
        : [
            there(
              'nix-env -p /nix/var/nix/profiles/system --delete-generations +2 && /run/current-system/bin/switch-to-configuration boot',
              'remove all generations but two from it',
              'no way back to older generations',
            ),
            settings(['boot.loader.systemd-boot.configurationLimit = 5;'], 'keep fewer generations there'),
          ],
    guide: ["System Won't Boot After Deployment"],
  },
  'boot-passphrase': {
    title: 'passphrase at boot',
    text: ({ asks, tpm, initrdSsh }) => {
      if (!asks) return 'nothing asks for one';
      if (tpm) return 'a TPM can give it';
      return initrdSsh
        ? 'it can be given by ssh to its initrd'
        : 'the console will wait for one at each boot, and the target has no TPM';
    },
    remedies: () => [
      advice('have the console at hand: that it waits there is no fault'),
      settings(
        ['boot.initrd.network.enable = true;', 'boot.initrd.network.ssh.enable = true;'],
        'let it be given by ssh',
      ),
    ],
    guide: ['System Hangs at Password Prompt', 'Cannot Access Encrypted Datasets'],
  },
};

/** Disks are sold in powers of 1000. */
function leastText(of: 'disks' | 'largest-disk' | 'store', bytes: number): string {
  return of === 'store' ? bytesText(bytes) : `${Math.round(bytes / 1e9)} GB`;
}

/** `/dev/vda (20 GB, QEMU HARDDISK)`. */
function seenText({ device, bytes, model }: DeviceSeen): string {
  return `${device} (${[bytesText(bytes), ...(model === null ? [] : [model])].join(', ')})`;
}

function userText(user: DeviceUser): string {
  switch (user.kind) {
    case 'mount':
      return `${user.device} is mounted on ${user.mountPoint}`;
    case 'swap':
      return `${user.device} is swap`;
    case 'pool':
      return `${user.device} is in the pool ${user.pool}`;
    case 'luks':
      return `${user.name} is open on it (LUKS)`;
    case 'held':
      return `${user.by} is made of it`;
  }
}

/** What a medium that it runs from is mounted on. */
const ownMedium = /^\/(?:iso|run\/rootfsbase|nix\/\.ro-store)\b/;

function releaseOf(user: DeviceUser): Remedy {
  switch (user.kind) {
    case 'mount':
      return ownMedium.test(user.mountPoint)
        ? advice('choose another disk: this is what the installer runs from')
        : there(
            `umount -R ${shellWord(user.mountPoint.startsWith('/mnt') ? '/mnt' : user.mountPoint)}`,
            'unmount it',
          );
    case 'swap':
      return there('swapoff -a', 'turn its swap off');
    case 'pool':
      return there(`zpool export ${shellWord(user.pool)}`, 'export the pool');
    case 'luks':
      return there(
        `cryptsetup close ${shellWord(user.name)}`,
        'close the LUKS device, before the pool is exported',
      );
    case 'held':
      return there(
        `dmsetup info ${shellWord(user.by)}; mdadm --detail ${shellWord(`/dev/${user.by}`)}`,
        'see what it is, then deactivate it (vgchange -an, mdadm --stop)',
      );
  }
}

/** Of several that are the same. */
function isFirst(remedy: Remedy, at: number, all: readonly Remedy[]): boolean {
  const key = (one: Remedy) => `${one.title} ${one.kind === 'command' ? one.command : ''}`;
  return all.findIndex((one) => key(one) === key(remedy)) === at;
}
