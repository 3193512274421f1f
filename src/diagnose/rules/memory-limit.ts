/** A limit of memory below the machine's own: of a cgroup that builds are in, of systemd, of an evaluation's service. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Build, Cgroup, Model, ModelEvent } from '../../model/model.ts';
import { contra, pro } from '../judgement.ts';
import { type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';

export const memoryLimitRule: Rule = {
  id: 'memory-limit',
  probes: ['kernel-log'],
  look(scene) {
    const { model } = scene;
    const findings = [...kills(scene), ...model.cgroups.flatMap((cgroup) => met(cgroup, scene))];
    if (model.cgroups.length > 0) {
      const limited = model.cgroups.find(({ limitBytes, highBytes }) => (limitBytes ?? highBytes) !== null);
      if (limited === undefined) return { findings, ground: refuted() };
      const { path, currentBytes, limitBytes, highBytes } = limited;
      const evidence = [pro('path', path, 'text'), pro('limit', limitBytes ?? highBytes, 'bytes')];
      return { findings, ground: unlikely(...evidence, contra('current', currentBytes, 'bytes')) };
    }
    const why = model.builds.length === 0 ? ({ kind: 'time' } as const) : ({ kind: 'unsupported' } as const);
    return { findings, ground: untested(why) };
  },
};

/** One kill at a limit, whoever told of it. */
interface Kill {
  readonly timeMs: number;
  readonly cgroup: string | null;
  readonly victim: string | null;
}

/** The newest of each cgroup, for a while. */
function kills({ model, thresholds, keep }: Scene): readonly FindingDraft[] {
  const fromMs = model.timeMs - thresholds.killToldSec * 1000;
  const newest = new Map<string, Kill>();
  for (const kill of [...toldByKernel(model), ...counted(model.events)]) {
    if (kill.timeMs < fromMs || kill.timeMs > model.timeMs) continue;
    const key = kill.cgroup ?? '';
    const known = newest.get(key);
    // The kernel's line names who was killed, and the counter, which comes later, does not.
    newest.set(key, { ...kill, victim: kill.victim ?? known?.victim ?? null });
  }
  return Array.from(newest, ([key, { timeMs, cgroup, victim }]): FindingDraft => {
    const availableBytes = keep<number | null>(
      `room ${key}`,
      (before) => before ?? model.memory.availableBytes,
    );
    const limited = model.cgroups.find(({ path }) => path === cgroup);
    const limitBytes = limited?.limitBytes ?? limitOfEvent(model.events, cgroup);
    const sinceMs = model.monotonicMs - (model.timeMs - timeMs);
    return {
      subject: cgroup === null ? { kind: 'machine' } : { kind: 'cgroup', cgroup },
      level: 'critical',
      state: 'confirmed',
      found: {
        kind: 'limit-kill',
        cgroup,
        limitBytes,
        victim,
        client: clientIn(cgroup, model),
        availableBytes,
      },
      evidence: [
        pro('events.kind', 'oom-limit', 'text', sinceMs),
        pro('limit', limitBytes, 'bytes'),
        pro('memory.available', availableBytes, 'bytes'),
      ],
      sinceMs,
    };
  });
}

function toldByKernel({ notices }: Model): readonly Kill[] {
  return notices.flatMap((notice) =>
    notice.kind === 'oom-kill' && notice.limited !== null
      ? [{ timeMs: notice.timeMs, cgroup: notice.limited, victim: notice.comm }]
      : [],
  );
}

function counted(events: readonly ModelEvent[]): readonly Kill[] {
  return events.flatMap((event) =>
    event.kind === 'oom-limit' ? [{ timeMs: event.timeMs, cgroup: event.cgroup, victim: event.build }] : [],
  );
}

function limitOfEvent(events: readonly ModelEvent[], cgroup: string | null): number | null {
  const last = events.findLast((event) => event.kind === 'oom-limit' && event.cgroup === cgroup);
  return last?.kind === 'oom-limit' ? last.limitBytes : null;
}

/** Page cache fills every limit, and is given back at once: that alone is no shortage. */
function met(
  { path, metBytes, highBytes, limitBytes, currentBytes }: Cgroup,
  scene: Scene,
): readonly FindingDraft[] {
  const { model, nowMs, thresholds, since } = scene;
  const sinceMs = since(`met ${path}`, metBytes !== null);
  if (sinceMs === null || metBytes === null) return [];
  const inIt = model.builds.filter(({ cgroup }) => isIn(cgroup, path));
  const short = model.shortages.find(
    ({ resource, cause }) => resource === 'memory' && cause.kind === 'limit' && cause.cgroup === path,
  );
  const held = metBytes === highBytes && metBytes !== limitBytes;
  const waits = inIt.some((build) => isHeldUp(build, model));
  const long = nowMs - sinceMs >= thresholds.idleSec * 1000;
  if (short === undefined && !waits && nowMs - sinceMs < thresholds.pauseSec * 1000) return [];
  return [
    {
      subject: { kind: 'cgroup', cgroup: path },
      level:
        (held && waits && long) || short?.level === 'critical'
          ? 'critical'
          : short || waits
            ? 'warning'
            : 'ok',
      state: 'confirmed',
      found: {
        kind: 'limit-met',
        cgroup: path,
        limitBytes: metBytes,
        held,
        builds: inIt.length,
        client: inIt.length > 0 ? null : clientIn(path, model),
        availableBytes: model.memory.availableBytes,
      },
      evidence: [
        pro('met', metBytes, 'bytes', sinceMs),
        pro('current', currentBytes, 'bytes'),
        pro('memory.available', model.memory.availableBytes, 'bytes'),
      ],
      sinceMs,
    },
  ];
}

/** Of several nobody knows which. */
function clientIn(path: string | null, { clients }: Model): string | null {
  const inIt = path === null ? [] : clients.filter(({ cgroup = null }) => isIn(cgroup, path));
  return inIt.length === 1 ? (inIt[0]?.command ?? null) : null;
}

/** It sleeps where the kernel makes those wait that are above memory.high. */
function isHeldUp({ pid, startTime }: Build, { verdicts }: Model): boolean {
  return verdicts.some(
    ({ subject, reason }) =>
      subject.kind === 'build' &&
      subject.pid === pid &&
      subject.startTime === startTime &&
      reason.kind === 'wait' &&
      reason.partner.kind === 'memory-limit',
  );
}

function isIn(path: string | null, cgroup: string): boolean {
  return path !== null && (path === cgroup || path.startsWith(`${cgroup.replace(/\/$/, '')}/`));
}
