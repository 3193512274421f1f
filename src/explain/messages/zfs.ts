/** What ZFS says: its module, its pools, its keys. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen, where } from './entry.ts';

export const zfs: readonly KnownMessage[] = [
  {
    id: 'zfs-module-missing',
    from: 'zfs',
    rank: 'cause',
    wordings: [
      seen(
        /error: cannot load zfs modules/,
        'error: cannot load zfs modules',
        'deployment guide, "ZFS modules not available"',
      ),
      seen(
        /modprobe: (?:FATAL|ERROR): (?:Module zfs not found(?: in directory (?<directory>\S+))?|could not insert 'zfs': (?<said>[^\n]+))/,
        'modprobe: FATAL: Module zfs not found in directory /run/booted-system/kernel-modules/lib/modules/6.15.4-cachyos',
        'chaotic-cx/nyx#1117',
      ),
      seen(
        /The following modules could not be loaded: zfs/,
        'The following modules could not be loaded: zfs',
        'deployment guide, "ZFS modules not available"',
      ),
      seen(
        /The ZFS modules (?:are not loaded|cannot be auto-loaded)/,
        "The ZFS modules are not loaded.\nTry running 'modprobe zfs' as root to load them.",
        'OpenZFS, lib/libzfs/os/linux/libzfs_util_os.c libzfs_error_init()',
      ),
      seen(/Failed to load ZFS module stack/, 'Failed to load ZFS module stack.', 'openzfs/zfs#1222', {
        until: '0.6',
      }),
    ],
    title: 'the running kernel has no ZFS module',
    causes: [
      because(
        'the installer was built without ZFS, or with a kernel that ZFS does not support yet',
        'ssh root@HOST "uname -r; modprobe -n -v zfs"',
        advise('build the installer anew; old images have old kernels'),
        configure('in its configuration: a kernel that ZFS supports, and ZFS', [
          'boot.kernelPackages = pkgs.linuxPackages_6_12;',
          'boot.supportedFilesystems = [ "zfs" ];',
        ]),
      ),
      because(
        'the system was updated, and the kernel that runs is still the old one',
        'uname -r; ls /run/current-system/kernel-modules/lib/modules',
        advise('reboot'),
      ),
      because(
        'the tools are installed as a package only',
        'ls /run/booted-system/kernel-modules/lib/modules/*/extra/zfs 2>&1 | head -3',
        configure('ask for the file system, not for the package', [
          'boot.supportedFilesystems = [ "zfs" ];',
          'networking.hostId = "8 hex digits";',
        ]),
      ),
    ],
    brings: ['zfs-no-pool', 'filesystem-unknown', 'formatting-failed'],
    guide: '"ZFS modules not available"',
  },
  {
    id: 'zfs-pool-busy',
    from: 'zfs',
    rank: 'cause',
    wordings: [
      seen(
        /cannot export '(?<pool>[^']+)': (?:pool is busy|dataset is busy)/,
        "cannot export 'rpool': pool is busy",
        'deployment guide, ""pool export failed" Error"',
      ),
    ],
    title: 'the pool {pool} cannot be exported while something uses it',
    causes: [
      because(
        'a LUKS device on one of its volumes is open (the credential store)',
        'dmsetup ls; ls -l /dev/zvol/{pool}',
        runAsRoot('close it, then export', 'cryptsetup close credstore && zpool export {pool}'),
      ),
      because(
        'datasets of it are mounted',
        'findmnt -t zfs; fuser -vm /mnt',
        runAsRoot('unmount them, then export', 'umount -R /mnt && zpool export {pool}'),
      ),
      because(
        'swap is on one of its volumes',
        'swapon --show',
        runAsRoot('take it off, then export', 'swapoff -a && zpool export {pool}'),
      ),
      because(
        'it is shared (NFS), or a snapshot is mounted or held',
        'zfs holds -r $(zfs list -H -t snapshot -o name -r {pool}); zfs get -r -s local sharenfs {pool}',
        advise('stop the share, or leave the snapshot directory'),
      ),
    ],
    brings: ['reboot-waits'],
    guide: '"pool export failed" Error',
  },
  {
    id: 'zfs-dataset-busy',
    from: 'zfs',
    rank: 'cause',
    wordings: [
      seen(
        /cannot (?<what>unmount|mount|destroy|rename|rollback to) '(?<dataset>[^']+)': (?:pool or |mountpoint or )?dataset is busy/,
        "cannot unmount '/mnt/nix': pool or dataset is busy",
        'OpenZFS, lib/libzfs/libzfs_util.c EZFS_BUSY',
      ),
    ],
    title: 'something uses {dataset}, so ZFS does not {what} it',
    causes: [
      because(
        'a process works in it, or it is mounted elsewhere too (a container, a chroot)',
        'fuser -vm {dataset}; grep -H zfs /proc/*/mounts 2>/dev/null | grep "{dataset}" | head',
        advise('end what uses it, and try again'),
      ),
    ],
  },
  {
    id: 'zfs-other-host',
    from: 'zfs',
    rank: 'cause',
    wordings: [
      seen(
        /cannot import '(?<pool>[^']+)': pool was previously in use from another system\.?(?: Last access(?:ed)? by (?<host>[^\n]+?) \(hostid=(?<hostid>[0-9a-f]+)\))?/,
        "cannot import 'rpool': pool was previously in use from another system.\nLast access by archlinux (hostid=106bb6c4) at Thu Sep 4 06:50:03 2025",
        'archzfs/archzfs#603',
        { since: '0.7' },
      ),
      seen(
        /cannot import '(?<pool>[^']+)': pool may be in use from other system/,
        "cannot import 'rpool': pool may be in use from other system",
        'openzfs/zfs#2195',
        { until: '0.6' },
      ),
      seen(
        /Mismatch between pool hostid and system hostid on imported pool/,
        'status: Mismatch between pool hostid and system hostid on imported pool.',
        'openzfs/zfs#16878',
        { since: '0.8' },
      ),
    ],
    title: 'the pool was last used by a machine with another host id, and was not exported there',
    causes: [
      because(
        'the installer had another host id, and rebooted without exporting the pool',
        'hostid; zdb -l DEVICE | grep -E "hostid|hostname"',
        runAsRoot(
          'import it once by force, if no other machine has this disk now, and export it',
          'zpool import -f -N POOL && zpool export POOL',
          'if another machine has it imported at this moment, the pool is destroyed',
        ),
        configure('have one host id that stays', [
          'networking.hostId = "8 hex digits"; # head -c4 /dev/urandom | od -A none -t x4',
        ]),
      ),
      because(
        'two machines reach the same disk',
        null,
        advise('make sure that only one has the pool imported; export it there'),
      ),
    ],
    brings: ['zfs-no-pool', 'stage-1-failed', 'emergency-mode', 'unit-dependency'],
  },
  {
    id: 'zfs-no-pool',
    from: 'zfs',
    rank: 'cause',
    wordings: [
      seen(
        /cannot (?:open|import|unmount|mount) '(?<pool>[^']+)': no such pool(?: available| or dataset)?/,
        "cannot open 'rpool': no such pool",
        'deployment guide, "ZFS Pool Not Imported"',
      ),
    ],
    title: 'the pool {pool} is not imported',
    causes: [
      because(
        'it was not imported yet: nothing wants it at boot, or its disks came too late',
        'zpool import; journalctl -b -u "zfs-import*" --no-pager -n 30',
        runAsRoot('import it without mounting', 'zpool import -N {pool}'),
        configure('have it imported at boot', ['boot.zfs.extraPools = [ "{pool}" ];']),
        configure('look for its disks where they are', ['boot.zfs.devNodes = "/dev/disk/by-id";']),
      ),
      because(
        'it lies on LUKS, and that is not open',
        'lsblk -f',
        runAsRoot('open that first', 'cryptsetup open DEVICE NAME'),
      ),
      because(
        'a disk of it is missing',
        'zpool import | head -30',
        advise('find the missing disk before you import: what is imported degraded has no spare left'),
      ),
    ],
    brings: ['zfs-no-dataset', 'stage-1-failed', 'emergency-mode'],
    guide: 'ZFS Pool Not Imported',
  },
  {
    id: 'zfs-no-dataset',
    from: 'zfs',
    rank: 'cause',
    wordings: [
      seen(
        /cannot open '(?<dataset>[^']+)': dataset does not exist/,
        "zfs list: cannot open 'rpool/crypt': dataset does not exist",
        'deployment guide, "ZFS Pool Not Imported"',
      ),
    ],
    title: 'there is no dataset {dataset} in the pools that are imported',
    causes: [
      because(
        'its pool is not imported, or only a part of it was made: an installation stopped before',
        'zpool list; zfs list -r -o name,mounted',
        runAsRoot('see which pools could be imported', 'zpool import'),
        advise('if the pool is there: let disko make the dataset (mode format keeps what is there)'),
      ),
    ],
    guide: 'ZFS Pool Not Imported',
  },
  {
    id: 'zfs-key',
    from: 'zfs',
    rank: 'cause',
    wordings: [
      seen(
        /Key load error: (?<said>[^\n]+)/,
        'Key load error: Failed to open key material file: No such file or directory',
        'nix-community/disko#921',
        { since: '0.8' },
      ),
      seen(
        /cannot mount '(?<dataset>[^']+)': encryption key not loaded/,
        "cannot mount 'rpool/crypt': encryption key not loaded",
        'OpenZFS, cmd/zfs/zfs_main.c share_mount_one(); with the path instead libzfs_mount.c zfs_mount_at()',
        { since: '0.8' },
      ),
      seen(
        /cannot mount '(?<dataset>[^']+)': Input\/output error/,
        "cannot mount '/': Input/output error",
        'deployment guide, "Cannot Access Encrypted Datasets"',
      ),
    ],
    title: 'an encrypted dataset has no key loaded',
    causes: [
      where(
        { said: /Incorrect key/ },
        because(
          'the passphrase or the key file is wrong',
          'zfs get keyformat,keylocation,encryptionroot POOL/DATASET',
          runAsRoot('try it again', 'zfs load-key POOL/DATASET'),
        ),
      ),
      because(
        'the key file is not there: the credential store is not open and mounted yet',
        'zfs get keystatus,keylocation POOL/DATASET; findmnt /etc/credstore',
        runAsRoot(
          'open the store, load the key, mount',
          'cryptsetup open /dev/zvol/POOL/credstore-enc credstore && mount /dev/mapper/credstore /etc/credstore && zfs load-key -L file:///etc/credstore/KEY POOL/DATASET && zfs mount -a',
        ),
      ),
      because(
        'the key is asked for, and nobody answered',
        'zfs get keylocation POOL/DATASET',
        runAsRoot('load it by hand', 'zfs load-key -a && zfs mount -a'),
        configure('have it asked for at boot', ['boot.zfs.requestEncryptionCredentials = true;']),
      ),
      because(
        'the key file is lost or damaged',
        null,
        advise('bring it back from a backup: without it the data cannot be read by anybody'),
      ),
    ],
    brings: ['unit-dependency', 'stage-1-failed', 'emergency-mode', 'unit-result', 'unit-exited'],
    guide: 'Cannot Access Encrypted Datasets',
  },
  {
    id: 'zfs-mount-not-empty',
    from: 'zfs',
    rank: 'cause',
    wordings: [
      seen(
        /cannot mount '(?<path>[^']+)': directory is not empty/,
        "cannot mount '/var': directory is not empty",
        'OpenZFS, lib/libzfs/libzfs_mount.c zfs_mount_at(); since 2.0 only with overlay=off',
      ),
    ],
    title: 'ZFS does not mount over {path}, since files are in it',
    causes: [
      because(
        'something wrote there before the dataset was mounted',
        'ls -la {path}',
        configure('let NixOS mount it, in its turn', [
          'fileSystems."{path}" = { device = "POOL/DATASET"; fsType = "zfs"; };',
        ]),
        runAsRoot(
          'with mountpoint=legacy',
          'zfs set mountpoint=legacy POOL/DATASET',
          'it is unmounted where it is mounted, and from then on only fileSystems mounts it',
        ),
      ),
    ],
  },
  {
    id: 'zfs-disk-lost',
    from: 'zfs',
    rank: 'cause',
    wordings: [
      seen(
        /cannot import '(?<pool>[^']+)': one or more devices is currently unavailable/,
        "cannot import 'tank': one or more devices is currently unavailable",
        'OpenZFS, lib/libzfs/libzfs_util.c EZFS_NODEVICE',
      ),
      seen(
        /state: (?<state>DEGRADED|FAULTED|UNAVAIL|SUSPENDED)/,
        ' state: DEGRADED',
        'OpenZFS, cmd/zpool/zpool_main.c',
      ),
      seen(
        /Pool '(?<pool>[^']+)' has encountered an uncorrectable I\/O failure and has been suspended/,
        "WARNING: Pool 'rpool' has encountered an uncorrectable I/O failure and has been suspended.",
        'OpenZFS, module/zfs/zio.c zio_suspend()',
      ),
    ],
    title: 'a disk of the pool is missing or broken',
    causes: [
      because(
        'a cable, a controller or the disk itself has failed',
        'zpool status -v; dmesg | grep -iE "I/O error|ata|nvme" | tail -20',
        advise('look at the disk (smartctl -a) and its cable before anything else'),
        runAsRoot('if it is back: clear the errors', 'zpool clear POOL'),
        runAsRoot(
          'replace it',
          'zpool replace POOL OLD NEW',
          'all that is on the new disk is overwritten; a further disk that fails meanwhile may cost the pool',
        ),
      ),
    ],
    brings: ['io-error', 'disk-io-error', 'hung-task'],
  },
  {
    id: 'zfs-scrub-runs',
    from: 'zfs',
    rank: 'cause',
    wordings: [
      seen(
        /scan: (?<what>scrub|resilver) in progress since (?<since>[^\n]+)/,
        '  scan: scrub in progress since Sun Nov  2 00:24:01 2025',
        'OpenZFS, cmd/zpool/zpool_main.c print_scan_scrub_resilver_status()',
      ),
    ],
    title: 'the pool reads all its data ({what}): this is no error, and slows everything down',
    causes: [
      because(
        'a timer or a new disk started it',
        'zpool status; systemctl list-timers | grep zfs',
        advise('wait for its end: zpool status tells how much is left'),
        runAsRoot('hold a scrub for now', 'zpool scrub -p POOL'),
        run('see whether memory is short as well', 'free -h; cat /proc/pressure/memory'),
        configure(
          'leave programs more memory',
          ['boot.kernelParams = [ "zfs.zfs_arc_max=4294967296" ];'],
          'fewer reads come from the cache',
        ),
      ),
    ],
    guide: 'System Slow After Deployment',
  },
];
