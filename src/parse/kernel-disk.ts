/** Lines of the kernel's block layer and of its drivers of disks. */
import type { NoticeData } from '../model/diagnosis/notice.ts';

type DeviceWord = Extract<NoticeData, { kind: 'device' }>['what'];

/**
 * `I/O error, dev sda, sector 8 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2`, before 5.16 after
 * `blk_update_request: ` or `print_req_error: `; the words of blk_errors[] in block/blk-core.c.
 */
const request =
  /^(?:blk_update_request: |print_req_error: )?([\w/ ]{1,40}?) error, dev ([^\s,]+), sector \d+/;
/** A discard that a device does not know, a reservation of a cluster: nothing is wrong with the disk. */
const harmless = new Set(['operation not supported', 'reservation conflict']);
/** `Buffer I/O error on dev dm-0, logical block 5, lost async page write`: fs/buffer.c. */
const buffer = /^Buffer I\/O error on dev(?:ice)? ([^\s,]+), logical block/;
/** Floppies that are none, and discs that are scratched. */
const removable = /^(?:fd|sr)\d/;

export function readBlockError(line: string): NoticeData | null {
  const match = request.exec(line);
  const [what, device] = match === null ? ['buffer I/O', buffer.exec(line)?.[1]] : [match[1] ?? '', match[2]];
  if (device === undefined || harmless.has(what) || removable.test(device)) return null;
  return { kind: 'block-error', device, what };
}

/** The driver's prefix, and what it says after it. The first group of the first is the device. */
const drivers: readonly (readonly [prefix: RegExp, rows: readonly (readonly [RegExp, DeviceWord])[]])[] = [
  [
    // drivers/nvme/host: `nvme nvme0: I/O tag 5 (1005) opcode 0x2 (I/O Cmd) QID 3 timeout, aborting req_op:READ(0)`
    /^nvme (nvme\d+): /,
    [
      [/^I\/O (?:tag )?\d+ .*\btimeout, reset controller/, 'reset'],
      [/^I\/O (?:tag )?\d+ .*\btimeout\b/, 'timeout'],
      [/^controller is down; will reset/, 'reset'],
      [/^(?:Removing after probe failure|Disabling device after reset failure)/, 'removed'],
      [/^(?:Device not ready|failed to set APST|Identify Controller failed)/, 'error'],
    ],
  ],
  [
    // drivers/ata/libata-eh.c: `ata1.00: exception Emask 0x0 SAct 0x40 SErr 0x0 action 0x0`
    /^(ata\d+(?:\.\d+)?): /,
    [
      [/^exception Emask .* frozen$/, 'timeout'],
      [/^(?:exception Emask|failed command:|error: \{)/, 'error'],
      [/^(?:hard|soft) resetting link/, 'reset'],
      [/^disabl(?:ed|e device|ing device)/, 'removed'],
    ],
  ],
  [
    // drivers/scsi/sd.c: `sd 0:0:0:0: [sda] tag#5 Sense Key : Medium Error [current]`
    /^sd [\d:]+: \[(sd[a-z]+)\] /,
    [[/Sense Key : (?:Medium|Hardware) Error/, 'error']],
  ],
  // drivers/mmc/host/sdhci.c
  [/^(mmc\d+): /, [[/^Timeout waiting for hardware interrupt/, 'timeout']]],
  // drivers/md/dm-thin.c: `device-mapper: thin: 252:2: switching pool to out-of-data-space (queue IO) mode`
  [
    /^device-mapper: thin: (\d+:\d+): /,
    [
      [/^switching pool to out-of-data-space\b/, 'full'],
      [/^switching pool to write mode/, 'writable'],
      [/^switching pool to /, 'error'],
    ],
  ],
  // drivers/md/raid*.c: `md/raid1:md127: Disk failure on sdb1, disabling device.`
  [/^md\/\w+:\S+?: Disk failure on ([^\s,]+), /, [[/^disabling device/, 'removed']]],
];

export function readDeviceTrouble(line: string): NoticeData | null {
  for (const [prefix, rows] of drivers) {
    const match = prefix.exec(line);
    const device = match?.[1];
    if (match === null || device === undefined) continue;
    const said = line.slice(match[0].length);
    const row = rows.find(([words]) => words.test(said));
    return row === undefined ? null : { kind: 'device', device: deviceNamed(device), what: row[1] };
  }
  return null;
}

/** Of device-mapper the number says the name: `252:2` is dm-2 (drivers/md/dm.c, alloc_dev). */
function deviceNamed(word: string): string {
  const minor = /^\d+:(\d+)$/.exec(word)?.[1];
  return minor === undefined ? word : `dm-${minor}`;
}
