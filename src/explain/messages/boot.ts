/** What a machine says that does not come up. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, runAsRoot, seen, where } from './entry.ts';

export const boot: readonly KnownMessage[] = [
  {
    id: 'fsck-by-hand',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?<device>\S+): UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY/,
        '/dev/sda1: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.',
        'e2fsprogs, e2fsck/util.c preenhalt()',
      ),
      seen(
        /(?<device>\S+) has unrepaired errors, please fix them manually/,
        '/dev/sda1 has unrepaired errors, please fix them manually.',
        'nixpkgs, nixos/modules/system/boot/stage-1-init.sh',
      ),
    ],
    title: 'the file system on {device} has errors that are not repaired by themselves',
    causes: [
      because(
        'the power failed while it wrote, or the disk has errors',
        'e2fsck -fn {device}',
        runAsRoot(
          'repair it from the emergency shell or an installer, not mounted',
          'e2fsck -f {device}',
          'what it cannot put back in place is lost or lands in lost+found',
        ),
      ),
    ],
    brings: ['emergency-mode', 'stage-1-failed', 'unit-dependency'],
  },
  {
    id: 'kernel-panic',
    from: 'kernel',
    rank: 'cause',
    wordings: [
      seen(
        /Kernel panic - not syncing: (?<said>[^\n]+)/,
        'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
        'netbootxyz/netboot.xyz#392',
      ),
    ],
    title: 'the kernel stopped: {said}',
    causes: [
      where(
        { said: /Unable to mount root fs/ },
        because(
          'the initrd is missing or cut short: the boot partition was full or not mounted when the system was switched, or memory is too small for it',
          null,
          advise('boot an older generation from the boot menu'),
          runAsRoot(
            'there: see whether the boot partition is mounted and has room, then write it again',
            'findmnt /boot && df -h /boot && nixos-rebuild boot',
          ),
          advise('a virtual machine or an installer over the network: give it 4 GB'),
        ),
      ),
      where(
        { said: /Attempted to kill init|No working init found/ },
        because(
          'what should run first does not: the root file system is another one, the store is damaged, or the system is for another CPU',
          null,
          advise('boot an older generation; then verify the store: nix-store --verify --check-contents'),
        ),
      ),
      where(
        { said: /[Oo]ut of memory|System is deadlocked on memory/ },
        because(
          'the machine has too little memory for this system',
          null,
          advise('give it more; an installer needs 2 GB and more'),
        ),
      ),
      because(
        'a driver, the kernel or the hardware is at fault',
        null,
        advise('boot an older generation from the boot menu'),
        configure('use the long-term kernel', ['boot.kernelPackages = pkgs.linuxPackages;']),
      ),
    ],
    brings: ['ssh-connection-lost'],
    guide: "System Won't Boot After Deployment",
  },
  {
    id: 'stage-1-failed',
    from: 'systemd',
    rank: 'symptom',
    wordings: [
      seen(
        /An error occurred in stage 1 of the boot process/,
        "An error occurred in stage 1 of the boot process, which must mount the\nroot filesystem on `/mnt-root' and then start stage 2.",
        'nixpkgs, nixos/modules/system/boot/stage-1-init.sh fail()',
      ),
    ],
    title: 'the initrd could not mount the root file system',
    causes: [
      because(
        'a disk did not appear, a pool was not imported, or a passphrase was wrong: it says so above',
        null,
        advise('press r to reboot, and choose an older generation in the boot menu'),
        configure(
          'have a shell there next time',
          ['boot.kernelParams = [ "boot.shell_on_fail" ];'],
          'whoever is at the console has a root shell',
        ),
      ),
    ],
    guide: "System Won't Boot After Deployment",
  },
  {
    id: 'emergency-mode',
    from: 'systemd',
    rank: 'symptom',
    wordings: [
      seen(
        /You are in (?:emergency|rescue) mode/,
        'You are in emergency mode. After logging in, type "journalctl -xb" to view\nsystem logs',
        'gardenlinux/gardenlinux#545',
      ),
      seen(
        /Cannot open access to console, the root account is locked/,
        'Cannot open access to console, the root account is locked.',
        'mitchellh/nixos-config#38',
      ),
    ],
    title: 'the system could not finish booting, and waits at its console',
    causes: [
      because(
        'a file system that the configuration wants could not be mounted',
        'systemctl --failed; journalctl -xb -p err --no-pager | tail -40',
        advise('press Enter or reboot, and choose an older generation in the boot menu'),
        configure('let the system boot without a disk that is not always there', [
          'fileSystems."/PATH".options = [ "nofail" ];',
        ]),
      ),
      because(
        'nobody can log in there, since root has no password',
        null,
        advise('boot from an installer, mount the system at /mnt, and run nixos-enter --root /mnt'),
        configure(
          'let root log in at the console in an emergency',
          ['boot.initrd.systemd.emergencyAccess = true;'],
          'whoever is at the console has a root shell',
        ),
      ),
    ],
    guide: 'Emergency Access via ISO',
  },
  {
    id: 'kernel-module-missing',
    from: 'kernel',
    rank: 'cause',
    wordings: [
      seen(
        /modprobe: (?:FATAL|ERROR): (?:Module (?<module>\S+) not found in directory (?<directory>\S+)|could not insert '(?<name>[^']+)': (?<said>[^\n]+))/,
        'modprobe: FATAL: Module wireguard not found in directory /run/booted-system/kernel-modules/lib/modules/6.6.52',
        'kmod, tools/modprobe.c',
      ),
    ],
    title: 'the running kernel has no such module',
    causes: [
      because(
        'the system was updated, and the kernel that runs is still the old one',
        'uname -r; ls /run/current-system/kernel-modules/lib/modules',
        advise('reboot'),
      ),
      because(
        'the module is not part of this kernel, or not built for it',
        'zgrep -i CONFIG_ /proc/config.gz | head -3; ls /run/booted-system/kernel-modules/lib/modules/*',
        configure('add what has it', ['boot.extraModulePackages = [ config.boot.kernelPackages.NAME ];']),
      ),
    ],
    brings: ['unit-exited', 'unit-result'],
  },
];
