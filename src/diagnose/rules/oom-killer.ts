/** The OOM killer: switched off, kept from the builds, or aimed at another than who took the memory. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { KilledProcess, Notice } from '../../model/diagnosis/notice.ts';
import type { Build, Model } from '../../model/model.ts';
import { pro } from '../judgement.ts';
import { type Rule, refuted, type Scene, untested } from '../rule.ts';

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
    return {
      findings,
      ground: refuted(
        pro('health.kernel.panicOnOom', panicOnOom, 'none'),
        pro('health.kernel.overcommitMemory', overcommitMemory, 'none'),
        pro('health.daemon.oomScoreAdj', model.health.daemon?.oomScoreAdj ?? null, 'none'),
      ),
    };
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

type Killed = Extract<Notice, { readonly kind: 'oom-kill' | 'guard-kill' }>;

/** Who was killed is none of the builds, and one of them held most of the memory: the newest of each cgroup. */
function bystanders({ model, thresholds, keep }: Scene): readonly FindingDraft[] {
  const fromMs = model.timeMs - thresholds.killToldSec * 1000;
  const newest = new Map<string, FindingDraft>();
  for (const notice of model.notices) {
    if (notice.kind !== 'oom-kill' && notice.kind !== 'guard-kill') continue;
    const { timeMs, cgroup, comm, pid } = notice;
    if (timeMs < fromMs || timeMs > model.timeMs) continue;
    const victim = comm ?? cgroup?.split('/').at(-1) ?? `process ${pid ?? ''}`;
    // As it was when it was told: whose user it was may be another's a moment later.
    const cause = keep<Cause | null>(`kill ${timeMs} ${victim}`, (before) =>
      before === undefined ? causeOf(notice, model, thresholds.leakPercent) : before,
    );
    if (cause === null) continue;
    const sinceMs = model.monotonicMs - (model.timeMs - timeMs);
    newest.set(cgroup ?? '', {
      subject: cgroup === null ? { kind: 'machine' } : { kind: 'cgroup', cgroup },
      level: 'critical',
      state: 'likely',
      found: {
        kind: 'oom-bystander',
        by: notice.kind === 'guard-kill' ? notice.by : 'kernel',
        victim,
        ...cause,
      },
      evidence: [
        pro('notices.kind', notice.kind, 'text', sinceMs),
        pro('resident', cause.residentBytes, 'bytes'),
      ],
      sinceMs,
    });
  }
  return [...newest.values()];
}

interface Cause {
  readonly build: string;
  readonly residentBytes: number;
}

/** The build with the most memory, if that is a share worth the name; null where it, or another, was the victim. */
function causeOf(notice: Killed, { builds, memory }: Model, leastPercent: number): Cause | null {
  if (isOfBuild(notice, builds)) return null;
  let most: Build | null = null;
  for (const build of builds) if ((build.residentBytes ?? 0) > (most?.residentBytes ?? 0)) most = build;
  const residentBytes = most?.residentBytes ?? 0;
  if (most === null || residentBytes < (leastPercent / 100) * (memory.totalBytes ?? Number.POSITIVE_INFINITY))
    return null;
  return { build: most.name ?? `${most.pid}`, residentBytes };
}

function isOfBuild({ pid, uid, cgroup }: KilledProcess, builds: readonly Build[]): boolean {
  return builds.some(
    (build) =>
      (uid !== null && uid !== 0 && build.uid === uid) ||
      build.tree.some((process) => process.pid === pid) ||
      (cgroup !== null && (build.cgroup === cgroup || build.cgroup?.startsWith(`${cgroup}/`) === true)),
  );
}
