/** Lines of ext4, XFS, btrfs and ZFS that say that something is wrong. */
import type { NoticeData } from '../model/diagnosis/notice.ts';

type What = Extract<NoticeData, { kind: 'filesystem' }>['what'];
interface Form {
  readonly type: string;
  /** The first group is the device. */
  readonly line: RegExp;
  readonly what: What;
}

const forms: readonly Form[] = [
  // fs/ext4/super.c: `EXT4-fs error (device dm-0): ext4_lookup:1855: inode #2: comm ls: …`
  { type: 'ext4', line: /^EXT4-fs (?:error|critical) \(device ([^)]+)\): /, what: 'error' },
  { type: 'ext4', line: /^EXT4-fs \(([^)]+)\): Remounting filesystem read-only/, what: 'read-only' },
  // The last is `failed to convert unwritten extents to written extents -- potential data loss!` (fs/ext4/page-io.c).
  {
    type: 'ext4',
    line: /^EXT4-fs \(([^)]+)\): (?:I\/O error while writing superblock|Delayed block allocation failed|.* -- potential data loss!)/,
    what: 'error',
  },
  // `EXT4-fs warning (device dm-4): ext4_end_bio:368: I/O error 3 writing to inode 14 starting block 237568)`
  { type: 'ext4', line: /^EXT4-fs warning \(device ([^)]+)\): ext4_end_bio:\d+: I\/O error/, what: 'error' },
  // fs/jbd2/journal.c: `Aborting journal on device dm-0-8.`
  { type: 'ext4', line: /^Aborting journal on device (\S+?)-\d+\./, what: 'error' },
  // fs/xfs: `XFS (dm-0): Filesystem has been shut down due to log error (0x2).`
  {
    type: 'xfs',
    line: /^XFS \(([^)]+)\): .*(?:shutting down filesystem|has been shut down)/i,
    what: 'shutdown',
  },
  { type: 'xfs', line: /^XFS \(([^)]+)\): Metadata CRC error/, what: 'checksum' },
  {
    type: 'xfs',
    line: /^XFS \(([^)]+)\): (?:log I\/O error|metadata I\/O error|Metadata corruption|Internal error)/,
    what: 'error',
  },
  // fs/btrfs/messages.c: `BTRFS error (device sda1 state EA): …`, `BTRFS: error (device sda1 state A) in …`
  { type: 'btrfs', line: /^BTRFS:? \w+ \(device ([^\s:)]+)[^)]*\):? .*forced readonly/, what: 'read-only' },
  {
    type: 'btrfs',
    line: /^BTRFS:? (?:warning|error|critical) \(device ([^\s:)]+)[^)]*\):? .*(?:csum failed|checksum (?:error|verify failed)|unable to fixup)/,
    what: 'checksum',
  },
  // Of the counters the fourth and fifth are of contents, and none of them may be of today.
  {
    type: 'btrfs',
    line: /^BTRFS:? error \(device ([^\s:)]+)[^)]*\):? bdev \S+ errs: wr 0, rd 0, flush 0, /,
    what: 'checksum',
  },
  { type: 'btrfs', line: /^BTRFS:? (?:error|critical) \(device ([^\s:)]+)[^)]*\)/, what: 'error' },
  // module/os/linux/zfs: `WARNING: Pool 'tank' has encountered an uncorrectable I/O failure and has been suspended.`
  {
    type: 'zfs',
    line: /^WARNING: Pool '([^']+)' has encountered an uncorrectable I\/O failure and has been suspended/,
    what: 'suspended',
  },
];

export function readFilesystemTrouble(line: string): NoticeData | null {
  for (const form of forms) {
    const device = form.line.exec(line)?.[1];
    if (device !== undefined) return { kind: 'filesystem', type: form.type, device, what: form.what };
  }
  return null;
}
