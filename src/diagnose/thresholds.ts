/** Every number that decides a verdict, once: with its reason and its source. */

export interface Threshold {
  readonly value: number;
  readonly unit: 's' | 'percent' | 'bytes' | 'per second' | 'bytes per second' | 'times';
  /** What it decides, and why it is this number. */
  readonly help: string;
  readonly source: string;
}

function threshold(value: number, unit: Threshold['unit'], help: string, source: string): Threshold {
  return { value, unit, help, source };
}

const own = 'measured and chosen here (docs/diagnosis.md)';

export const thresholds = {
  pauseSec: threshold(
    30,
    's',
    'A build without any sign for less than this works: between two things nothing moves for a moment.',
    own,
  ),
  idleSec: threshold(
    110,
    's',
    'Nothing of a build moves for so long, and nothing of it ends by itself: stuck. Two minutes, less what it takes to see it: where it sleeps is read every ten seconds.',
    'khungtaskd, hung_task_timeout_secs (kernel/hung_task.c)',
  ),
  restlessSec: threshold(
    900,
    's',
    'As idleSec, for a build of which a little moves (tenths of a percent of CPU, some context switches): a server that idles during a test does so, and so do the threads of a deadlocked virtual machine of Java.',
    'CI systems end what is silent for 10 to 20 min (CircleCI, Travis, buildbot-nix)',
  ),
  blindSec: threshold(
    1800,
    's',
    'As idleSec, where it cannot be seen whether it sleeps until a time: a test that sleeps for ten minutes looks the same.',
    'half of max-silent-time of Hydra; with 900 s 2 % of healthy building without root was called stuck (test/diagnose/healthy.ts)',
  ),
  timerSec: threshold(
    3600,
    's',
    'A build that sleeps until a time, or whose virtual machine idles, waits; after this it is likely stuck.',
    'max-silent-time of Hydra',
  ),
  networkSec: threshold(
    600,
    's',
    'A download tool of which nothing at all moves; a server may take minutes before its first byte.',
    'twice stalled-download-timeout (300 s) of nix.conf',
  ),
  transferSec: threshold(
    30,
    's',
    'A transfer that brought no byte for so long is waited for.',
    'connect-timeout (15 s) of nix.conf, twice',
  ),
  stalledTransferSec: threshold(
    120,
    's',
    'A transfer that had begun, brings no byte for so long, and nothing else of the rebuild moves: stuck. Nix itself gives it up after stalled-download-timeout, and an upload never.',
    'half of stalled-download-timeout (300 s) of nix.conf',
  ),
  crawlBytesPerSec: threshold(
    16 * 1024,
    'bytes per second',
    'All that comes from one cache together, below which it crawls: a path of 100 MB takes two hours. Nix itself gives up only below a byte a second.',
    'low speed limit of curl in Nix (src/libstore/filetransfer.cc); one thousandth of a usual line',
  ),
  crawlSec: threshold(60, 's', 'A speed is a mean over so long, and it is said after as long again.', own),
  builderSilentSec: threshold(
    600,
    's',
    'Builds on another machine of which nothing is heard, and whose connection carries nothing: worth asking that machine. Nix never ends them (timeouts count for builds of this machine alone).',
    'CI systems end what is silent for 10 min (CircleCI, Travis); NixOS/nix#15620',
  ),
  switchSec: threshold(
    120,
    's',
    'A switch that waits for one unit for so long, or stands in one step of its activation.',
    'DefaultTimeoutStartSec (90 s) of systemd-system.conf, and some more',
  ),
  unattendedSec: threshold(
    3600,
    's',
    'A rebuild that a unit of systemd started and that has gone on for so long is worth knowing.',
    own,
  ),
  unattendedToldSec: threshold(
    86_400,
    's',
    'What went on while nobody watched is told for so long after its end: a morning is after a night.',
    own,
  ),
  limitPercent: threshold(
    90,
    'percent',
    'Of a limit of processes or open files: near it.',
    'systemd-oomd calls 90 % of memory and swap used up',
  ),
  hookSec: threshold(
    60,
    's',
    'A post-build-hook that runs for so long: Nix up to 2.34 builds nothing meanwhile.',
    'NixOS/nix#15451',
  ),
  hookStuckSec: threshold(
    600,
    's',
    'The same without any CPU or line of it: it waits for something that does not come.',
    'as networkSec',
  ),
  cacheLostSec: threshold(
    15,
    's',
    'A cache for which a rebuild waited so long in vain, while nothing was built, is told with what it cost.',
    'connect-timeout (15 s) of nix.conf',
  ),
  idleCpuPercent: threshold(
    1,
    'percent',
    'CPU of one below which a build is idle.',
    'as `idle` of the column NOW',
  ),
  residentBytes: threshold(
    256 * 1024,
    'bytes',
    'A change of memory by less is none: the kernel counts pages in batches.',
    'percpu_counter_batch (lib/percpu_counter.c)',
  ),
  callBytes: threshold(
    64 * 1024,
    'bytes',
    'What goes through read() and write() between two looks and is less is no progress: event loops wake each other through pipes.',
    own,
  ),
  spinPercent: threshold(
    20,
    'percent',
    'CPU of one below which spinBlindSec counts: a server that idles, a test that looks again and again.',
    own,
  ),
  spinSec: threshold(110, 's', 'Busy for so long, and nothing but CPU: slow, perhaps a loop.', 'as idleSec'),
  evaluationSpinSec: threshold(
    80,
    's',
    'As spinSec, of an evaluation: a loop fills the heap of the collector of garbage first, for up to half a minute, and one that gets on grows again once it has used what was collected (8 GB at 200 MB/s: 40 s).',
    own,
  ),
  spinStuckSec: threshold(
    900,
    's',
    'The same: likely a loop. Links with LTO and tests compute long without a line, but their memory changes.',
    own,
  ),
  spinYieldSec: threshold(
    300,
    's',
    'The same where its threads do nothing but hand the CPU on (sched_yield).',
    'NixOS/nix#7844',
  ),
  spinBlindSec: threshold(
    1800,
    's',
    'The same where lines or I/O cannot be seen: mksquashfs and xz into a tmpfs move nothing else.',
    own,
  ),
  yieldsPerSec: threshold(
    1000,
    'per second',
    'Involuntary context switches of one thread from which it hands on the CPU rather than uses it.',
    'a time slice is 3 ms and more (base_slice_ns, kernel/sched/fair.c)',
  ),
  quietSec: threshold(
    600,
    's',
    'No line and no new process for so long, while memory or I/O still change: slow.',
    'CI systems end what is silent for 10 min (CircleCI, Travis)',
  ),
  overduePercent: threshold(300, 'percent', 'Of its usual time, from which a build is slow.', own),
  overdueSec: threshold(600, 's', 'But not before it has taken so much more than usual.', own),
  growthWindowSec: threshold(
    15,
    's',
    'What has not grown over so long, or has fallen by an eighth, does not grow: links reach a plateau, collectors of garbage saw.',
    own,
  ),
  leakSec: threshold(
    110,
    's',
    'Memory that grows for so long without a pause is worth a line.',
    'as idleSec: a stuck build is found within two minutes, and so is one that grows',
  ),
  leakPercent: threshold(
    10,
    'percent',
    'Share of the machine’s memory below which nothing is a leak: a number of bytes alone would end honest links (8 GB).',
    own,
  ),
  leakLargePercent: threshold(
    25,
    'percent',
    'Share of memory from which one alone is why it is short; below, it only grows beside others while nothing is left.',
    own,
  ),
  togetherPercent: threshold(
    50,
    'percent',
    'Share of memory that all of Nix holds, from which builds need too much together: more than all others.',
    own,
  ),
  growthLeastSec: threshold(
    3,
    's',
    'How fast something grows is made of looks so far apart: three, of which one may be late.',
    own,
  ),
  fallPercent: threshold(
    12.5,
    'percent',
    'A fall from its peak by so much is a collection of garbage, or an end: it does not grow.',
    own,
  ),
  leakHorizonSec: threshold(
    3600,
    's',
    'What would take the rest of memory in a longer time does not grow.',
    own,
  ),
  leakUntilSec: threshold(
    600,
    's',
    'So short a time until memory is gone is a warning, if little is left.',
    own,
  ),
  leakLeftPercent: threshold(
    25,
    'percent',
    'Share of memory that is still available, above which growth is no warning.',
    'nohang-desktop warns at 20 % (warning_threshold_min_mem)',
  ),
  leakSoonSec: threshold(
    60,
    's',
    'So short a time until memory is gone is critical, if it is short already.',
    own,
  ),
  leakShortPercent: threshold(
    10,
    'percent',
    'Share of memory that is still available, below which it is short, whatever its pressure says.',
    'earlyoom ends processes at 10 % (-m)',
  ),
  elsewherePercent: threshold(
    25,
    'percent',
    'Share of Nix in what is used, below which somebody else makes the machine short.',
    own,
  ),
  stealPercent: threshold(
    20,
    'percent',
    'CPU that the hypervisor gives to others, above which it is what makes builds slow.',
    own,
  ),
  refaultsPerSec: threshold(
    16_384,
    'per second',
    'Pages that had been dropped and are needed again (64 MB of 4 KB): the page cache has no room for what is in use.',
    'workingset_refault_file (mm/workingset.c); half an hour at 1.45 GB/s in a report',
  ),
  restingSwapBytesPerSec: threshold(
    1024 ** 2,
    'bytes per second',
    'With more to and from swap it is not the page cache that memory is too short for, but what processes hold.',
    own,
  ),
  repeatedTimes: threshold(
    3,
    'times',
    'One place in the trace of an evaluation, from which it goes round: calls without end come by it again and again.',
    own,
  ),
  killToldSec: threshold(600, 's', 'A kill for want of memory is told for so long.', own),
  staleSec: threshold(
    86_400,
    's',
    'A client so old, of which nothing moves, was left behind.',
    'NixOS/nix#3017',
  ),
  fillSec: threshold(
    60,
    's',
    'A file system fills up when its room fell all the time for so long: an unpacking comes and goes.',
    own,
  ),
  fullSec: threshold(
    600,
    's',
    'At that pace it is full within so long: worth a word while builds can still be paused or ended.',
    own,
  ),
  fullSoonSec: threshold(
    30,
    's',
    'At the pace of the last two looks it is full within so long: nobody can wait for a minute of proof.',
    'a build of a gigabyte a second, and looks every 5 s (src/samplers/storage.ts)',
  ),
  chunkBytes: threshold(
    2 ** 30,
    'bytes',
    'With less unallocated, btrfs can give no chunk to data or metadata any more.',
    'chunks of 1 GiB, in file systems below 50 GiB 256 MiB for metadata (fs/btrfs/volumes.c, init_alloc_chunk_ctl)',
  ),
  metadataPercent: threshold(
    75,
    'percent',
    'Of the metadata chunks of btrfs in use, from which ENOSPC is near: some is reserved for what is under way.',
    'NixOS/nixpkgs#368739: at 79 %',
  ),
  metadataLeftBytes: threshold(
    8 * 2 ** 20,
    'bytes',
    'Of the metadata chunks of btrfs not used and not kept in reserve, below which no file can be made soon: one takes 3.75 MiB of it for a moment.',
    'btrfs_calc_insert_metadata_size (fs/btrfs/fs.h); ENOSPC at 3.7 MiB on Linux 6.18, whatever the size',
  ),
  bootBytes: threshold(
    100e6,
    'bytes',
    'Of a boot partition free, where the size of a kernel and its initial RAM disk is not known.',
    'two pairs of 50 MB, as NixOS makes them',
  ),
  bootCriticalBytes: threshold(
    30e6,
    'bytes',
    'Less than this free on a boot partition: no kernel fits, and hardly a boot loader.',
    'half a pair of kernel and initial RAM disk',
  ),
  stallSec: threshold(
    4,
    's',
    'A device has requests and finishes none for so long: worth a word. A disk that spins up takes twice that.',
    'a fault of a disk is to be told within 5 s',
  ),
  requestTimeoutSec: threshold(
    30,
    's',
    'The same for as long as the kernel waits for a request before it resets the device: likely it fails.',
    'BLK_MQ_DEFAULT_TIMEOUT and SD_TIMEOUT, 30 s (block/blk-mq.c, drivers/scsi/sd.h)',
  ),
  slowAwaitSec: threshold(
    2,
    's',
    'A request takes so long: slow, if there are few and small ones.',
    'the protocol for stuck rebuilds: await beyond 2000 ms',
  ),
  slowPerSec: threshold(
    10,
    'per second',
    'Requests finished, below which a disk with an await of seconds has no long queue to blame.',
    'hard disks finish 80 a second and more at random places; openzfs/zfs#6171: 2.5 of a dying one',
  ),
  slowBytes: threshold(
    2 ** 20,
    'bytes',
    'Moved in a second, from which few requests are large ones.',
    'an erase block of an SD card is written in one piece',
  ),
  slowSpellSec: threshold(
    2.5,
    's',
    'Slow at every look for so long is worth knowing; it may be a flush. It is no alarm before a request took stallSec.',
    'a fault of a disk is to be told within 5 s: three looks, of which one may be early, and one before them that saw its begin',
  ),
  windowSec: threshold(
    10,
    's',
    'Of three windows of this length two must be slow: one is a flush, or a card that tidies itself.',
    own,
  ),
  noticeSec: threshold(
    3600,
    's',
    'What the kernel said of a device for as long is of now; what is older explains nothing.',
    own,
  ),
  recentErrorSec: threshold(
    86_400,
    's',
    'Errors that a file system has recorded are of now for as long: ext4 keeps them over reboots, for ever.',
    'errors_count and last_error_time of ext4 (Documentation/ABI/testing/sysfs-fs-ext4)',
  ),
  askedSec: threshold(
    900,
    's',
    'What a cache or a builder answered to a probe, where one saw a process sleep, and that an evaluation ended well, is of now for as long.',
    own,
  ),
  suspendedSec: threshold(
    3,
    's',
    'A device of device-mapper is suspended for so long: a resize or a snapshot takes a moment only.',
    'dmsetup(8), suspend',
  ),
  belowBusyPercent: threshold(
    80,
    'percent',
    'Use of the disks below a layer in which requests wait: with less the disks are not what it waits for.',
    'NixOS/nixpkgs#40282: 30 % below kcryptd',
  ),
  thinPercent: threshold(
    95,
    'percent',
    'Of a thin pool or its metadata used: at 100 % all that writes to it waits, and then fails.',
    'thin_pool_autoextend_threshold, no_space_timeout 60 s (lvmthin(7), dm-thin)',
  ),
  layerPercent: threshold(
    50,
    'percent',
    'Of the speed of the disk below, less than which is the fault of the layer above.',
    own,
  ),
} as const satisfies Readonly<Record<string, Threshold>>;

export type ThresholdName = keyof typeof thresholds;
export type Thresholds = Readonly<Record<ThresholdName, number>>;

export function isThresholdName(name: string): name is ThresholdName {
  return Object.hasOwn(thresholds, name);
}

export const defaultThresholds = Object.fromEntries(
  Object.entries(thresholds).map(([name, { value }]) => [name, value]),
) as Thresholds;
