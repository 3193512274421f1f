/** The words of what was found, and of what may be: a row a kind. */
import { bytesText, formatRate } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { formatCount, formatPercent } from '../base/number.ts';
import { plural } from '../base/plural.ts';
import { printable, truncate } from '../base/text.ts';
import type { Finding } from '../model/diagnosis/finding.ts';
import type { Found } from '../model/diagnosis/found.ts';
import type { Growing, MemoryFound } from '../model/diagnosis/found-memory.ts';
import type { StorageFound } from '../model/diagnosis/found-storage.ts';
import type { WaitFound } from '../model/diagnosis/found-wait.ts';
import type { HypothesisId, Untested } from '../model/diagnosis/hypothesis.ts';
import type { Model } from '../model/model.ts';
import { nameOfPath } from '../model/nix-store/store-path.ts';
import { cgroupName } from './shortages.ts';
import { asleepText } from './verdict.ts';

type Words<Kinds extends { readonly kind: string }> = {
  readonly [Kind in Kinds['kind']]: (one: Extract<Kinds, { readonly kind: Kind }>) => string;
};

/** `A build is stuck`: what may be so. */
export const hypothesisTitles: Readonly<Record<HypothesisId, string>> = {
  build: 'A build is stuck or loops',
  evaluation: 'The evaluation loops or leaks',
  'build-leak': 'A build leaks memory',
  elsewhere: 'Something that is not Nix takes the machine',
  'memory-limit': 'A limit of memory is met',
  'oom-killer': 'The OOM killer is off or aims wrongly',
  space: 'Space, inodes or a RAM disk is full',
  disk: 'A disk fails',
  volume: 'LVM, LUKS, md, ZFS or btrfs',
  lock: 'A lock is held',
  cache: 'A cache or the network',
  builder: 'A remote builder',
  'post-build-hook': 'The post-build hook',
  switch: 'The switch waits, or was left over',
  'left-over': 'Zombies and builds left over',
  'process-limit': 'Limits of processes and open files',
  paused: 'Paused or frozen',
  store: 'The store is damaged',
};

const memoryWords: Words<MemoryFound> = {
  'build-stuck': ({ build, how, phase, asleep, yields, usualPercent }) => {
    const where = phase === undefined ? '' : ` in ${phase}`;
    const does =
      how === 'idle'
        ? `is stuck${where}${asleep === undefined ? '' : `: ${asleepText(asleep)}`}`
        : `computes${where} and gets nowhere${yields === true ? ': its threads only hand on the CPU' : ''}`;
    return `${build} ${does}${usualPercent === undefined ? '' : `, at ${usualPercent}% of its usual time`}`;
  },
  'build-overdue': ({ build, usualPercent }) => `${build} takes ${usualPercent}% of its usual time`,
  'build-leak': ({ build, process, ...growing }) =>
    `${build} ${growingText(growing)}${process === null ? '' : `; most is ${process.program}'s (${process.pid})`}`,
  'client-leak': ({ command, what, ...growing }) =>
    `${what === 'evaluation' ? 'the evaluation of ' : what === 'worker' ? 'the daemon for ' : ''}${command} ${growingText(growing)}`,
  'evaluation-loop': ({ command, lastFile }) =>
    `the evaluation of ${command} computes, evaluates no file and does not grow${lastFile === null ? '' : `; the last file was ${lastFile}`}`,
  'evaluation-recursion': ({ command, place, module }) =>
    `the evaluation${command === null ? '' : ` of ${command}`} recurs without end${place === null ? '' : ` at ${place}`}${module === null ? '' : `; without ${module} it does not`}`,
  'memory-elsewhere': ({ nixBytes, usedBytes }) =>
    `memory is short, and Nix holds ${bytesText(nixBytes)} of the ${bytesText(usedBytes)} in use`,
  'cpu-elsewhere': ({ nixPercent, usedPercent }) =>
    `others take the CPUs: ${usedPercent}% are used, ${nixPercent}% by Nix`,
  'cpu-stolen': ({ stealPercent }) => `the hypervisor gives ${stealPercent}% of the CPUs to others`,
  'disk-elsewhere': ({ nixBytesPerSec, diskBytesPerSec, device }) =>
    `others keep ${device} busy: ${formatRate(diskBytesPerSec)}, ${formatRate(nixBytesPerSec)} of it by builds`,
  arc: ({ arcBytes, minBytes, short, grower }) => {
    const shrinks = minBytes === null ? 'can shrink' : `can shrink to ${bytesText(minBytes)}`;
    if (!short) return `${bytesText(arcBytes)} ARC (cache of ZFS), ${shrinks}`;
    const who = grower === null ? '' : `; ${grower} grows`;
    return `memory is short, and the ARC of ZFS holds ${bytesText(arcBytes)}, which ${shrinks}${who}`;
  },
  'cache-thrash': ({ refaultsPerSec, build, readBytesPerSec }) => {
    const reads = readBytesPerSec === null ? '' : ` and reads ${formatRate(readBytesPerSec)}`;
    const who = build === null ? '' : `; ${build} needs them${reads}`;
    return `memory is too short for the page cache: ${formatCount(refaultsPerSec)} pages a second are read again${who}`;
  },
  'limit-kill': ({ cgroup, limitBytes, victim, client, availableBytes }) => {
    const limit = `${cgroup === null ? 'a cgroup' : cgroupName(cgroup)}${limitBytes === null ? '' : `, ${bytesText(limitBytes)}`}`;
    const had = availableBytes === null ? '' : `; the machine has ${bytesText(availableBytes)} free`;
    const who = victim ?? (client === null ? 'a process' : `a process of ${client}`);
    return `${who} was killed by its own limit (${limit})${had}`;
  },
  'limit-met': ({ cgroup, limitBytes, held, builds, client, availableBytes }) => {
    const inside = builds > 0 ? plural(builds, 'build') : client;
    const who = inside === null ? '' : `, with ${inside} in it,`;
    const does = held ? 'is slowed down at its memory.high of' : 'is at its limit of';
    const had = availableBytes === null ? '' : `; the machine has ${bytesText(availableBytes)} free`;
    return `${cgroupName(cgroup)}${who} ${does} ${bytesText(limitBytes)}${had}`;
  },
  'oom-panic': ({ panicOnOom }) =>
    `the kernel panics instead of killing when memory is short${panicOnOom === 2 ? ', even at the limit of a cgroup' : ''} (vm.panic_on_oom)`,
  'overcommit-never': () => 'memory is refused before it is short (vm.overcommit_memory = 2)',
  'oom-immune': ({ oomScoreAdj }) =>
    `the OOM killer spares the Nix daemon and its builds (oom_score_adj ${oomScoreAdj})`,
  'high-alone': ({ cgroup, highBytes }) =>
    `${cgroupName(cgroup)} has memory.high (${bytesText(highBytes)}) and no memory.max: at it all slow down, and nothing is killed`,
  'oom-bystander': ({ by, victim, build, residentBytes }) =>
    `${by === 'kernel' ? 'the kernel' : by} killed ${victim}, while ${build} held ${bytesText(residentBytes)}`,
  'zombie-build': ({ build }) => `all processes of ${build} have ended, and nobody reaps them`,
  'unreaped-child': ({ build, program, pid, child }) =>
    `${build} is stuck: ${program} (${pid}) does not reap its ended child ${child}`,
  'orphan-build': ({ build, cpuPercent, shouldEnd }) =>
    `${build} is an orphan of nobody${cpuPercent === null ? '' : `, CPU ${cpuPercent}%`}${shouldEnd === true ? '; this Nix should have ended it with its client' : ''}`,
  'stale-client': ({ command, ageSec, tty }) =>
    `${command} is ${lengthText(ageSec * 1000)} old and does nothing${tty === null ? ', without a terminal' : ` on ${tty}`}`,
  paused: ({ build, by, cgroup }) =>
    by === 'signal'
      ? `${build} is stopped by a signal`
      : `${build} is frozen${cgroup === null ? '' : ` with its cgroup ${cgroupName(cgroup)}`}`,
};

/** `holds 24 GB (38%), grows by 1.2 GB a minute: memory is gone in 50 s`. */
function growingText({ residentBytes, sharePercent, bytesPerMin, untilSec }: Growing): string {
  const holds = `holds ${bytesText(residentBytes)} (${sharePercent}%)`;
  if (untilSec === null) return `${holds}, grew by ${bytesText(bytesPerMin)} a minute`;
  return `${holds}, grows by ${bytesText(bytesPerMin)} a minute: memory is gone in ${lengthText(untilSec * 1000)}`;
}

const storageWords: Words<StorageFound> = {
  space: ({ path, mountPoint, type, what, availableBytes, usedPercent }) => {
    const place = `${mountPoint}${type === 'tmpfs' || type === 'ramfs' ? ` (${type})` : ''}`;
    const asked = path === mountPoint || mountPoint === '/' ? '' : `, where ${path} lies`;
    return what === 'inodes'
      ? `${place} has no inodes left${asked}`
      : `${place} is ${formatPercent(usedPercent)} full, ${bytesText(availableBytes)} free${asked}`;
  },
};

const waitWords: Words<WaitFound> = {
  'lock-held': ({ path, holder, holderPid, waiting, holderState }) => {
    const name = path === null ? 'a lock' : `the lock of ${nameOfPath(path.replace(/\.lock$/, ''))}`;
    const by =
      holder === null && holderPid === null
        ? ''
        : `, held by ${holder ?? 'process'}${holderPid === null ? '' : ` (${holderPid})`}`;
    const how = holderState === null || holderState === 'working' ? '' : `, which is ${holderState}`;
    return `${waiting} wait${waiting === 1 ? 's' : ''} for ${name}${by}${how}`;
  },
};

const foundWords = { ...memoryWords, ...storageWords, ...waitWords } as Words<Found>;

/** One sentence, without its full stop. */
export function foundText(found: Found): string {
  return printable((foundWords[found.kind] as (one: Found) => string)(found));
}

/** `firefox-130.0 is stuck, 12 min`, in one line of at most so many columns. */
export function findingText(
  { found, state, sinceMs }: Finding,
  { monotonicMs }: Pick<Model, 'monotonicMs'>,
  { columns = Number.POSITIVE_INFINITY, unicode = true }: { columns?: number; unicode?: boolean } = {},
): string {
  const sec = Math.max(0, monotonicMs - sinceMs);
  const since = sec < 10_000 ? '' : `, ${lengthText(sec)}`;
  const sure = state === 'confirmed' ? '' : `${state}: `;
  return truncate(printable(`${sure}${foundText(found)}${since}`, unicode), columns, unicode);
}

const untestedWords: Words<Untested> = {
  privilege: ({ privilege }) => `needs ${privilege}`,
  log: () => 'needs a followed log',
  probe: () => 'a probe tells',
  unsupported: () => 'this system does not tell',
  time: () => 'not looked at yet',
};

export function untestedText(why: Untested): string {
  return (untestedWords[why.kind] as (one: Untested) => string)(why);
}
