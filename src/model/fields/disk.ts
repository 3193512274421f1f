/** Fields of a disk, as iostat(1) -x defines them, and of a file system. */

import type { Disk, Filesystem } from '../model.ts';
import {
  bytes,
  bytesPerSec,
  count,
  type Field,
  list,
  milliseconds,
  percent,
  perSecond,
  seconds,
  text,
} from './field.ts';
import { problemFieldsOf } from './shared.ts';

const meanTime = (what: string) => `Mean time of the ${what} that finished in the tick`;

export const diskFields: readonly Field<Disk>[] = [
  text('device', 'DEVICE', 'Kernel name.'),
  text('title', 'NAME', 'Name in device-mapper or md; null for hardware.'),
  text('model', 'MODEL', 'Model as the hardware names itself.'),
  list(
    'carries',
    'CARRIES',
    'Which of /nix, /, /tmp and the build directory lie on it, directly or through other devices.',
  ),
  list('slaves', 'ON', 'Devices directly below it.'),
  perSecond('readsPerSec', 'r/s', 'Reads finished.'),
  perSecond('writesPerSec', 'w/s', 'Writes finished.'),
  bytesPerSec('readBytesPerSec', 'rB/s', 'Read.'),
  bytesPerSec('writeBytesPerSec', 'wB/s', 'Written.'),
  milliseconds('readAwaitMs', 'r_await', `${meanTime('reads')}, queue included; null when none did.`),
  milliseconds('writeAwaitMs', 'w_await', `${meanTime('writes')}, queue included; null when none did.`),
  milliseconds('flushAwaitMs', 'f_await', `${meanTime('flushes')}; null when none did.`),
  count('queueSize', 'aqu-sz', 'Mean number of requests under way.'),
  percent(
    'utilPercent',
    '%util',
    'Share of the tick with requests under way. No limit of what an SSD or RAID can do.',
  ),
  count('inFlight', 'now', 'Requests under way at the moment of the reading.'),
  seconds(
    'stalledSec',
    'STALLED',
    'For how long requests have waited with none finished; null when not stalled.',
  ),
];

export const filesystemFields: readonly Field<Filesystem>[] = [
  text('path', 'PATH', 'The path asked for.'),
  text('mountPoint', 'MOUNTED ON', 'Where the file system that holds it is mounted.'),
  text('type', 'TYPE', 'Type of the file system.'),
  text(
    'device',
    'DEVICE',
    'Kernel name of the device mounted; null for tmpfs, ZFS and network file systems.',
  ),
  list('disks', 'DISKS', 'Hardware below it.'),
  bytes('totalBytes', 'SIZE', 'Size.'),
  bytes('availableBytes', 'FREE', 'Free for users (f_bavail).'),
  percent(
    'freeInodesPercent',
    'INODES FREE',
    'Free inodes; null where the file system makes them as needed.',
  ),
  count(
    'freeInodeCount',
    'INODES LEFT',
    'How many that is; null where their number is not fixed.',
    (one) => one.freeInodes ?? null,
  ),
  text('level', 'LEVEL', 'How full it is, by bytes and inodes: `ok`, `warning` or `critical`.'),
  ...problemFieldsOf('its space is not known'),
];
