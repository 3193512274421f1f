/** The parts `health` and `notices` of a recorded Sample, read: whatever stands there, what comes out is what rules expect. */
import { isFields } from '../base/fields.ts';
import {
  flag,
  listOf,
  number,
  object,
  objectLike,
  oneOf,
  orNull,
  type Reader,
  text,
  withOptional,
} from '../base/reader.ts';
import { readProblem } from '../logs/read-problem.ts';
import type {
  ChunksRaw,
  DaemonLimits,
  DeviceHealthRaw,
  FilesystemHealthRaw,
  HealthRaw,
  KernelSettings,
} from '../model/diagnosis/health.ts';
import type { Reading } from '../model/sample.ts';
import { readNotice } from './read-notice.ts';

/** More than a machine has; and than a sampler gives of one Sample. */
const mostRows = 1000;
const mostNotices = 100;
/** As long as a line of the kernel can be. */
const longestText = 4096;

const words: Reader<string> = (value) => {
  const read = text(value);
  return read === undefined || read.length > longestText ? undefined : read;
};
const wordsOrNull = orNull(words);
const numberOrNull = orNull(number);

const noSettings: Omit<KernelSettings, 'kvm'> = {
  panicOnOom: null,
  overcommitMemory: null,
  hungTasks: null,
  pidMax: null,
  threadsMax: null,
  threads: null,
  filesOpen: null,
  filesMax: null,
};
const settings = withOptional(
  objectLike<Omit<KernelSettings, 'kvm'>>(noSettings, {
    panicOnOom: numberOrNull,
    overcommitMemory: numberOrNull,
    hungTasks: numberOrNull,
    pidMax: numberOrNull,
    threadsMax: numberOrNull,
    threads: numberOrNull,
    filesOpen: numberOrNull,
    filesMax: numberOrNull,
  }),
  { kvm: flag },
);

const device = object<DeviceHealthRaw>({
  device: words,
  kind: oneOf('scsi', 'nvme', 'dm', 'md', 'other'),
  state: wordsOrNull,
  suspended: orNull(flag),
  layer: oneOf('crypt', 'lvm', 'multipath', null),
  ioErrors: numberOrNull,
  ioTimeouts: numberOrNull,
  degraded: numberOrNull,
  syncAction: wordsOrNull,
});

const chunks = orNull(object<ChunksRaw>({ totalBytes: number, usedBytes: number }));
const filesystem = withOptional(
  object<Omit<FilesystemHealthRaw, 'device'>>({
    type: words,
    name: words,
    mountPoint: wordsOrNull,
    readOnly: orNull(flag),
    errors: numberOrNull,
    lastErrorMs: numberOrNull,
    state: wordsOrNull,
    operation: wordsOrNull,
    btrfs: orNull(
      withOptional(
        object<Omit<NonNullable<FilesystemHealthRaw['btrfs']>, 'reserveBytes'>>({
          unallocatedBytes: numberOrNull,
          data: chunks,
          metadata: chunks,
        }),
        { reserveBytes: numberOrNull },
      ),
    ),
  }),
  { device: words },
);

const daemon = object<DaemonLimits>({
  pid: number,
  oomScoreAdj: numberOrNull,
  openFilesMax: numberOrNull,
  openFiles: numberOrNull,
  processesMax: numberOrNull,
  tasksMax: numberOrNull,
  tasks: numberOrNull,
});

/** Rows that are none are left out. */
export const readHealth = object<HealthRaw>({
  kernel: settings,
  devices: listOf(device, mostRows),
  filesystems: listOf(filesystem, mostRows),
  memoryErrors: orNull(
    object<NonNullable<HealthRaw['memoryErrors']>>({ corrected: number, uncorrected: number }),
  ),
  daemon: orNull(daemon),
});

export const readNotices = listOf(readNotice, mostNotices);

/** Undefined: not there, or nothing that can be read. */
export function readPart<T>(part: unknown, read: Reader<T>): Reading<T> | undefined {
  const atMs = isFields(part) ? number(part['atMs']) : undefined;
  if (!isFields(part) || atMs === undefined) return undefined;
  if (part['ok'] === false) {
    const problem = readProblem(part['problem']);
    return problem && { atMs, ok: false, problem };
  }
  const value = part['ok'] === true ? read(part['value']) : undefined;
  return value === undefined ? undefined : { atMs, ok: true, value };
}
