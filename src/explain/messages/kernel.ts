/** What the kernel says while the system runs: memory, disks, file systems, programs. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen } from './entry.ts';

export const kernel: readonly KnownMessage[] = [
  {
    id: 'oom-kill',
    from: 'kernel',
    rank: 'cause',
    wordings: [
      seen(
        /(?:Memory cgroup out|Out) of memory: Kill(?:ed)? process (?<pid>\d+) \((?<process>[^)]+)\)/,
        'Out of memory: Killed process 35393 (cc1plus) total-vm:2009088kB, anon-rss:1323008kB, file-rss:1024kB, shmem-rss:0kB, UID:30001 pgtables:3904kB oom_score_adj:0',
        'Linux, mm/oom_kill.c __oom_kill_process()',
      ),
      seen(
        /(?<process>\S+) invoked oom-killer:/,
        '[ 1570.685639] kexec invoked oom-killer: gfp_mask=0x100cc2(GFP_HIGHUSER), order=0, oom_score_adj=0',
        'nix-community/nixos-anywhere#348',
      ),
      seen(
        /oom-kill:constraint=[^\n]*?,task=(?<process>[^,]+),pid=(?<pid>\d+)/,
        'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/nix-daemon.service,task=cc1plus,pid=35393,uid=30001',
        'Linux, mm/oom_kill.c dump_oom_summary()',
      ),
    ],
    title: 'the machine, or a control group, ran out of memory, and the kernel killed a process for it',
    causes: [
      because(
        'more was built at once than there is memory for',
        'free -h; nix config show | grep -E "^(max-jobs|cores) "',
        run('try it again with one build on few cores', 'nix build --max-jobs 1 --cores 4'),
        configure('build less at once', ['nix.settings = { max-jobs = 2; cores = 4; };']),
        configure('add compressed swap', ['zramSwap.enable = true;']),
      ),
      because(
        'the unit has a limit of its own (MemoryMax)',
        'systemctl show nix-daemon.service -p MemoryMax,MemoryHigh',
        configure(
          'raise it',
          ['systemd.services.nix-daemon.serviceConfig.MemoryMax = "90%";'],
          'the rest of the machine has less',
        ),
      ),
      because(
        'files in memory (tmpfs) took it: builds in /tmp, an installer',
        'df -h -t tmpfs',
        configure('let builds work on a disk (Nix 2.22 and newer)', [
          'nix.settings.build-dir = "/var/tmp/nix-builds";',
        ]),
      ),
    ],
    brings: [
      'build-killed',
      'build-exit',
      'compiler-killed',
      'rebuild-step-killed',
      'unit-exited',
      'unit-result',
      'ssh-connection-lost',
      'hung-task',
    ],
    sameAs: ['out-of-memory'],
  },
  {
    id: 'oom-daemon',
    from: 'systemd',
    rank: 'cause',
    wordings: [
      seen(
        /systemd-oomd killed (?<count>\d+|some) process(?:\(es\)|es)? in this unit/,
        'nix-daemon.service: systemd-oomd killed 27 process(es) in this unit.',
        'systemd, src/core/cgroup.c; in older ones src/core/unit.c',
      ),
      seen(
        /Killed (?<unit>\/\S+) due to (?<why>memory (?:used|pressure)[^\n]*)/,
        'Killed /system.slice/nix-daemon.service due to memory pressure for /system.slice being 73.87% > 60.00% for > 20s with reclaim activity',
        'systemd, src/oom/oomd-manager.c',
      ),
      seen(
        /(?<unit>\S+\.(?:service|scope)): (?:A process of this unit has been killed by the OOM killer|The kernel OOM killer killed some processes in this unit|Failed with result 'oom-kill')/,
        'nix-daemon.service: The kernel OOM killer killed some processes in this unit.',
        'systemd; as people quote it, the older words in src/core/cgroup.c of 255',
      ),
      seen(
        /sending SIG(?:TERM|KILL) to process (?<pid>\d+) uid (?<uid>\d+) "(?<process>[^"]+)": (?:badness|oom_score)/,
        'sending SIGTERM to process 35393 uid 30001 "cc1plus": badness 815, VmRSS 1297 MiB',
        'earlyoom 1.7, kill.c; newer ones say oom_score',
      ),
    ],
    title: 'memory was short, and a guard of it ended what used most',
    causes: [
      because(
        'builds used more memory than there is, or waited so long for it that the guard took them for stuck',
        'oomctl; free -h; cat /proc/pressure/memory',
        configure('build less at once', ['nix.settings = { max-jobs = 2; cores = 4; };']),
        configure('add compressed swap', ['zramSwap.enable = true;']),
        configure('let it choose among builds, not the whole daemon', [
          'nix.settings.use-cgroups = true;',
          'nix.settings.experimental-features = [ "cgroups" ];',
        ]),
      ),
    ],
    brings: [
      'build-killed',
      'build-exit',
      'compiler-killed',
      'rebuild-step-killed',
      'unit-exited',
      'unit-result',
      'ssh-connection-lost',
    ],
  },
  {
    id: 'hung-task',
    from: 'kernel',
    rank: 'symptom',
    wordings: [
      seen(
        /INFO: task (?<task>[^\n]+?):(?<pid>\d+) blocked (?:in I\/O wait )?for more than (?<seconds>\d+) seconds/,
        'Apr 08 09:01:36 nixos kernel: INFO: task nix-build:2457 blocked for more than 120 seconds.',
        'koverstreet/bcachefs#28',
      ),
      seen(
        /soft lockup - CPU#(?<cpu>\d+) stuck for (?<seconds>\d+)s! \[(?<task>[^\]:]+):(?<pid>\d+)\]/,
        'watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [kswapd0:98]',
        'Linux, kernel/watchdog.c watchdog_timer_fn()',
      ),
    ],
    title: '{task} hung in the kernel for {seconds} seconds',
    causes: [
      because(
        'a disk or a network file system does not answer',
        'dmesg | grep -iE "I/O error|reset|timeout" | tail; cat /proc/pressure/io',
        run('see what it waits for', 'nixpulse diagnose'),
        advise('wait first: a slow disk catches up; what hangs this way cannot be killed'),
      ),
      because(
        'memory is so short that everything is read and written again and again',
        'cat /proc/pressure/memory; free -h',
        advise('end the builds that use most'),
      ),
      because(
        'a fault of the kernel or of a driver',
        'dmesg | tail -60',
        advise('boot another kernel, and report the trace'),
      ),
    ],
  },
  {
    id: 'disk-io-error',
    from: 'kernel',
    rank: 'cause',
    wordings: [
      seen(
        /(?:I\/O|critical (?:medium|target|space allocation)) error, dev (?<device>\S+), sector (?<sector>\d+)/,
        'blk_update_request: I/O error, dev sda, sector 1953525000 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 0',
        'Linux before 5.16, block/blk-core.c print_req_error(); without its first word block/blk-mq.c blk_print_req_error()',
      ),
      seen(
        /Buffer I\/O error on dev(?:ice)? (?<device>[^\s,]+)/,
        'Buffer I/O error on dev sda1, logical block 244190368, async page read',
        'Linux, fs/buffer.c buffer_io_error()',
      ),
      seen(
        /(?<device>nvme\d+): (?:controller is down|I\/O (?:tag )?\d+ (?:[^\n]* )?QID \d+ timeout|Device not ready; aborting)/,
        'nvme nvme0: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0xffff',
        'Linux, drivers/nvme/host/pci.c',
      ),
    ],
    title: 'the disk {device} does not read or write what it should',
    causes: [
      because(
        'the disk is failing',
        'smartctl -a /dev/{device}',
        advise('save what matters before anything else; then replace the disk'),
        runAsRoot(
          'see which files are hit (they can be fetched again if they are store paths)',
          'nix-store --verify --check-contents --repair',
          'it reads the whole store: hard on a failing disk',
        ),
      ),
      because(
        'a cable, a power supply, or the power saving of an NVMe disk',
        'dmesg | grep -iE "reset|link is slow|nvme" | tail -20',
        advise('change the cable; a virtual machine: look at the host'),
        configure(
          'keep NVMe awake',
          ['boot.kernelParams = [ "nvme_core.default_ps_max_latency_us=0" ];'],
          'it uses more power',
        ),
      ),
    ],
    brings: ['filesystem-error', 'hung-task', 'io-error', 'read-only', 'bootloader-failed'],
  },
  {
    id: 'filesystem-error',
    from: 'kernel',
    rank: 'cause',
    wordings: [
      seen(
        /EXT4-fs error \(device (?<device>[^)]+)\): (?<said>[^\n]+)/,
        'EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm nix-daemon: reading directory lblock 0',
        'Linux, fs/ext4/super.c __ext4_error_inode()',
      ),
      seen(
        /BTRFS (?:error|critical|warning) \(device (?<device>[^)]+?)(?: state \S+)?\):? (?<said>[^\n]*(?:corrupt|csum|checksum|forced readonly|parent transid|bad tree block|errno=-5)[^\n]*)/,
        'BTRFS error (device dm-0): parent transid verify failed on logical 1234567 mirror 1 wanted 4321 found 4300',
        'Linux, fs/btrfs/disk-io.c btrfs_validate_extent_buffer()',
      ),
      seen(
        /XFS \((?<device>[^)]+)\): (?<said>[^\n]*(?:[Cc]orruption|Internal error|I\/O error|shut(?:ting)? ?down)[^\n]*)/,
        'XFS (sda1): Metadata corruption detected at xfs_agf_read_verify+0x70/0x120, xfs_agf block 0x1',
        'Linux, fs/xfs/xfs_error.c xfs_verifier_error()',
      ),
    ],
    title: 'the file system on {device} is damaged',
    causes: [
      because(
        'the disk or its cable has errors, or the power failed while it wrote',
        'dmesg | grep -iE "I/O error|{device}" | tail -30; smartctl -a /dev/{device}',
        advise('save what matters, and look at the disk before you repair'),
        runAsRoot('btrfs: see what is hit', 'btrfs scrub start -B -r /'),
        runAsRoot(
          'ext4, XFS: repair it from an installer, not mounted',
          'e2fsck -f DEVICE   # XFS: xfs_repair DEVICE',
          'what it cannot put back in place is lost or lands in lost+found',
        ),
        runAsRoot(
          'afterwards: fetch damaged store paths again',
          'nix-store --verify --check-contents --repair',
        ),
      ),
      because(
        'the memory of the machine is faulty, if several disks or checksums are hit',
        'journalctl -k | grep -iE "mce|edac|hardware error" | tail',
        advise('test the memory (memtest86+) overnight'),
      ),
    ],
    brings: ['read-only', 'io-error', 'hung-task', 'emergency-mode', 'unit-dependency'],
  },
  {
    id: 'program-crashed',
    from: 'kernel',
    rank: 'symptom',
    wordings: [
      seen(
        /(?<process>[^\s[]+)\[(?<pid>\d+)\]: segfault at [0-9a-f]+/,
        'cc1plus[35393]: segfault at 10 ip 00000000009f1c4b sp 00007ffd4d0a error 4 in cc1plus[400000+1a5d000]',
        'Linux, arch/x86/mm/fault.c show_signal_msg()',
      ),
      seen(
        /mce: \[Hardware Error\]: (?<said>[^\n]+)/,
        'mce: [Hardware Error]: Machine check events logged',
        'Linux, arch/x86/kernel/cpu/mce/core.c',
      ),
    ],
    title: 'a program read memory that is not its own, or the hardware reported an error',
    causes: [
      because(
        'a fault of that program',
        'coredumpctl list --no-pager | tail -5',
        advise('build it again: if it crashes at the same place, it is the program'),
      ),
      because(
        'if it crashes elsewhere each time: memory, CPU or power supply of the machine',
        'journalctl -k | grep -iE "mce|hardware error|edac" | tail',
        advise('set memory and CPU to their standard speed, and test the memory (memtest86+) overnight'),
      ),
    ],
  },
];
