/** What partitioning, formatting and mounting say: disko, sgdisk, wipefs, mkfs, mount. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen, where } from './entry.ts';

const byId = configure('name the disk by what does not change', [
  'disko.devices.disk.main.device = "/dev/disk/by-id/…";',
]);

export const disks: readonly KnownMessage[] = [
  {
    id: 'disk-missing',
    from: 'disko',
    rank: 'cause',
    wordings: [
      seen(
        /disk (?<device>\/dev\/\S+) not found/,
        'error: disk /dev/vda not found',
        'deployment guide, "disk device not found"',
      ),
      seen(
        /cannot stat ['‘](?<device>\/dev\/[^'’]+)['’]/,
        "error: cannot stat '/dev/sda': No such file or directory",
        'deployment guide, "disk device not found"',
      ),
      seen(
        /Problem opening (?<device>\/dev\/\S+) for reading! Error is 2/,
        'Problem opening /dev/nvme0n1 for reading! Error is 2.',
        'gptfdisk 0.8.1, as people quote it',
      ),
      seen(
        /(?:cannot open|realpath|special device|The file|mount|lsblk|blockdev|blkid|open failed|Error: Could not stat device)[:\s]+['"‘]?(?<device>\/dev\/[^\s'"’:]+)['"’]?:?,? (?:- )?(?:special device [^\s]+ )?(?:No such file or directory|does not exist|not a block device)/,
        'mount: /mnt/boot: special device /dev/disk/by-partlabel/disk-sda-boot does not exist.',
        'nix-community/disko#739',
      ),
    ],
    title: 'there is no {device} on the target',
    causes: [
      where(
        { device: /by-(?:part)?(?:label|uuid)/ },
        because(
          'the partition was made a moment ago, and udev has not made its name yet; or another system has the disk',
          'udevadm settle --timeout 5; ls -l /dev/disk/by-partlabel /dev/disk/by-label',
          advise('run it again: what was made is kept'),
          configure('let disko wait before it formats', ['content.preCreateHook = "udevadm settle";']),
        ),
      ),
      because(
        'the configuration names another disk: virtio is /dev/vda, SATA and VirtualBox /dev/sda, NVMe /dev/nvme0n1',
        'ssh root@HOST "lsblk -d -o NAME,SIZE,MODEL,TRAN; ls -l /dev/disk/by-id"',
        byId,
      ),
      because(
        'the kernel of the installer lacks the driver of the controller, or the firmware hides the disk (RAID, VMD)',
        'ssh root@HOST "dmesg | grep -iE \'nvme|ahci|virtio|vmd|raid\'"',
        advise(
          'set the controller to AHCI or NVMe in the firmware; a disk set to RAID is then read as another one',
        ),
        configure('load the driver early', ['boot.initrd.availableKernelModules = [ "nvme" "vmd" ];']),
      ),
    ],
    brings: ['formatting-failed'],
    guide: '"disk device not found" during deployment',
  },
  {
    id: 'disk-busy',
    from: 'disko',
    rank: 'cause',
    wordings: [
      seen(
        /(?:wipefs: error: )?(?<device>\/dev\/[^\s:]+): probing initialization failed(?:: (?<said>[^\n]+))?/,
        'wipefs: error: /dev/vda: probing initialization failed: Device or resource busy',
        'deployment guide, "Disk Formatting Fails"; util-linux, misc-utils/wipefs.c',
      ),
      seen(
        /(?<device>\/dev\/[^\s:'"]+)['"]?:? (?:is mounted; will not make a filesystem here|is apparently in use by the system|is in use and contains|contains a mounted filesystem|[Dd]evice or resource busy)/,
        '/dev/disk/by-partlabel/154842f3f4b6a1a55afdc3809550d04a7e8c is mounted; will not make a filesystem here!',
        'nix-community/nixos-anywhere#585',
      ),
      seen(
        /error: (?<said>device or resource busy)/,
        'error: device or resource busy',
        'deployment guide, "Disk Formatting Fails"',
      ),
      seen(
        /umount: (?<mount>[^\s:]+): target is busy/,
        'umount: /mnt: target is busy.',
        'nix-community/nixos-anywhere#585',
      ),
    ],
    title: 'the disk is in use, so that it cannot be formatted',
    causes: [
      because(
        'an earlier attempt is still mounted, or its swap is on',
        'ssh root@HOST "lsblk; findmnt -R /mnt; swapon --show; fuser -vm /mnt"',
        runAsRoot('on the target: let go of it', 'swapoff -a; umount -R /mnt'),
        advise('reboot the installer: it forgets all of it'),
      ),
      because(
        'a ZFS pool, a RAID, LVM or LUKS lies on it and was started by the installer',
        'ssh root@HOST "zpool list; cat /proc/mdstat; dmsetup ls"',
        runAsRoot(
          'on the target: stop them, data stay',
          'zpool export -a; vgchange -an; mdadm --stop --scan; cryptsetup close NAME',
        ),
      ),
      because(
        'an old signature is in the way',
        'ssh root@HOST wipefs DEVICE',
        runAsRoot(
          'on the target, once you are sure that it is the right disk: erase the signatures',
          'wipefs -a DEVICE',
          'every file system, pool and partition on that disk can no longer be found: its data are lost',
        ),
      ),
    ],
    brings: ['formatting-failed', 'luks-in-use'],
    guide: 'Disk Formatting Fails',
  },
  {
    id: 'partition-no-room',
    from: 'disko',
    rank: 'cause',
    wordings: [
      seen(
        /Could not create partition (?<number>\d+) from (?<from>\d+) to (?<to>\d+)/,
        'Could not create partition 2 from 1819035647 to 100',
        'nix-community/disko#375',
      ),
    ],
    title: 'partition {number} does not fit on the disk as it was asked for',
    causes: [
      because(
        'the sizes are larger than the disk, or its end is given as a size (100% is a size, an end is 0 or -8G)',
        'lsblk -b -o NAME,SIZE,TYPE',
        configure('let the last partition have the rest', ['partitions.root.size = "100%";']),
      ),
      because(
        'partitions of before are still in the table: disko in mode format keeps them',
        'sgdisk --print DEVICE',
        runAsRoot(
          'let disko begin with an empty table',
          'disko --mode destroy,format,mount disk-config.nix',
          'all data on the disks that the configuration names are lost',
        ),
      ),
    ],
    brings: ['formatting-failed'],
  },
  {
    id: 'formatting-failed',
    from: 'disko',
    rank: 'symptom',
    wordings: [
      seen(
        /error: cannot create partition table/,
        'error: cannot create partition table',
        'deployment guide, "Disk Formatting Fails"',
      ),
      seen(
        /Error encountered; not saving changes/,
        'Error encountered; not saving changes.',
        'nix-community/disko#375',
      ),
      seen(
        /The kernel is still using the old partition table/,
        'Warning: The kernel is still using the old partition table.',
        'gptfdisk, as people quote it',
      ),
    ],
    title: 'the disk was not partitioned as it should be',
    causes: [
      because(
        'it is in use: mounted, swap, a pool, or LVM',
        'ssh root@HOST "lsblk; findmnt -R /mnt; zpool list"',
        runAsRoot('on the target: let go of it', 'swapoff -a; umount -R /mnt; zpool export -a'),
        runAsRoot('let the kernel read the table again', 'partprobe DEVICE'),
      ),
    ],
    guide: 'Disk Formatting Fails',
  },
  {
    id: 'filesystem-there',
    from: 'disko',
    rank: 'cause',
    wordings: [
      seen(
        /mkfs\.(?<kind>\S+): (?<device>\S+) appears to contain an existing filesystem \((?<what>[^)]+)\)/,
        'mkfs.xfs: /dev/vda1 appears to contain an existing filesystem (ext4).',
        'mkfs.xfs, as people quote it',
      ),
      seen(
        /use the -f option to force overwrite of (?<device>\S+)/,
        'ERROR: use the -f option to force overwrite of /dev/vda1',
        'btrfs-progs, mkfs/common.c test_status_for_mkfs()',
      ),
      seen(
        /use '-f' to override the following errors: (?<device>\S+) (?<what>[^\n]+)/,
        "use '-f' to override the following errors:\n/dev/vda2 contains a filesystem of type 'ext4'",
        'OpenZFS, cmd/zpool/zpool_vdev.c vdev_error(), cmd/zpool/os/linux/zpool_vdev_os.c',
      ),
    ],
    title: 'there is a file system on {device} already, and it was not overwritten',
    causes: [
      because(
        'the disk was used before, or the wrong one is named',
        'lsblk -f; wipefs {device}',
        advise('make sure that it is the right one, and that nothing on it is needed'),
        runAsRoot('erase what marks the old file system', 'wipefs -a {device}', 'all data on it are lost'),
      ),
    ],
    brings: ['formatting-failed'],
  },
  {
    id: 'filesystem-unknown',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /unknown filesystem type ['"‘](?<type>[^'"’]+)['"’]/,
        "mount: /mnt: unknown filesystem type 'zfs'.",
        'util-linux, libmount/src/context_mount.c mnt_context_get_mount_excode()',
      ),
    ],
    title: 'this kernel cannot mount {type}',
    causes: [
      because(
        'the support for {type} is not part of this system or of its initrd',
        'grep {type} /proc/filesystems; modinfo {type} 2>&1 | head -3',
        configure('have it', ['boot.supportedFilesystems = [ "{type}" ];']),
      ),
      because(
        'the kernel was updated and not booted yet, so that its modules are those of another one',
        'uname -r; ls /run/booted-system/kernel-modules/lib/modules /run/current-system/kernel-modules/lib/modules',
        advise('reboot'),
      ),
      where(
        { type: /_member|^crypto_LUKS$/ },
        because(
          'this is no file system but the part of something: a RAID, LVM, a pool or LUKS',
          'lsblk -f',
          advise('start or open that first, and mount what it shows'),
        ),
      ),
    ],
  },
  {
    id: 'mount-refused',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /mount: (?<mount>[^\s:]+): (?:wrong fs type, bad option, bad superblock on (?<device>[^\s,]+)|can't read superblock on (?<disk>\S+?)\.?(?=\s|$))/,
        'mount: /mnt/boot: wrong fs type, bad option, bad superblock on /dev/vda1, missing codepage or helper program, or other error.',
        'util-linux, libmount/src/context_mount.c mnt_context_get_mount_excode()',
      ),
    ],
    title: 'what should be mounted at {mount} is not what mount was told, or is damaged',
    causes: [
      because(
        'another file system is on it than the configuration says, or an option is unknown to it',
        'lsblk -f; dmesg | tail -20',
        advise(
          'compare fileSystems of the configuration with lsblk -f; the kernel says in dmesg which option it is',
        ),
      ),
      because(
        'the file system is damaged',
        'dmesg | grep -iE "error|superblock" | tail -20',
        runAsRoot('look at it without a change (ext4)', 'e2fsck -fn DEVICE'),
        runAsRoot(
          'repair it, not mounted, after a copy of what matters',
          'fsck DEVICE',
          'what it cannot put back in place is lost or lands in lost+found',
        ),
      ),
    ],
  },
  {
    id: 'device-timed-out',
    from: 'systemd',
    rank: 'cause',
    wordings: [
      seen(
        /Timed out waiting for device (?<device>\S+?)(?:, trying to mount anyway|\.?)(?=\s|$)/,
        'Timed out waiting for device /dev/disk/by-uuid/f6a133cb-c94d-4c5d-bbd8-3bc0b24f99be.',
        'container-os/container-os#5',
      ),
      seen(
        /waiting for device (?<device>\S+?) to appear/,
        'waiting for device /dev/disk/by-uuid/6d3a to appear...........',
        'nixpkgs, nixos/modules/system/boot/stage-1-init.sh',
      ),
    ],
    title: 'the system waited for {device} while booting, and it did not come',
    causes: [
      because(
        'the disk was formatted anew, so its UUID is another one than the configuration has',
        'lsblk -o NAME,UUID,LABEL,PARTLABEL',
        run('see what the configuration should have', 'nixos-generate-config --show-hardware-config'),
        advise('boot an older generation from the boot menu meanwhile'),
      ),
      because(
        'the initrd lacks the driver of the disk or of what lies between (RAID, LVM, LUKS)',
        'lsmod | grep -E "nvme|ahci|virtio|usb_storage|dm_crypt|raid"',
        configure('put it in', [
          'boot.initrd.availableKernelModules = [ "nvme" "ahci" "virtio_pci" "usb_storage" ];',
        ]),
      ),
      because(
        'it is a disk that is not always there',
        null,
        configure('let the system boot without it', [
          'fileSystems."/PATH".options = [ "nofail" "x-systemd.device-timeout=10s" ];',
        ]),
      ),
    ],
    brings: ['unit-dependency', 'emergency-mode', 'stage-1-failed'],
    guide: "System Won't Boot After Deployment",
  },
];
