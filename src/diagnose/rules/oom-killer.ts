/** The OOM killer: switched off, kept from the builds, or aimed at another than who took the memory. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import { isForMemory } from '../../model/machine/killers.ts';
import type { Model } from '../../model/model.ts';
import { contra, pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import { pressed } from '../pressed.ts';
import { type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';

export const oomKillerRule: Rule = {
  id: 'oom-killer',
  probes: ['kernel-log'],
  look(scene) {
    const { model } = scene;
    const findings = [...ofKernel(model), ...ofDaemon(model), ...ofCgroups(model), ...bystanders(scene)];
    if (model.health === null) return { findings, ground: untested({ kind: 'time' }) };
    const { panicOnOom, overcommitMemory } = model.health.kernel;
    if (panicOnOom === null || overcommitMemory === null)
      return { findings, ground: untested({ kind: 'unsupported' }) };
    const kernel = [
      contra('health.kernel.panicOnOom', panicOnOom, 'none'),
      contra('health.kernel.overcommitMemory', overcommitMemory, 'none'),
    ];
    const adjusted = model.health.daemon?.oomScoreAdj ?? null;
    if (adjusted !== null)
      return { findings, ground: refuted(...kernel, contra('health.daemon.oomScoreAdj', adjusted, 'none')) };
    // Without a daemon builds have their client's; that of one that is there was not read.
    return { findings, ground: model.daemon.pid === null ? refuted(...kernel) : unlikely(...kernel) };
  },
};

/** vm.rst (Documentation/admin-guide/sysctl): 1 panics when the machine is out of memory, 2 always; overcommit 2: never. */
function ofKernel({ health }: Model): readonly FindingDraft[] {
  const { panicOnOom = null, overcommitMemory = null } = health?.kernel ?? {};
  return [
    ...(panicOnOom !== null && panicOnOom > 0
      ? [
          setting({ kind: 'oom-panic', panicOnOom }, 'warning', [
            pro('health.kernel.panicOnOom', panicOnOom, 'none'),
          ]),
        ]
      : []),
    ...(overcommitMemory === 2
      ? [
          setting({ kind: 'overcommit-never' }, 'warning', [
            pro('health.kernel.overcommitMemory', overcommitMemory, 'none'),
          ]),
        ]
      : []),
  ];
}

/** OOM_SCORE_ADJ_MIN of include/uapi/linux/oom.h: never killed. Children inherit it. */
const never = -1000;

function ofDaemon({ health }: Model): readonly FindingDraft[] {
  const adjusted = health?.daemon?.oomScoreAdj ?? null;
  if (adjusted === null || adjusted > never) return [];
  const evidence = [pro('health.daemon.oomScoreAdj', adjusted, 'none')];
  return [setting({ kind: 'oom-immune', oomScoreAdj: adjusted }, 'warning', evidence)];
}

function setting(
  found: FindingDraft['found'],
  level: FindingDraft['level'],
  evidence: FindingDraft['evidence'],
): FindingDraft {
  return { subject: { kind: 'machine' }, level, state: 'confirmed', found, evidence, sinceMs: null };
}

/** Above memory.high everybody in it is slowed down without end, and nobody is killed, unless memory.max is near. */
function ofCgroups({ cgroups }: Model): readonly FindingDraft[] {
  return cgroups.flatMap(({ path, highBytes, limitBytes, metBytes, currentBytes }): FindingDraft[] => {
    if (highBytes === null || limitBytes !== null) return [];
    return [
      {
        subject: { kind: 'cgroup', cgroup: path },
        level: metBytes === highBytes ? 'warning' : 'ok',
        state: 'confirmed',
        found: { kind: 'high-alone', cgroup: path, highBytes },
        evidence: [pro('high', highBytes, 'bytes'), pro('current', currentBytes, 'bytes')],
        sinceMs: null,
      },
    ];
  });
}

/** Who was killed is none of the builds, and one of them, or an evaluation, held much: the newest of each cgroup. */
function bystanders({ model, thresholds }: Scene): readonly FindingDraft[] {
  const fromMs = model.timeMs - thresholds.killToldSec * 1000;
  const leastBytes = (thresholds.leakPercent / 100) * (model.memory.totalBytes ?? Number.POSITIVE_INFINITY);
  // Afterwards it is history.
  const isShort = pressed(model, 'memory') !== undefined;
  const newest = new Map<string, FindingDraft>();
  for (const event of model.events) {
    if (event.kind !== 'killed' || !isForMemory(event)) continue;
    const { killer } = event;
    if (killer === 'limit') continue;
    const { timeMs, cgroup, comm, pid, build, builds, command } = event;
    if (timeMs < fromMs || timeMs > model.timeMs) continue;
    // A build, several at once, or a client of Nix.
    if (build !== null || builds > 0 || command !== null) continue;
    const cause = event.causeBuild ?? event.causeCommand;
    const residentBytes = event.causeResidentBytes;
    if (cause === null || residentBytes === null || residentBytes < leastBytes) continue;
    const sinceMs = monotonicOf(model, timeMs);
    newest.set(cgroup ?? '', {
      subject: cgroup === null ? { kind: 'machine' } : { kind: 'cgroup', cgroup },
      level: isShort || model.timeMs - timeMs < thresholds.pauseSec * 1000 ? 'critical' : 'warning',
      state: 'likely',
      found: {
        kind: 'oom-bystander',
        by: killer,
        victim: comm ?? cgroup?.split('/').at(-1) ?? `process ${pid ?? ''}`,
        cause,
        residentBytes,
      },
      evidence: [pro('events.kind', 'killed', 'text', sinceMs), pro('resident', residentBytes, 'bytes')],
      sinceMs,
    });
  }
  return [...newest.values()];
}
