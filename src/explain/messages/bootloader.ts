/** What the boot loaders' installers say: GRUB, systemd-boot, lanzaboote. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen } from './entry.ts';

const fewerEntries = configure('keep fewer generations in the boot menu', [
  'boot.loader.systemd-boot.configurationLimit = 5; # or boot.loader.grub.configurationLimit',
]);
const installAgain = runAsRoot(
  'then install the boot loader again',
  'nixos-rebuild boot --install-bootloader',
);

export const bootloader: readonly KnownMessage[] = [
  {
    id: 'boot-full',
    from: 'bootloader',
    rank: 'cause',
    wordings: [
      seen(
        /ignoring (?<profile>[^\n]{1,200}?) in the list of boot entries because of the following error: \[Errno 28\] No space left on device/,
        'ignoring default profile in the list of boot entries because of the following error:\n[Errno 28] No space left on device',
        'NixOS/nixpkgs#189966',
      ),
      seen(
        /OSError: \[Errno 28\] No space left on device[^\n]*(?:: '\/nix\/store\/[^\n]+' -> '(?<path>\/(?:boot|efi)[^']*)'|\n(?=Failed to install bootloader|warning: error\(s\)))/,
        'OSError: [Errno 28] No space left on device\nFailed to install bootloader',
        'NixOS/nixpkgs#501155',
      ),
      seen(
        /cannot copy (?<from>\/nix\/store\/\S+) to (?<path>\/boot[^\s:]*)(?:: No space left on device)?/,
        'cannot copy /nix/store/i1i6pn1wz0i25pvwcfhdra4bz6hcqjp7-linux-6.1.74/Image to /boot/kernels/i1i6pn1wz0i25pvwcfhdra4bz6hcqjp7-linux-6.1.74-Image.tmp: No space left on device',
        'elitak/nixos-infect#192',
      ),
      seen(
        /to (?:the temporary file )?"(?<path>\/(?:boot|efi)[^"]*)": No space left on device \(os error 28\)/,
        'Failed to install generation.: Failed to install the initrd.: Failed to copy from "/tmp/.tmpkdwknv/iwDDIJt0JV3bCEV7t1SzOC9qZj0UwxRX" to the temporary file "/boot/EFI/nixos/initrd-6.9.8-dmwfy74km2vqh7qv6ddhv3kgbaeh2fqqlv63cofigdshaubfp77q..tmp": No space left on device (os error 28)',
        'nix-community/lanzaboote#377',
      ),
    ],
    title:
      'the boot partition is full: the new system is not in the boot menu, even where the command ended with 0',
    causes: [
      because(
        'old generations fill it with kernels and initrds: one generation may take 100 MB',
        'df -h /boot; ls -lS /boot/EFI/nixos /boot/kernels 2>/dev/null; nixos-rebuild list-generations',
        runAsRoot(
          'delete old generations, and let the boot loader clear up',
          'nix-collect-garbage --delete-older-than 14d && /nix/var/nix/profiles/system/bin/switch-to-configuration boot',
          'those generations can no longer be booted or rolled back to',
        ),
        fewerEntries,
        advise(
          'where it is so full that not even that works: move one kernel or initrd of an old generation off the boot partition by hand, and switch again',
          'that generation does not boot until the file is back',
        ),
      ),
      because(
        'it is too small for two kernels with their initrds (below 256 MB)',
        'lsblk -o NAME,SIZE,FSTYPE,MOUNTPOINT',
        configure('keep kernels elsewhere: a larger partition of type XBOOTLDR', [
          'boot.loader.systemd-boot.xbootldrMountPoint = "/boot";',
          'boot.loader.efi.efiSysMountPoint = "/efi";',
        ]),
      ),
    ],
    brings: ['bootloader-failed', 'switch-errors', 'rebuild-step', 'no-space'],
  },
  {
    id: 'efi-variables',
    from: 'bootloader',
    rank: 'cause',
    wordings: [
      seen(
        /EFI variables are not supported on this system/,
        'EFI variables are not supported on this system.',
        'raexera/yuki#18',
      ),
      seen(
        /Failed to create EFI Boot variable entry: (?<said>[^\n]+)/,
        'Failed to create EFI Boot variable entry: No such file or directory',
        'NixOS/nixpkgs#38928',
      ),
      seen(
        /Could not prepare Boot variable: (?<said>[^\n]+)/,
        'Could not prepare Boot variable: Read-only file system',
        'archlinux/archinstall#1611',
      ),
      seen(
        /efibootmgr failed to register the boot entry: (?<said>[^\n]+)/,
        'grub-install: error: efibootmgr failed to register the boot entry: No such file or directory.',
        'raexera/yuki#18',
      ),
    ],
    title: 'the firmware could not be told about the boot loader (EFI variables)',
    causes: [
      because(
        'the machine, or the installer on it, was booted in BIOS mode: there are no EFI variables then',
        'ls /sys/firmware/efi/efivars 2>/dev/null | head -3',
        advise('boot the installer in UEFI mode'),
        configure('do without them: install where every firmware looks', [
          'boot.loader.efi.canTouchEfiVariables = false;',
          'boot.loader.grub.efiInstallAsRemovable = true; # with GRUB',
        ]),
      ),
      because(
        'they are mounted read-only, or the memory of the firmware is full',
        'findmnt /sys/firmware/efi/efivars; efibootmgr',
        runAsRoot('make them writable', 'mount -o remount,rw /sys/firmware/efi/efivars'),
        runAsRoot(
          'delete a boot entry that nothing needs',
          'efibootmgr --bootnum XXXX --delete-bootnum',
          'what that entry started no longer starts by itself',
        ),
      ),
    ],
    brings: ['bootloader-failed', 'switch-errors', 'rebuild-step', 'grub-failed'],
  },
  {
    id: 'boot-not-mounted',
    from: 'bootloader',
    rank: 'cause',
    wordings: [
      seen(
        /(?<option>efiSysMountPoint|xbootldrMountPoint) = '(?<path>[^']+)' is not a mounted partition/,
        "efiSysMountPoint = '/boot' is not a mounted partition. Is the path configured correctly?",
        'qitechgmbh/control#1612',
        { since: '24.05' },
      ),
      seen(
        /Couldn't find EFI system partition/,
        "Couldn't find EFI system partition. It is recommended to mount it to /boot or /efi.",
        'systemd 255, src/boot/bootctl.c',
      ),
      seen(
        /File system "(?<path>[^"]+)" is not (?:a FAT )?EFI System Partition/,
        'File system "/boot" is not a FAT EFI System Partition (ESP) file system.',
        'systemd 255, src/shared/find-esp.c',
      ),
      seen(
        /(?<path>\/\S+) doesn't look like an EFI partition/,
        "grub-install: error: /boot/efi doesn't look like an EFI partition.",
        'GRUB, util/grub-install.c',
      ),
    ],
    title: 'the EFI system partition is not mounted where the boot loader looks for it',
    causes: [
      because(
        'it is not mounted: it is missing in the configuration, or its mount failed',
        'findmnt /boot /efi /boot/efi; lsblk -o NAME,SIZE,FSTYPE,PARTTYPENAME,MOUNTPOINT',
        runAsRoot('mount it', 'mount /dev/disk/by-label/ESP /boot'),
        configure('have it mounted at every boot', [
          'fileSystems."/boot" = { device = "/dev/disk/by-uuid/XXXX-XXXX"; fsType = "vfat"; };',
        ]),
        installAgain,
      ),
      because(
        'it is mounted elsewhere than the configuration says',
        'findmnt -t vfat',
        configure('name the place', ['boot.loader.efi.efiSysMountPoint = "/boot/efi";']),
      ),
    ],
    brings: ['bootloader-failed', 'switch-errors', 'rebuild-step', 'grub-failed'],
  },
  {
    id: 'systemd-boot-missing',
    from: 'bootloader',
    rank: 'cause',
    wordings: [
      seen(
        /[Cc]ould not find any previously installed systemd-boot/,
        'Exception: Could not find any previously installed systemd-boot. If you are switching to systemd-boot from a different bootloader, you need to run `nixos-rebuild switch --install-bootloader`',
        'nixpkgs, nixos/modules/system/boot/loader/systemd-boot/systemd-boot-builder.py',
      ),
    ],
    title: 'systemd-boot was never installed here',
    causes: [
      because(
        'another boot loader was used before, or another partition is mounted at /boot than usual',
        'bootctl status --no-pager; findmnt /boot',
        runAsRoot(
          'install it',
          'nixos-rebuild switch --install-bootloader',
          'the firmware starts it instead of what it started before',
        ),
      ),
    ],
    brings: ['bootloader-failed', 'switch-errors', 'rebuild-step'],
  },
  {
    id: 'grub-no-drive',
    from: 'bootloader',
    rank: 'cause',
    wordings: [
      seen(
        /cannot find a GRUB drive for (?<device>\/dev\/\S+?)\. Check your device\.map/,
        'grub-install: error: cannot find a GRUB drive for /dev/sda1.  Check your device.map.',
        'NixOS/nixpkgs#227296',
      ),
      seen(
        /failed to get canonical path of [`'‘](?<device>[^'’]+)['’]/,
        "grub-install: error: failed to get canonical path of `/dev/sda1'.",
        'calamares/calamares#1993',
      ),
    ],
    title: 'GRUB does not find the disk of {device}',
    causes: [
      because(
        'boot.loader.grub.device names a disk that is not there any more, or a partition',
        'lsblk -o NAME,SIZE,TYPE,MOUNTPOINT; ls -l /dev/disk/by-id',
        configure('with UEFI: no disk at all', [
          'boot.loader.grub = { device = "nodev"; efiSupport = true; };',
        ]),
        configure('with BIOS: the whole disk, by a name that stays', [
          'boot.loader.grub.device = "/dev/disk/by-id/…";',
        ]),
      ),
      because(
        'os-prober looks at a disk that is not there, or the system runs in a chroot without /dev',
        'ls -l {device}',
        configure('do not look for other systems', ['boot.loader.grub.useOSProber = false;']),
      ),
    ],
    brings: ['bootloader-failed', 'switch-errors', 'rebuild-step', 'grub-failed'],
  },
  {
    id: 'grub-no-room',
    from: 'bootloader',
    rank: 'cause',
    wordings: [
      seen(
        /this GPT partition label (?:contains|has) no BIOS Boot Partition; embedding won't be possible/,
        "grub-install: warning: this GPT partition label contains no BIOS Boot Partition; embedding won't be possible.",
        'nix-community/nixos-anywhere#120',
      ),
      seen(
        /will not proceed with blocklists/,
        'grub-install: error: will not proceed with blocklists.',
        'nix-community/nixos-anywhere#120',
      ),
    ],
    title: 'the disk has no place for GRUB: a GPT disk that BIOS boots needs a BIOS boot partition',
    causes: [
      because(
        'the partition table was made for UEFI, the boot loader is installed for BIOS',
        'ls -d /sys/firmware/efi; lsblk -o NAME,SIZE,PARTTYPENAME',
        configure('if the machine boots by UEFI: install for that', [
          'boot.loader.grub = { device = "nodev"; efiSupport = true; efiInstallAsRemovable = true; };',
        ]),
        configure(
          'if by BIOS: give the disk such a partition in disko and install anew',
          ['partitions.boot = { size = "1M"; type = "EF02"; };'],
          'disko formats the disk: all that is on it is lost',
        ),
      ),
    ],
    brings: ['bootloader-failed', 'switch-errors', 'rebuild-step', 'grub-failed'],
  },
  {
    id: 'secure-boot-keys',
    from: 'bootloader',
    rank: 'cause',
    wordings: [
      seen(
        /Failed to read public key from (?<path>[^\s:]+): (?<said>[^\n]+)/,
        'Failed to install generation 2438: Get stub name: Failed to read public key from /etc/secureboot/keys/db/db.pem: No such file or directory (os error 2)',
        'olafkfreund/nixos_config#384',
      ),
      seen(
        /Can't load key from file '(?<path>[^']+)'/,
        "Can't load key from file '/etc/secureboot/keys/db/db.key'",
        'nix-community/lanzaboote#409',
      ),
    ],
    title: 'the Secure Boot keys are not where lanzaboote looks: {path}',
    causes: [
      because(
        'newer sbctl keeps them in /var/lib/sbctl, and the configuration names the old place',
        'ls -d /var/lib/sbctl/keys /etc/secureboot/keys',
        configure('name the place they are in', ['boot.lanzaboote.pkiBundle = "/var/lib/sbctl";']),
      ),
      because(
        'there are none yet, or they were deleted',
        'sbctl status',
        runAsRoot(
          'make them and give them to the firmware (in its setup mode)',
          'sbctl create-keys && sbctl enroll-keys --microsoft',
          'what was signed with other keys no longer boots until it is signed anew',
        ),
      ),
    ],
    brings: ['bootloader-failed', 'switch-errors', 'rebuild-step'],
  },
  {
    id: 'secure-boot-refused',
    from: 'bootloader',
    rank: 'cause',
    wordings: [
      seen(
        /Secure Boot Violation(?: Invalid signature detected)?/,
        'Secure Boot Violation\nInvalid signature detected. Check Secure Boot Policy in Setup',
        'nix-community/lanzaboote#447',
      ),
    ],
    title: 'the firmware does not start what is not signed with a key it knows',
    causes: [
      because(
        'the installer or the boot loader is not signed, or your keys are not enrolled',
        'sbctl status; sbctl verify',
        advise('turn Secure Boot off in the firmware, boot, and enrol the keys from there'),
        runAsRoot(
          'enrol them, the firmware being in setup mode',
          'sbctl enroll-keys --microsoft',
          'without --microsoft option ROMs of the hardware may no longer run',
        ),
      ),
    ],
  },
  {
    id: 'no-bootloader',
    from: 'bootloader',
    rank: 'cause',
    wordings: [
      seen(
        /do not know how to make this configuration bootable; please enable a boot loader/,
        'Warning: do not know how to make this configuration bootable; please enable a boot loader.',
        'nixpkgs, nixos/modules/system/activation/top-level.nix',
      ),
    ],
    title: 'the configuration has no boot loader',
    causes: [
      because(
        'hardware-configuration.nix has none, and no module enables one',
        'ls -d /sys/firmware/efi',
        configure('with UEFI', [
          'boot.loader.systemd-boot.enable = true;',
          'boot.loader.efi.canTouchEfiVariables = true;',
        ]),
        configure('with BIOS', ['boot.loader.grub.device = "/dev/disk/by-id/…";']),
      ),
    ],
    brings: ['bootloader-failed'],
  },
  {
    id: 'grub-failed',
    from: 'bootloader',
    rank: 'symptom',
    wordings: [
      seen(
        /install-grub\.(?:pl|py|sh): installation of GRUB (?:EFI )?(?:on|into) (?<where>\S+) failed(?:: (?<said>[^\n]+))?/,
        '/nix/store/mpli8kczf4x9j9icfr5gjgl0a9y7rybx-install-grub.pl: installation of GRUB on /dev/sda failed: No such file or directory',
        'nix-community/nixos-anywhere#120',
      ),
      seen(
        /Died at (?<where>\S*install-grub\.pl) line \d+/,
        'Died at /nix/store/xlfyjbcgi8x6i4klw8r0rqx66hma7qzf-install-grub.pl line 586.',
        'nix-community/nixos-anywhere#159',
      ),
    ],
    title: 'GRUB was not installed ({where})',
    causes: [
      because(
        'grub-install says why right above this line',
        'lsblk -o NAME,SIZE,FSTYPE,PARTTYPENAME,MOUNTPOINT; ls -d /sys/firmware/efi',
        advise('read what stands above; the words behind failed: do not tell why'),
        advise('do not reboot before it is installed: the machine may not come up', null),
      ),
    ],
    brings: ['bootloader-failed', 'switch-errors', 'rebuild-step'],
  },
  {
    id: 'bootloader-failed',
    from: 'bootloader',
    rank: 'symptom',
    wordings: [
      seen(/Failed to install bootloader/, 'Failed to install bootloader', 'NixOS/nixpkgs#418157', {
        since: '24.11',
      }),
    ],
    title: 'the boot loader was not installed: the next boot may be the old system, or none',
    causes: [
      because(
        'the installer of the boot loader says why above this line',
        'df -h /boot; findmnt /boot',
        advise('read what stands above'),
        run('see what the next boot will start', 'bootctl status --no-pager'),
      ),
    ],
    brings: ['switch-errors', 'rebuild-step'],
  },
];
