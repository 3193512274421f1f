/** Whether memory and swap are enough for evaluation and builds, as far as that can be said before. */
import type { CheckItem, CheckState } from '../../model/advice/check.ts';
import type { RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import { unseen } from '../unseen.ts';
import { largeBuilds, planIn } from './plan.ts';

const GiB = 1024 ** 3;
/** NixOS evaluates in about as much, and nothing is left for a build then. */
const leastBytes = 1 * GiB;
/** A compiler of C++ or Rust in one of the large builds, at its peak; `cores` of them run at once. */
const compilerBytes = 1 * GiB;
const usualCpus = 1;

type Facts = Pick<RebuildFacts, 'machine' | 'dryRun' | 'settings' | 'memoryLimit'>;

export function memoryItem(facts: Facts): CheckItem {
  const { machine, memoryLimit } = facts;
  const { availableBytes, totalBytes, swapTotalBytes, swapUsedBytes, oomKills } = machine.memory;
  if (availableBytes === null) return unseen('memory', null, { kind: 'unsupported', where: '/proc/meminfo' });
  const swapFreeBytes = swapTotalBytes === null ? null : Math.max(0, swapTotalBytes - (swapUsedBytes ?? 0));
  const machineBytes = availableBytes + (swapFreeBytes ?? 0);
  const ownBytes = memoryLimit === null ? null : memoryLimit.limitBytes - memoryLimit.usedBytes;
  const evaluationBytes = facts.dryRun?.ok === true ? facts.dryRun.value.run.peakBytes : null;
  const { largeCount, buildBytes } = buildsOf(facts);
  const tight = ownBytes !== null && ownBytes < machineBytes;
  // Builds of a daemon are not in our own cgroup; the evaluation is.
  const state = worse(
    judged(machineBytes, (evaluationBytes ?? 0) + (buildBytes ?? 0)),
    tight ? judged(ownBytes, evaluationBytes ?? 0) : 'ok',
  );
  return {
    id: 'memory',
    subject: null,
    state,
    found: {
      kind: 'memory',
      ...{
        availableBytes,
        totalBytes,
        swapFreeBytes,
        evaluationBytes,
        largeBuilds: largeCount,
        buildBytes,
        oomKills,
      },
      limit:
        tight && memoryLimit !== null
          ? { cgroup: memoryLimit.cgroup, limitBytes: memoryLimit.limitBytes }
          : null,
    },
  };
}

/** An estimate never fails: what it stands on is usual, and not certain. */
function judged(bytes: number, neededBytes: number): CheckState {
  return bytes < Math.max(leastBytes, neededBytes) ? 'warning' : 'ok';
}

function worse(a: CheckState, b: CheckState): CheckState {
  return a === 'ok' ? b : a;
}

/** Of what is known to take much: as many at once as there are jobs, each with as many compilers as it may have cores. */
function buildsOf(facts: Facts): { readonly largeCount: number; readonly buildBytes: number | null } {
  const plan = planIn(facts);
  const settings = facts.settings.ok ? facts.settings.value : null;
  if (plan === null || settings === null) return { largeCount: 0, buildBytes: null };
  const largeCount = settings.maxJobs === 0 ? 0 : largeBuilds(plan).length;
  if (largeCount === 0) return { largeCount, buildBytes: 0 };
  const cpus = facts.machine.cpu.cpus ?? facts.machine.host.cpus ?? usualCpus;
  const cores = settings.cores === null || settings.cores === 0 ? cpus : settings.cores;
  const atOnce = Math.min(largeCount, settings.maxJobs ?? 1);
  // More than there are CPUs do not all grow at once.
  return { largeCount, buildBytes: Math.min(atOnce * cores, cpus * 2) * compilerBytes };
}
