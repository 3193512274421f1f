/** A limit of memory below the machine's own: of a cgroup that builds are in, of systemd, of an evaluation's service. */

import { isInCgroup } from '../../base/cgroup-path.ts';
import { type IdentityKey, identityKey } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Build, Cgroup, Client, Model, ModelEvent } from '../../model/model.ts';
import { nameOfProcess } from '../../model/nix-store/store-path.ts';
import { nameOfBuild } from '../build-name.ts';
import { followGrowth } from '../follow-growth.ts';
import { type Growth, type Leak, nextGrowth } from '../growth.ts';
import { contra, pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import { pressed } from '../pressed.ts';
import { noneSeen, type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';

export const memoryLimitRule: Rule = {
  id: 'memory-limit',
  probes: ['kernel-log'],
  look(scene) {
    const { model } = scene;
    const findings = [...kills(scene), ...limitsMet(scene), ...together(scene)];
    if (model.cgroups.length > 0) {
      const limited = model.cgroups.find(({ limitBytes, highBytes }) => (limitBytes ?? highBytes) !== null);
      if (limited === undefined) return { findings, ground: refuted() };
      const { path, currentBytes, limitBytes, highBytes } = limited;
      const evidence = [pro('path', path, 'text'), pro('limit', limitBytes ?? highBytes, 'bytes')];
      return { findings, ground: unlikely(...evidence, contra('current', currentBytes, 'bytes')) };
    }
    // An evaluation may meet the limit of its own cgroup, and that is not seen.
    const isIdle = model.builds.length === 0 && model.clients.length === 0;
    return { findings, ground: isIdle ? noneSeen('builds', model) : untested({ kind: 'unsupported' }) };
  },
};

/** One kill at a limit, whoever told of it. */
interface Kill {
  readonly timeMs: number;
  readonly cgroup: string | null;
  /** A build, or a program. */
  readonly victim: string | null;
  readonly client: string | null;
  readonly limitBytes: number | null;
}

/** The newest of each cgroup, for a while. */
function kills(scene: Scene): readonly FindingDraft[] {
  const { model, thresholds, keep } = scene;
  const fromMs = model.timeMs - thresholds.killToldSec * 1000;
  const newest = new Map<string, Kill>();
  for (const kill of told(model.events)) {
    if (kill.timeMs >= fromMs && kill.timeMs <= model.timeMs) newest.set(kill.cgroup ?? '', kill);
  }
  return Array.from(newest, ([key, { timeMs, cgroup, victim, client, ...kill }]): FindingDraft => {
    const availableBytes = keep<number | null>(
      `room ${key}`,
      (before) => before ?? model.memory.availableBytes,
    );
    const limitBytes =
      kill.limitBytes ?? model.cgroups.find(({ path }) => path === cgroup)?.limitBytes ?? null;
    const sinceMs = monotonicOf(model, timeMs);
    return {
      subject: cgroup === null ? { kind: 'machine' } : { kind: 'cgroup', cgroup },
      level: mayKillAgain({ key, timeMs, cgroup, limitBytes }, scene) ? 'critical' : 'warning',
      state: 'confirmed',
      found: {
        kind: 'limit-kill',
        cgroup,
        limitBytes,
        victim,
        client: client ?? clientIn(cgroup, model),
        availableBytes,
      },
      evidence: [
        pro('events.kind', 'killed', 'text', sinceMs),
        pro('limit', limitBytes, 'bytes'),
        pro('memory.available', availableBytes, 'bytes'),
      ],
      sinceMs,
    };
  });
}

/**
 * It has just happened, the limit is met under pressure, or what is in the cgroup will have filled the rest of it soon.
 * Else what was killed is history: its build has ended, or goes on with what there is.
 */
function mayKillAgain(
  {
    key,
    timeMs,
    cgroup,
    limitBytes,
  }: Pick<Kill, 'timeMs' | 'cgroup' | 'limitBytes'> & { readonly key: string },
  { model, nowMs, thresholds, keep }: Scene,
): boolean {
  const inIt = <Work extends Build | Client>(one: Work) => isInCgroup(one.cgroup ?? null, cgroup ?? '');
  const workers = cgroup === null ? [] : [...model.builds.filter(inIt), ...model.clients.filter(inIt)];
  const bytes = workers.reduce((sum, { residentBytes }) => sum + (residentBytes ?? 0), 0);
  const room = limitBytes === null ? null : Math.max(0, limitBytes - bytes);
  // As leaks are followed, with the cgroup as the machine.
  const { bytesPerSec } = keep<Growth>(`grows ${key}`, (before) =>
    nextGrowth(
      before,
      { bytes, measure: 'rss' },
      { model: { memory: { ...model.memory, availableBytes: room }, shortages: [] }, nowMs, thresholds },
    ),
  );
  if (model.timeMs - timeMs < thresholds.pauseSec * 1000) return true;
  const short = model.shortages.some(
    ({ resource, cause }) => resource === 'memory' && cause.kind === 'limit' && cause.cgroup === cgroup,
  );
  return short || (room !== null && bytesPerSec !== null && room / bytesPerSec <= thresholds.leakUntilSec);
}

/** A kill that kernel, counter or both told of. */
function told(events: readonly ModelEvent[]): readonly Kill[] {
  return events.flatMap((event): readonly Kill[] => {
    if (event.kind === 'oom-limit') {
      const { timeMs, cgroup, build, limitBytes } = event;
      return [{ timeMs, cgroup, victim: build, client: null, limitBytes }];
    }
    if (event.kind !== 'killed' || event.killer !== 'limit') return [];
    const { timeMs, cgroup, build, comm, command, limitBytes } = event;
    return [
      {
        timeMs,
        cgroup,
        victim: build ?? (comm === null ? null : nameOfProcess(comm)),
        client: command,
        limitBytes,
      },
    ];
  });
}

function limitsMet(scene: Scene): readonly FindingDraft[] {
  const { cgroups, verdicts } = scene.model;
  const heldUp = heldUpBuilds(verdicts);
  return cgroups.flatMap((cgroup) => met(cgroup, heldUp, scene));
}

/** Page cache fills every limit, and is given back at once: that alone is no shortage. */
function met(
  { path, metBytes, highBytes, limitBytes, currentBytes }: Cgroup,
  heldUp: ReadonlySet<IdentityKey>,
  scene: Scene,
): readonly FindingDraft[] {
  const { model, nowMs, thresholds, since } = scene;
  const sinceMs = since(`met ${path}`, metBytes !== null);
  if (sinceMs === null || metBytes === null) return [];
  const inIt = model.builds.filter(({ cgroup }) => isInCgroup(cgroup, path));
  const short = model.shortages.find(
    ({ resource, cause }) => resource === 'memory' && cause.kind === 'limit' && cause.cgroup === path,
  );
  const held = metBytes === highBytes && metBytes !== limitBytes;
  const waits = inIt.some((build) => heldUp.has(identityKey(build)));
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
  const inIt = path === null ? [] : clients.filter(({ cgroup = null }) => isInCgroup(cgroup, path));
  return inIt.length === 1 ? (inIt[0]?.command ?? null) : null;
}

/**
 * The limit is the machine's: many builds, each of which takes an honest part. By its pressure, or where next to nothing
 * is left and that is gone within a minute: pressure comes when it is too late.
 */
function together(scene: Scene): readonly FindingDraft[] {
  const { model, thresholds } = scene;
  const { memory, totals, builds } = model;
  const { totalBytes, availableBytes } = memory;
  const nixBytes = totals.residentBytes;
  if (totalBytes === null || nixBytes === null) return [];
  const growth = followGrowth('together', { bytes: nixBytes, measure: 'rss' }, scene);
  const alone = growsAlone(scene, totalBytes);
  const short = shortTogether(scene, growth);
  if (short === null || builds.length < 2) return [];
  const holding = builds.toSorted((a, b) => (b.residentBytes ?? 0) - (a.residentBytes ?? 0));
  const [heaviest] = holding;
  const heaviestBytes = heaviest?.residentBytes ?? 0;
  const share = (bytes: number) => (100 * bytes) / totalBytes;
  if (heaviest === undefined || share(nixBytes) < thresholds.togetherPercent) return [];
  // One of so much is a leak or a large link: that is said of it alone.
  if (short.pressed ? share(heaviestBytes) >= thresholds.leakLargePercent : alone) return [];
  return [
    {
      subject: { kind: 'machine' },
      level: short.level,
      state: 'likely',
      found: {
        kind: 'machine-met',
        builds: builds.length,
        nixBytes,
        totalBytes,
        heaviest: nameOfBuild(heaviest),
        heaviestBytes,
      },
      evidence: [
        ...short.evidence,
        pro('totals.resident', nixBytes, 'bytes'),
        pro('memory.available', availableBytes, 'bytes'),
      ],
      sinceMs: short.sinceMs,
    },
  ];
}

function shortTogether(
  { model, nowMs, thresholds }: Scene,
  growth: Leak | null,
): (Pick<FindingDraft, 'level' | 'evidence' | 'sinceMs'> & { readonly pressed: boolean }) | null {
  const short = pressed(model, 'memory');
  if (short !== undefined) {
    const { level, levelSinceMs, sinceMs } = short;
    const evidence = [pro('shortages.memory', level, 'text', levelSinceMs)];
    return { level, evidence, sinceMs, pressed: true };
  }
  if (growth?.level !== 'critical') return null;
  // It has stopped growing, and nothing waits for memory: there was enough of it.
  if (growth.untilSec === null && nowMs - growth.sinceMs >= thresholds.pauseSec * 1000) return null;
  // Since it is short, which is now.
  const evidence = [pro('residentGrowth', growth.bytesPerMin, 'bytes/min', growth.sinceMs)];
  return { level: 'critical', evidence, sinceMs: null, pressed: false };
}

/** One that is large enough to be blamed grows so fast by itself: the rules of leaks say so. */
function growsAlone(scene: Scene, totalBytes: number): boolean {
  const { builds, clients } = scene.model;
  const leastBytes = (scene.thresholds.leakLargePercent / 100) * totalBytes;
  let found = false;
  for (const one of [...builds, ...clients]) {
    const { residentBytes } = one;
    if (residentBytes === null || residentBytes < leastBytes) continue;
    const measure = 'residentBy' in one ? one.residentBy : 'rss';
    const leak = followGrowth(`alone ${identityKey(one)}`, { bytes: residentBytes, measure }, scene);
    if (leak?.level === 'critical') found = true;
  }
  return found;
}

/** Those that sleep where the kernel makes wait who is above memory.high. */
function heldUpBuilds(verdicts: Model['verdicts']): ReadonlySet<IdentityKey> {
  const held = new Set<IdentityKey>();
  for (const { subject, reason } of verdicts)
    if (subject.kind === 'build' && reason.kind === 'wait' && reason.partner.kind === 'memory-limit')
      held.add(identityKey(subject));
  return held;
}
