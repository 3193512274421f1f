/** Words of evidence that a sentence calls otherwise than a column does, or that is no field of its own. */

export interface EvidenceWords {
  readonly title: string;
  /** Where it is from, for those who ask. */
  readonly help: string;
}

const inLog = 'as the log of the rebuild says';

export const evidenceWords: Readonly<Record<string, EvidenceWords>> = {
  // Of builds and clients.
  cpu: { title: 'CPU', help: 'CPU time of all its processes, as a share of one CPU' },
  resident: { title: 'memory', help: 'what all its processes hold' },
  processes: { title: 'processes', help: 'that belong to it; since one began or ended' },
  write: { title: 'disk I/O', help: 'bytes from and to disks' },
  'builds.io': { title: 'disk I/O of builds', help: 'bytes from and to disks of all builds' },
  paused: { title: 'paused', help: 'stopped by a signal, or its cgroup is frozen' },
  ppid: { title: 'parent', help: 'pid of the process above it' },
  switches: { title: 'context switches', help: 'voluntary and involuntary ones, as khungtaskd counts them' },
  wchan: { title: 'sleeps in', help: "the kernel's function in which it sleeps (/proc/<pid>/wchan)" },
  usual: { title: 'of its usual time', help: 'what builds of its name took before' },
  'states.T': { title: 'stopped processes', help: 'state T of /proc/<pid>/stat' },
  'states.Z': { title: 'zombies', help: 'all its processes have ended and are not reaped' },
  'workers.hook': { title: 'post-build hook', help: 'the child of the daemon that is no build' },
  path: { title: 'path', help: inLog },
  // Of the log.
  'log.lines': { title: 'log lines', help: 'since its last one' },
  'log.said': { title: 'the log says', help: inLog },
  failures: { title: 'failed', help: inLog },
  'failures.kind': { title: 'failed for', help: inLog },
  'transfers.bytes': { title: 'transferred', help: 'by its log; since the last byte' },
  'transfers.speed': { title: 'speed', help: 'of all its transfers, by its log' },
  'waits.machine': { title: 'wait for a builder', help: inLog },
  'required.system': { title: 'needs system', help: inLog },
  'required.features': { title: 'needs features', help: inLog },
  'local.features': { title: 'this machine has', help: 'system-features, as Nix said' },
  'peers.asked': { title: 'asked', help: 'questions to it, by the log' },
  'peers.answered': { title: 'answered', help: 'of those questions' },
  'peers.unanswered': { title: 'not answered', help: 'of those questions' },
  'peers.retries': { title: 'tried again', help: inLog },
  'peers.answerSec': { title: 'usual answer', help: 'median of its answers' },
  'peers.lostSec': { title: 'time lost', help: 'while it was waited for and nothing was built' },
  // Of memory and cgroups.
  'shortages.memory': { title: 'memory is short', help: 'by its pressure (/proc/pressure/memory)' },
  'shortages.io': { title: 'disks are short', help: 'by their pressure (/proc/pressure/io)' },
  'shortages.cpu': { title: 'CPUs are short', help: 'by their pressure (/proc/pressure/cpu)' },
  current: { title: 'in its cgroup', help: 'memory.current' },
  limit: { title: 'limit', help: 'memory.max' },
  high: { title: 'slowed down at', help: 'memory.high' },
  met: { title: 'limit that was met', help: 'memory.events' },
  'health.kernel.panicOnOom': { title: 'vm.panic_on_oom', help: 'sysctl/vm.rst' },
  'health.kernel.overcommitMemory': { title: 'vm.overcommit_memory', help: 'sysctl/vm.rst' },
  'health.daemon.oomScoreAdj': { title: 'oom_score_adj of the daemon', help: 'its builds inherit it' },
  // Of the kernel's and the guards' words.
  'notices.kind': { title: 'said', help: 'by the kernel, or in the journal' },
  'kernel.said': { title: 'the kernel said', help: '/dev/kmsg, or the journal' },
  // Of space, disks and layers.
  'filesystems.available': { title: 'free space', help: 'for users (f_bavail of statfs)' },
  'filesystems.freeInodes': { title: 'free inodes', help: 'of all inodes (f_ffree of statfs)' },
  'filesystems.pace': { title: 'loses', help: 'its free space, as a mean' },
  'filesystems.errors': { title: 'errors', help: 'that the file system has counted' },
  'filesystems.operation': { title: 'at work', help: 'exclusive_operation of btrfs' },
  'filesystems.readOnly': { title: 'read-only', help: 'the file system itself (mountinfo)' },
  'btrfs.unallocated': { title: 'not allocated', help: 'of its devices, to data or metadata' },
  'btrfs.metadata': { title: 'metadata in use', help: 'of what is allocated to it' },
  'nix.min-free': { title: 'min-free', help: 'nix.conf: below it, garbage is collected by itself' },
  'boot.available': { title: 'free for boot files', help: 'on the boot partition' },
  'boot.pair': { title: 'a kernel takes', help: 'with its initial RAM disk' },
  'disks.await': { title: 'a request takes', help: 'from queue to end, as a mean (await of iostat)' },
  'disks.requests': { title: 'requests', help: 'finished' },
  'devices.state': { title: 'state', help: "the kernel's word (/sys/block)" },
  'devices.suspended': { title: 'suspended', help: 'of device-mapper: all its I/O waits' },
  'devices.newErrors': { title: 'new errors', help: 'since they were first counted here' },
  'devices.degraded': { title: 'members missing', help: 'md/degraded' },
  'devices.syncAction': { title: 'md does', help: 'md/sync_action' },
  'pools.state': { title: 'pool', help: 'state of a pool of ZFS' },
  // Of probes.
  'read-speed': { title: 'reads', help: 'measured, past the page cache' },
  'bad-blocks': { title: 'unreadable', help: 'blocks of the disk' },
  'smart.exitStatus': { title: 'smartctl says', help: 'bits of its exit status (smartctl(8))' },
  'volumes.data': { title: 'data in use', help: 'of a thin pool (lvs)' },
  'volumes.metadata': { title: 'metadata in use', help: 'of a thin pool (lvs)' },
  'volumes.group': { title: 'volume group', help: 'as vgck says' },
  'probe.evaluation': { title: 'evaluated for', help: 'under limits' },
  'probe.evaluation.peak': { title: 'most memory', help: 'of that evaluation' },
  'probe.evaluation.repeated': { title: 'repeats', help: 'one place, in its trace' },
};
