/** What any program says with the words of the C library, where nothing more specific is known. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen } from './entry.ts';

export const system: readonly KnownMessage[] = [
  {
    id: 'too-many-files',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?<what>[^\n]{0,200}): Too many open files/,
        "error: opening directory '/nix/store/1g58nz10kpjl9pslhafp75hrir8ndyx1-small-steps-0.1.0.0.tar.gz': Too many open files",
        'Plutonomicon/cardano-transaction-lib#1523',
      ),
      seen(/Too many open files in system/, 'socket: Too many open files in system', 'strerror(3), ENFILE'),
    ],
    title: 'a process had as many files open as it may',
    causes: [
      because(
        'the limit of the shell or of the daemon is low (1024), and the build has thousands of inputs',
        'ulimit -n; systemctl show nix-daemon.service -p LimitNOFILE',
        run('raise it for this shell', 'ulimit -n "$(ulimit -Hn)"'),
        configure('raise it for the daemon', [
          'systemd.services.nix-daemon.serviceConfig.LimitNOFILE = 1048576;',
        ]),
        configure('and for users', [
          'security.pam.loginLimits = [ { domain = "*"; type = "soft"; item = "nofile"; value = "65536"; } ];',
        ]),
      ),
    ],
  },
  {
    id: 'no-memory',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?<what>[^\n]{0,200}): Cannot allocate memory/,
        'error: unable to fork: Cannot allocate memory',
        'strerror(3), ENOMEM; Nix, src/libutil/unix/processes.cc startProcess()',
      ),
      seen(
        /std::bad_alloc/,
        "terminate called after throwing an instance of 'std::bad_alloc'",
        'libstdc++ 12, run',
      ),
    ],
    title: 'there was no memory left for a program that asked for more',
    causes: [
      because(
        'memory and swap are used up, or overcommit is off',
        'free -h; cat /proc/sys/vm/overcommit_memory /proc/pressure/memory',
        configure('build less at once', ['nix.settings = { max-jobs = 2; cores = 4; };']),
        configure('add compressed swap', ['zramSwap.enable = true;']),
      ),
      because(
        'the control group or the shell has a limit',
        'ulimit -v; systemctl show nix-daemon.service -p MemoryMax',
        advise('raise that limit'),
      ),
    ],
  },
  {
    id: 'no-more-processes',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?<what>[^\n]{0,200}): (?:fork: )?(?:retry: )?Resource temporarily unavailable/,
        'bash: fork: retry: Resource temporarily unavailable',
        'bash 5.2, run',
      ),
      seen(
        /failed to (?:spawn|create) (?:new )?(?:OS )?thread[^\n]*/,
        'runtime: failed to create new OS thread (have 5 already; errno=11)',
        'Go, src/runtime/os_linux.go newosproc()',
      ),
    ],
    title: 'no more processes or threads were allowed',
    causes: [
      because(
        'the user, the unit or the machine has as many as it may',
        'ulimit -u; systemctl show nix-daemon.service -p TasksMax,TasksCurrent; cat /proc/sys/kernel/pid_max',
        configure('allow the daemon more', ['systemd.services.nix-daemon.serviceConfig.TasksMax = 1048576;']),
        run('build with fewer cores', 'nix build --max-jobs 1 --cores 8'),
      ),
    ],
  },
  {
    id: 'text-file-busy',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?:['"‘]?(?<path>\/[^\s'"’:]+)['"’]?: )?(?:bad interpreter: )?Text file busy/,
        "cp: cannot create regular file '/nix/store/lsr79q5xqd9dv97wn87x12kzax8s8i1s-nix-2.13.2/bin/nix': Text file busy",
        'NixOS/nix#7724',
      ),
    ],
    title: 'a program was overwritten while it ran, or run while it was written',
    causes: [
      because(
        'in a build: it writes a program and starts it at once, while another process still has it open',
        null,
        run('try it again: it is a matter of chance', 'nix build'),
        run('if it stays: with one core', 'nix build --cores 1'),
      ),
      because(
        'an installer copies over programs that run',
        'fuser -v /nix/store',
        advise('end what still runs of the old installation first'),
      ),
    ],
  },
  {
    id: 'wrong-architecture',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?:['"‘]?(?<path>\/[^\s'"’:]+)['"’]?: )?(?:cannot execute binary file: )?Exec format error/,
        "error: executing '/nix/store/m45cjiwspshg01wrk2pln2qndasky23r-bash-5.1-p16/bin/bash': Exec format error",
        'nix-community/nixos-generators#202',
      ),
      seen(
        /(?<path>\/[^\s'"’:]+): cannot execute binary file$/,
        '/nix/store/8jind2ncd72hlzym9pghjjdj79fvqzv5-bash-5.2p32/bin/bash: /nix/store/8jind2ncd72hlzym9pghjjdj79fvqzv5-bash-5.2p32/bin/bash: cannot execute binary file',
        'NixOS/nixpkgs#341101',
      ),
    ],
    title: 'a program is for another kind of CPU than this machine has',
    causes: [
      because(
        'it is built for another system here, without an emulator for it',
        'uname -m; ls /proc/sys/fs/binfmt_misc; nix config show extra-platforms',
        configure('emulate that CPU', ['boot.binfmt.emulatedSystems = [ "aarch64-linux" ];']),
        advise(
          'build on a machine that has that CPU (--build-host, nix.buildMachines, nixos-anywhere --build-on remote)',
        ),
      ),
      because(
        'a package runs what it has built for the other system: a fault of it when cross-compiled',
        null,
        advise('put the tool into nativeBuildInputs, or take the one of pkgsBuildBuild'),
      ),
      because(
        'the file is empty or cut short',
        null,
        runAsRoot('fetch it again', 'nix-store --verify --check-contents --repair'),
      ),
    ],
    brings: ['build-exit'],
  },
  {
    id: 'io-error',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?:['"‘]?(?<path>\/[^\s'"’:]+)['"’]?: )?Input\/output error/,
        'error: reading from file: Input/output error',
        'NixOS/nix#2735',
      ),
      seen(
        /OSError: \[Errno 5\] Input\/output error/,
        'OSError: [Errno 5] Input/output error',
        'NixOS/nixpkgs#418157',
      ),
    ],
    title: 'a disk could not read or write what it should',
    causes: [
      because(
        'the disk, its cable or the boot partition has errors: the kernel says which',
        'dmesg | grep -iE "I/O error|FAT-fs|EXT4-fs|BTRFS|nvme|ata" | tail -20',
        advise('look at the disk with smartctl before you go on'),
        runAsRoot(
          'a boot partition (FAT): check it, not mounted',
          'umount /boot && fsck.vfat -a DEVICE',
          'what it cannot put in place is lost; the boot loader writes it anew',
        ),
        runAsRoot('a store path: fetch it again', 'nix-store --verify --check-contents --repair'),
      ),
    ],
    brings: ['bootloader-failed', 'switch-errors', 'rebuild-step'],
  },
  {
    id: 'read-only',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?:['"‘]?(?<path>\/[^\s'"’:]+)['"’]?: )?Read-only file system/,
        "touch: cannot touch '/var/lib/x': Read-only file system",
        'strerror(3), EROFS',
      ),
      seen(
        /Remounting filesystem read-only/,
        'EXT4-fs (sda1): Remounting filesystem read-only',
        'Linux, fs/ext4/super.c ext4_handle_error()',
      ),
    ],
    title: 'it should write to a file system that is mounted read-only',
    causes: [
      because(
        'the kernel made it so, since it found errors',
        'dmesg | grep -iE "remount|read-only|error" | tail; findmnt -o TARGET,OPTIONS',
        advise('save what matters, and check the file system from an installer'),
      ),
      because(
        'it is meant to be: the Nix store outside of Nix, an installer medium, a snapshot',
        'findmnt -T /nix/store; findmnt -T .',
        advise('write elsewhere; what is in the store is only changed through Nix'),
      ),
    ],
    brings: ['bootloader-failed'],
  },
  {
    id: 'quota',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?:['"‘]?(?<path>\/[^\s'"’:]+)['"’]?: )?Disk quota exceeded/,
        "mkdir: cannot create directory '/nix/store/x': Disk quota exceeded",
        'strerror(3), EDQUOT',
      ),
    ],
    title: 'the user or the dataset has used up what it may',
    causes: [
      because(
        'a quota of the file system, or of the ZFS or btrfs dataset',
        'zfs get quota,refquota,used; quota -s; btrfs qgroup show /',
        advise('free something there (nix-collect-garbage), or raise the quota'),
      ),
    ],
  },
  {
    id: 'stale-handle',
    from: 'system',
    rank: 'cause',
    wordings: [
      seen(
        /(?:['"‘]?(?<path>\/[^\s'"’:]+)['"’]?: )?Stale (?:NFS )?file handle/,
        "ls: cannot access '/mnt/share': Stale file handle",
        'strerror(3), ESTALE',
      ),
    ],
    title: 'a file on a network file system is not there any more as it was',
    causes: [
      because(
        'the server was restarted or exports another directory now',
        'findmnt -t nfs,nfs4,cifs; dmesg | grep -i nfs | tail',
        runAsRoot(
          'mount it again',
          'umount -l /PATH && mount /PATH',
          'programs that use it lose their files',
        ),
      ),
    ],
  },
];
