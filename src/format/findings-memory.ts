/** The words of what rules find of builds, evaluations and memory. */
import { bytesText, formatRate } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { formatCount } from '../base/number.ts';
import { listText, plural } from '../base/plural.ts';
import type { FaultyModules, Growing, MemoryFound } from '../model/diagnosis/found-memory.ts';
import type { FoundWords } from './found-words.ts';
import { cgroupName } from './shortages.ts';
import { asleepText } from './verdict.ts';

/** Of several all are needed for the fault. */
function withoutText(modules: FaultyModules): string {
  return modules.length === 0
    ? ''
    : `; without ${modules.length > 1 ? 'one of ' : ''}${listText(modules, 3)} it does not`;
}

export const memoryWords: FoundWords<MemoryFound> = {
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
  'evaluation-recursion': ({ command, place, options, modules }) => {
    const where =
      options.length > 0 ? ` through ${listText(options, 3)}` : place === null ? '' : ` at ${place}`;
    return `the evaluation${command === null ? '' : ` of ${command}`} recurs without end${where}${withoutText(modules)}`;
  },
  'evaluation-limit': ({ configuration, met, sec, peakBytes, modules }) => {
    const limit =
      met === 'time'
        ? `has not ended after ${lengthText(sec * 1000)}`
        : `takes more than ${peakBytes === null ? 'the memory it may' : bytesText(peakBytes)}`;
    return `the evaluation of ${configuration}, made anew under limits, ${limit}${withoutText(modules)}`;
  },
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
    const limit = `${cgroup === null ? 'its cgroup' : cgroupName(cgroup)}${limitBytes === null ? '' : ` (${bytesText(limitBytes)})`}`;
    const had = availableBytes === null ? '' : `; the machine has ${bytesText(availableBytes)} free`;
    const who = victim ?? (client === null ? 'a process' : `a process of ${client}`);
    return `${who} was killed at the limit of ${limit}${had}`;
  },
  'limit-met': ({ cgroup, limitBytes, held, builds, client, availableBytes }) => {
    const inside = builds > 0 ? plural(builds, 'build') : client;
    const who = inside === null ? '' : `, with ${inside} in it,`;
    const does = held ? 'is slowed down at its memory.high of' : 'is at its limit of';
    const had = availableBytes === null ? '' : `; the machine has ${bytesText(availableBytes)} free`;
    return `${cgroupName(cgroup)}${who} ${does} ${bytesText(limitBytes)}${had}`;
  },
  'machine-met': ({ builds, nixBytes, totalBytes, heaviest, heaviestBytes }) =>
    `memory is short: ${plural(builds, 'build')} together hold ${bytesText(nixBytes)} of ${bytesText(totalBytes)}; most is ${heaviest}'s, ${bytesText(heaviestBytes)}`,
  'oom-panic': ({ panicOnOom }) =>
    `the kernel panics instead of killing when memory is short${panicOnOom === 2 ? ', even at the limit of a cgroup' : ''} (vm.panic_on_oom)`,
  'overcommit-never': () => 'memory is refused before it is short (vm.overcommit_memory = 2)',
  'oom-immune': ({ oomScoreAdj }) =>
    `the OOM killer spares the Nix daemon and its builds (oom_score_adj ${oomScoreAdj})`,
  'high-alone': ({ cgroup, highBytes }) =>
    `${cgroupName(cgroup)} has memory.high (${bytesText(highBytes)}) and no memory.max: at it all slow down, and nothing is killed`,
  'oom-bystander': ({ by, victim, cause, residentBytes }) =>
    `${by === 'kernel' ? 'the kernel' : by} killed ${victim}, while ${cause} held ${bytesText(residentBytes)}`,
  'zombie-build': ({ build }) => `all processes of ${build} have ended, and nobody reaps them`,
  'unreaped-child': ({ build, program, pid, child }) =>
    `${build} is stuck: ${program} (${pid}) does not reap its ended child ${child}`,
  'orphan-build': ({ build, cpuPercent, shouldEnd }) =>
    `${build} is an orphan of nobody${cpuPercent === null ? '' : `, CPU ${cpuPercent}%`}${shouldEnd === true ? '; this Nix should have ended it with its client' : ''}`,
  'stale-client': ({ command, ageSec, tty }) =>
    `${command} is ${lengthText(ageSec * 1000)} old and does nothing${tty === null ? ', without a terminal' : ` on ${tty}`}`,
  paused: ({ build, by, cgroup, fromNixpulse, guard }) =>
    fromNixpulse
      ? `${build} is paused ${guard === true ? 'by the guard' : 'from nixpulse'}`
      : by === 'signal'
        ? `${build} is stopped by a signal`
        : `${build} is frozen${cgroup === null ? '' : ` with its cgroup ${cgroupName(cgroup)}`}`,
};

/** Below what the kernel keeps for itself (vm.min_free_kbytes is up to 64 MB) nobody gets any. */
const nothingLeftBytes = 32 * 1024 ** 2;

/** `grows by 1.2 GB a minute, holds 24 GB (38%): memory is gone in 50 s`. */
function growingText({ residentBytes, sharePercent, bytesPerMin, untilSec }: Growing): string {
  const holds = `by ${bytesText(bytesPerMin)} a minute, holds ${bytesText(residentBytes)} (${sharePercent}%)`;
  if (untilSec === null) return `grew ${holds}`;
  // In a freeze hardly anything grows: what is left is less than a guess of seconds.
  const leftBytes = (untilSec * bytesPerMin) / 60;
  const gone =
    untilSec < 2 || leftBytes < nothingLeftBytes
      ? 'no memory is left'
      : `memory is gone in ${lengthText(untilSec * 1000)}`;
  return `grows ${holds}: ${gone}`;
}
