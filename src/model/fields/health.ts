/** Fields of what the kernel counts and says of its devices, its file systems and itself. */
import type { ChunksRaw, DaemonLimits, Health, NewErrors } from '../diagnosis/health.ts';
import type { Notice } from '../diagnosis/notice.ts';
import type { Model } from '../model.ts';
import {
  bytes,
  changingFlag,
  changingText,
  count,
  counter,
  type Field,
  flag,
  number,
  seconds,
  text,
  time,
  within,
} from './field.ts';

const kernelFields: readonly Field<Health['kernel']>[] = [
  number('panicOnOom', 'Panic on OOM', 'vm.panic_on_oom: 0 lets the OOM killer work.'),
  number('overcommitMemory', 'Overcommit', 'vm.overcommit_memory: 2 refuses memory instead of killing.'),
  counter('hungTasks', 'Hung tasks', 'Tasks that hung since boot (kernel.hung_task_detect_count, 6.13+).'),
  counter('newHungTasks', 'New hung tasks', 'Tasks that hung since they were first counted here.'),
  number('pidMax', 'Highest pid', 'kernel.pid_max.'),
  number('threadsMax', 'Threads at most', 'kernel.threads-max.'),
  count('threads', 'Threads', 'Of the whole machine; each has a pid of its own (proc_loadavg(5)).'),
  count('filesOpen', 'Open files', 'Of the whole machine (fs.file-nr).'),
  flag(
    'kvm',
    'KVM',
    '/dev/kvm is there, without which no build gets the feature kvm; null: not looked for.',
    (kernel) => kernel.kvm ?? null,
  ),
  number('filesMax', 'Open files at most', 'Of the whole machine (fs.file-max).'),
];

const daemonFields: readonly Field<DaemonLimits>[] = [
  number('pid', 'Daemon', 'The main daemon that the rest is of.'),
  number('oomScoreAdj', 'OOM score', 'Its oom_score_adj, which its builds inherit; -1000 is never killed.'),
  number('openFilesMax', 'Files at most', 'Files that it may open; null: no limit.'),
  count('openFiles', 'Files', 'Files that it has open; null without the privilege.'),
  number('processesMax', 'Processes at most', 'Processes that its user may have; null: no limit.'),
  number('tasksMax', 'Tasks at most', 'pids.max of its cgroup; null: no limit.'),
  count('tasks', 'Tasks', 'pids.current of its cgroup.'),
];

const memoryErrorFields: readonly Field<NonNullable<Health['memoryErrors']>>[] = [
  counter('corrected', 'Corrected', 'Errors of memory that were corrected since boot (EDAC).'),
  counter('uncorrected', 'Uncorrected', 'Errors of memory that were not.'),
];

export const healthFields: readonly Field<Model>[] = [
  ...within('health.kernel', (m: Model) => m.health?.kernel ?? null, kernelFields),
  ...within('health.daemon', (m: Model) => m.health?.daemon ?? null, daemonFields),
  ...within('health.memoryErrors', (m: Model) => m.health?.memoryErrors ?? null, memoryErrorFields),
];

/** With the moment (monotonic ms) at which it is looked at. */
type At<Row> = Row & { readonly monotonicMs: number };

const newErrorFields: readonly Field<At<NewErrors>>[] = [
  count('newErrors', 'NEW ERRORS', 'Errors and timeouts since they were first counted here.'),
  seconds(
    'newErrorSec',
    'NEWEST',
    'For how long the newest of these has been known; null: there is none.',
    (one) => (one.newErrorMs === null ? null : (one.monotonicMs - one.newErrorMs) / 1000),
  ),
];

export const deviceFields: readonly Field<At<Health['devices'][number]>>[] = [
  text('device', 'DEVICE', 'Kernel name.'),
  text('kind', 'KIND', '`scsi`, `nvme`, `dm`, `md` or `other`.'),
  changingText(
    'state',
    'STATE',
    "The kernel's word: of SCSI `running`, of NVMe `live`, of md its array_state.",
  ),
  changingFlag('suspended', 'SUSPENDED', 'Of device-mapper: all its I/O waits until somebody resumes it.'),
  text('layer', 'LAYER', 'Of device-mapper: `crypt`, `lvm` or `multipath`.'),
  counter('ioErrors', 'ERRORS', 'Of SCSI, since boot (ioerr_cnt).'),
  counter('ioTimeouts', 'TIMEOUTS', 'Of SCSI, since boot (iotmo_cnt).'),
  count('degraded', 'DEGRADED', 'Of md: how many members lack.'),
  changingText('syncAction', 'SYNC', 'Of md: `idle`, `resync`, `recover`, `check`.'),
  ...newErrorFields,
];

function chunkFields(
  kind: 'data' | 'metadata',
  chunks: (one: Health['filesystems'][number]) => ChunksRaw | null,
): readonly Field<Health['filesystems'][number]>[] {
  const title = kind.toUpperCase();
  return [
    bytes(
      `${kind}Bytes`,
      title,
      `Of btrfs: what chunks of ${kind} have.`,
      (one) => chunks(one)?.totalBytes ?? null,
    ),
    bytes(
      `${kind}UsedBytes`,
      `${title} USED`,
      'Of that what is used.',
      (one) => chunks(one)?.usedBytes ?? null,
    ),
  ];
}

export const filesystemHealthFields: readonly Field<At<Health['filesystems'][number]>>[] = [
  text('type', 'TYPE', 'Type of the file system.'),
  text('name', 'NAME', 'Its device, of btrfs its UUID, of ZFS its pool.'),
  text('mountPoint', 'MOUNTED ON', 'Where it is mounted first.'),
  changingFlag('readOnly', 'READ-ONLY', 'It is, although it was mounted to be written: errors do that.'),
  counter('errors', 'ERRORS', 'Of ext4 and btrfs, since the file system was made.'),
  ...newErrorFields,
  time('lastError', 'LAST ERROR', 'Of ext4, ISO 8601 in UTC.', (one) => one.lastErrorMs),
  changingText('state', 'STATE', 'Of a pool of ZFS: `ONLINE`, `DEGRADED`, `SUSPENDED`.'),
  changingText('operation', 'AT WORK', 'Of btrfs: `balance`, `device replace`, `none`.'),
  bytes(
    'unallocatedBytes',
    'UNALLOCATED',
    'Of btrfs: what no chunk has.',
    (one) => one.btrfs?.unallocatedBytes,
  ),
  ...chunkFields('data', (one) => one.btrfs?.data ?? null),
  ...chunkFields('metadata', (one) => one.btrfs?.metadata ?? null),
  bytes(
    'reserveBytes',
    'RESERVE',
    'Of btrfs: of its metadata what is kept for deleting.',
    (one) => one.btrfs?.reserveBytes,
  ),
];

export const noticeFields: readonly Field<Notice>[] = [
  time('time', 'TIME', 'When, ISO 8601 in UTC.', (one) => one.timeMs),
  text(
    'kind',
    'KIND',
    '`oom-kill`, `guard-kill`, `guard-signal`, `own-kill`, `unit-oom`, `unit-failed`, `hung-task`, `block-error`, `device` or `filesystem`.',
  ),
  text('from', 'FROM', '`kernel`, `journal`, or `nixpulse` of what it ended itself.'),
  text('device', 'DEVICE', 'Of a device or a file system.', (one) =>
    'device' in one ? one.device : undefined,
  ),
  text('what', 'WHAT', 'What happened to that one.', (one) => ('what' in one ? one.what : undefined)),
  number('pid', 'PID', 'Of a kill or a task that hangs.', (one) => ('pid' in one ? one.pid : undefined)),
  text('unit', 'UNIT', 'Of a unit of systemd.', (one) => ('unit' in one ? one.unit : undefined)),
  seconds('hungSec', 'HUNG', 'Of `hung-task`: for how long.', (one) => ('sec' in one ? one.sec : undefined)),
  text('text', 'LINE', 'The line itself.'),
];
