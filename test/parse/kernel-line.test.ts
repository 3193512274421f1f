/** Lines of the kernel as kernels print them, one row a form; and what looks like one and is none. */
import { describe, expect, test } from 'vitest';
import type { NoticeData } from '../../src/model/diagnosis/notice.ts';
import { readKernelLine } from '../../src/parse/kernel-line.ts';
import type { OomContext } from '../../src/parse/kernel-oom.ts';
import { parseKernelRecord } from '../../src/parse/kmsg.ts';

function read(...lines: readonly string[]): readonly NoticeData[] {
  const notices: NoticeData[] = [];
  let oom: OomContext | null = null;
  for (const line of lines) {
    const one = readKernelLine(line, oom);
    oom = one.oom;
    if (one.notice !== null) notices.push(one.notice);
  }
  return notices;
}

describe('killed for want of memory', () => {
  const kB = 1024;
  test('at the limit of a cgroup: two lines, one notice (6.18)', () => {
    expect(
      read(
        'd9c29p4njcn82v7 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
        ' oom_kill_process.cold+0x8/0x8a',
        '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
        'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/nixpulse-hardship-27396-1,task_memcg=/nixpulse-hardship-27396-1,task=d9c29p4njcn82v7,pid=1025,uid=999',
        'Memory cgroup out of memory: Killed process 1025 (d9c29p4njcn82v7) total-vm:68276kB, anon-rss:65392kB, file-rss:1896kB, shmem-rss:0kB, UID:999 pgtables:160kB oom_score_adj:0',
        'oom_reaper: reaped process 1025 (d9c29p4njcn82v7), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
      ),
    ).toEqual([
      {
        kind: 'oom-kill',
        limited: '/nixpulse-hardship-27396-1',
        pid: 1025,
        comm: 'd9c29p4njcn82v7',
        uid: 999,
        residentBytes: (65_392 + 1896) * kB,
        cgroup: '/nixpulse-hardship-27396-1',
      },
    ]);
  });

  test('the whole machine, of a program with a name made to hurt', () => {
    expect(
      read(
        'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/nix-daemon.service,task=a,pid=1,uid=0),pid=87711,uid=30001',
        'Out of memory: Killed process 87711 (a,pid=1,uid=0)) total-vm:34629112kB, anon-rss:30000000kB, file-rss:0kB, shmem-rss:0kB, UID:30001 pgtables:60000kB oom_score_adj:0',
      ),
    ).toEqual([
      {
        kind: 'oom-kill',
        limited: null,
        pid: 87_711,
        comm: 'a,pid=1,uid=0)',
        uid: 30_001,
        residentBytes: 30_000_000 * kB,
        cgroup: '/system.slice/nix-daemon.service',
      },
    ]);
  });

  test('memory.oom.group: who follows the first has its limit, and a cgroup that is not said', () => {
    const [first, second] = read(
      'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a/b,task=ld,pid=7,uid=30001',
      'Memory cgroup out of memory: Killed process 7 (ld) total-vm:9kB, anon-rss:4kB, file-rss:0kB, shmem-rss:1kB, UID:30001 pgtables:1kB oom_score_adj:0',
      'Tasks in /a are going to be killed due to memory.oom.group set',
      'Memory cgroup out of memory: Killed process 8 (sh) total-vm:9kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:30001 pgtables:1kB oom_score_adj:0',
    );
    expect(first).toMatchObject({ pid: 7, limited: '/a', cgroup: '/a/b', residentBytes: 5 * kB });
    expect(second).toMatchObject({ pid: 8, limited: '/a', cgroup: null });
  });

  test('old kernels: no uid, two lines that begin alike, the uid before the name', () => {
    expect(
      read(
        'Task in /kubepods/x killed as a result of limit of /kubepods',
        'Memory cgroup out of memory: Kill process 11 (cc1plus) score 900 or sacrifice child',
        'Killed process 11 (cc1plus) total-vm:900kB, anon-rss:800kB, file-rss:10kB, shmem-rss:0kB',
      ),
    ).toMatchObject([{ pid: 11, uid: null, limited: '/kubepods', cgroup: '/kubepods/x' }]);
    expect(
      read('Killed process 12, UID 30003, (ghc) total-vm:9kB, anon-rss:8kB, file-rss:0kB'),
    ).toMatchObject([{ pid: 12, uid: 30_003, comm: 'ghc', limited: null, residentBytes: 8 * kB }]);
  });

  test('the first line is lost: at some limit', () => {
    expect(
      read(
        'Memory cgroup out of memory: Killed process 7 (ld) total-vm:9kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, UID:5 pgtables:1kB oom_score_adj:0',
      ),
    ).toMatchObject([{ limited: '', uid: 5, cgroup: null }]);
  });
});

test.each([
  ['INFO: task kworker/u9:4:1226 blocked for more than 120 seconds.', 'kworker/u9:4', 1226, 120],
  ['INFO: task nix-build:2457 blocked for more than 241 seconds.', 'nix-build', 2457, 241],
])('hung: %s', (line, comm, pid, sec) => expect(read(line)).toEqual([{ kind: 'hung-task', comm, pid, sec }]));

test.each([
  ['I/O error, dev sda, sector 12345 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2', 'sda', 'I/O'],
  [
    'blk_update_request: critical medium error, dev sdb, sector 5 op 0x0:(READ) flags 0x0',
    'sdb',
    'critical medium',
  ],
  ['print_req_error: I/O error, dev dm-0, sector 5', 'dm-0', 'I/O'],
  ['timeout error, dev nvme0n1, sector 5 op 0x1:(WRITE) flags 0x0', 'nvme0n1', 'timeout'],
  ['critical space allocation error, dev dm-3, sector 5 op 0x1:(WRITE)', 'dm-3', 'critical space allocation'],
  ['Buffer I/O error on dev dm-0, logical block 5, lost async page write', 'dm-0', 'buffer I/O'],
])('block: %s', (line, device, what) => expect(read(line)).toEqual([{ kind: 'block-error', device, what }]));

test.each([
  [
    'nvme nvme0: I/O tag 5 (1005) opcode 0x2 (I/O Cmd) QID 3 timeout, aborting req_op:READ(0) size:4096',
    'nvme0',
    'timeout',
  ],
  ['nvme nvme0: I/O 5 QID 3 timeout, completion polled', 'nvme0', 'timeout'],
  ['nvme nvme1: I/O tag 5 (1005) QID 3 timeout, reset controller', 'nvme1', 'reset'],
  ['nvme nvme0: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0x10', 'nvme0', 'reset'],
  ['nvme nvme0: Removing after probe failure status: -19', 'nvme0', 'removed'],
  ['ata1.00: exception Emask 0x0 SAct 0x40 SErr 0x0 action 0x0', 'ata1.00', 'error'],
  ['ata1.00: exception Emask 0x0 SAct 0x40 SErr 0x0 action 0x6 frozen', 'ata1.00', 'timeout'],
  ['ata1.00: failed command: READ FPDMA QUEUED', 'ata1.00', 'error'],
  ['ata1.00: error: { UNC }', 'ata1.00', 'error'],
  ['ata1: hard resetting link', 'ata1', 'reset'],
  ['ata2.00: disable device', 'ata2.00', 'removed'],
  ['sd 0:0:0:0: [sda] tag#5 Sense Key : Medium Error [current]', 'sda', 'error'],
  ['mmc0: Timeout waiting for hardware interrupt.', 'mmc0', 'timeout'],
  ['device-mapper: thin: 253:4: switching pool to out-of-data-space mode', 'dm-4', 'full'],
  // As a pool on a booted machine said it (7.2), a minute apart, and after lvextend.
  ['device-mapper: thin: 252:2: switching pool to out-of-data-space (queue IO) mode', 'dm-2', 'full'],
  ['device-mapper: thin: 252:2: switching pool to out-of-data-space (error IO) mode', 'dm-2', 'full'],
  ['device-mapper: thin: 252:2: switching pool to write mode', 'dm-2', 'writable'],
  ['device-mapper: thin: 252:2: switching pool to read-only mode', 'dm-2', 'error'],
  ['md/raid1:md127: Disk failure on sdb1, disabling device.', 'sdb1', 'removed'],
])('device: %s', (line, device, what) => expect(read(line)).toEqual([{ kind: 'device', device, what }]));

test.each([
  [
    'EXT4-fs error (device dm-0): ext4_lookup:1855: inode #2: comm ls: deleted inode',
    'ext4',
    'dm-0',
    'error',
  ],
  ['EXT4-fs (dm-0): Remounting filesystem read-only', 'ext4', 'dm-0', 'read-only'],
  ['Aborting journal on device dm-0-8.', 'ext4', 'dm-0', 'error'],
  // On a thin pool without room and on an array without members (7.2).
  [
    'EXT4-fs warning (device dm-4): ext4_end_bio:368: I/O error 3 writing to inode 14 starting block 245760)',
    'ext4',
    'dm-4',
    'error',
  ],
  [
    'EXT4-fs (md2): failed to convert unwritten extents to written extents -- potential data loss!  (inode 14, error -5)',
    'ext4',
    'md2',
    'error',
  ],
  ['Aborting journal on device nvme0n1p2-8.', 'ext4', 'nvme0n1p2', 'error'],
  ['XFS (dm-0): log I/O error -5', 'xfs', 'dm-0', 'error'],
  ['XFS (dm-0): Filesystem has been shut down due to log error (0x2).', 'xfs', 'dm-0', 'shutdown'],
  [
    'XFS (sda1): Corruption of in-memory data (0x8) detected. Shutting down filesystem.',
    'xfs',
    'sda1',
    'shutdown',
  ],
  [
    'XFS (sda1): Metadata CRC error detected at xfs_agi_read_verify+0x85, xfs_agi block 0x2',
    'xfs',
    'sda1',
    'checksum',
  ],
  [
    'BTRFS error (device sda1): bdev /dev/sda1 errs: wr 3, rd 0, flush 0, corrupt 0, gen 0',
    'btrfs',
    'sda1',
    'error',
  ],
  [
    'BTRFS error (device sda1): bdev /dev/sda1 errs: wr 0, rd 0, flush 0, corrupt 4, gen 0',
    'btrfs',
    'sda1',
    'checksum',
  ],
  [
    'BTRFS warning (device dm-0): csum failed root 5 ino 257 off 0 csum 0x1 expected csum 0x2 mirror 1',
    'btrfs',
    'dm-0',
    'checksum',
  ],
  ['BTRFS info (device sda1 state EA): forced readonly', 'btrfs', 'sda1', 'read-only'],
  [
    'BTRFS: error (device dm-0 state A) in btrfs_commit_transaction:2322: errno=-5 IO failure',
    'btrfs',
    'dm-0',
    'error',
  ],
  [
    "WARNING: Pool 'tank' has encountered an uncorrectable I/O failure and has been suspended.",
    'zfs',
    'tank',
    'suspended',
  ],
])('file system: %s', (line, type, device, what) =>
  expect(read(line)).toEqual([{ kind: 'filesystem', type, device, what }]),
);

test.each([
  'loop0: detected capacity change from 0 to 65536',
  'EXT4-fs (loop0): mounted filesystem 56ee7fe3-50a4-4b38-af3f-3ab709cc3053 r/w with ordered data mode. Quota mode: none.',
  'EXT4-fs (loop0): re-mounted 56ee7fe3-50a4-4b38-af3f-3ab709cc3053 ro.',
  'BTRFS info (device sda1): bdev /dev/sda1 errs: wr 0, rd 0, flush 0, corrupt 40, gen 0',
  'operation not supported error, dev loop0, sector 0 op 0x9:(WRITE_ZEROES) flags 0x800 phys_seg 0 prio class 2',
  'I/O error, dev fd0, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2',
  'I/O error, dev sr0, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2',
  'ata1: SATA link up 6.0 Gbps (SStatus 133 SControl 300)',
  'nvme nvme0: 8/0/0 default/read/poll queues',
  'cc1plus invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
  'Future hung task reports are suppressed, see sysctl kernel.hung_task_warnings',
  // Somebody writes what the kernel would: with his name before it.
  'myapp[77]: I/O error, dev sda, sector 1',
  'user: Out of memory: Killed process 1 (systemd) total-vm:1kB, anon-rss:1kB',
  '',
])('nothing: %s', (line) => expect(read(line)).toEqual([]));

test.each([
  [
    '6,4213,46851106730,-;loop0: detected\n SUBSYSTEM=block\n DEVICE=b7:0\n',
    46_851_106.73,
    'loop0: detected',
  ],
  ['12,1,5,-;a tab\\x09and an escape\\x1b[2J\n', 0.005, 'a tab\tand an escape\x1b[2J'],
  ['4,1,1000,c;part of a line\n', 1, 'part of a line'],
  ['4,1,2000,-,caller=T1;with a caller\n', 2, 'with a caller'],
])('a record: %j', (record, sinceBootMs, text) =>
  expect(parseKernelRecord(record)).toEqual({ sinceBootMs, text }),
);
test.each(['', ' SUBSYSTEM=block\n', '6,1;x', 'x,1,2,-;y'])('no record: %j', (record) =>
  expect(parseKernelRecord(record)).toBeNull(),
);
