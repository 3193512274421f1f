/** Whether a build gets on. Silence is no proof, and CPU alone no progress (docs/diagnosis.md). */
import { isInCgroup } from '../base/cgroup-path.ts';
import type { Asleep, Evidence, Partner, Reason, Sign } from '../model/diagnosis/verdict.ts';
import type { Build } from '../model/model.ts';
import { asleepOf, worksElsewhere } from './asleep.ts';
import { type Context, contra, type Judgement, judge, pro } from './judgement.ts';
import { monotonicOf } from './log-time.ts';
import { type BuildSigns, buildSigns, lastSign } from './signs.ts';
import type { Thresholds } from './thresholds.ts';

/** `usualSec`: what builds of its name take; null: not known. */
export function judgeBuild(signs: BuildSigns, usualSec: number | null, context: Context): Judgement {
  const { build } = signs;
  const judgement = build.paused
    ? pausedOf(signs, context)
    : build.host !== null
      ? remoteOf(signs, build.host, context)
      : localOf(signs, usualSec, context);
  const usual = usualEvidence(build, usualSec, context.thresholds);
  return usual === null ? judgement : { ...judgement, evidence: [...judgement.evidence, usual] };
}

function localOf(signs: BuildSigns, usualSec: number | null, context: Context): Judgement {
  const { nowMs, thresholds } = context;
  if (nowMs - lastSign(signs) >= thresholds.pauseSec * 1000) return idleOf(signs, context);
  return spinOf(signs, context) ?? slowOf(signs, usualSec, context) ?? workingOf(signs, context);
}

function pausedOf(signs: BuildSigns, context: Context): Judgement {
  const { build } = signs;
  const { nowMs } = context;
  const stopped = build.states.T > 0 && build.states.T + build.states.Z === build.processes;
  const evidence = [pro('paused', null, 'flag'), pro('states.T', build.states.T, 'none')];
  const pausedMs = pausedFromMs(signs, context);
  const reason: Reason = {
    kind: 'stopped',
    frozen: !stopped,
    cgroup: stopped ? null : build.cgroup,
    fromNixpulse: pausedMs !== null,
    ...(pausedMs !== null && build.pausedFrom?.guard && { guard: true }),
  };
  if (pausedMs === null) return judge(signs, 'paused', reason, nowMs, { evidence });
  const told = [...evidence, pro('pausedFrom.pid', build.pausedFrom?.pid ?? null, 'none', pausedMs)];
  return judge(signs, 'paused', reason, pausedMs, { evidence: told, atLeast: false });
}

/** Monotonic ms; null: no nixpulse, or one whose pause somebody else has ended since: it was seen to use the CPU after it. */
function pausedFromMs({ build, at, seenMs }: BuildSigns, { model, thresholds }: Context): number | null {
  if (build.pausedFrom === null) return null;
  const sinceMs = monotonicOf(model, build.pausedFrom.timeMs);
  // Its CPU is a mean over half a minute.
  return at.cpu > Math.max(seenMs, sinceMs + 2 * thresholds.pauseSec * 1000) ? null : sinceMs;
}

/** What is seen of it here are the hook and its connection; the rest is its log. */
function remoteOf(signs: BuildSigns, host: string, context: Context): Judgement {
  const { nowMs, thresholds } = context;
  const lastMs = Math.max(lastSign(signs), signs.stirMs);
  if (nowMs - lastMs < thresholds.pauseSec * 1000) return workingOf(signs, context);
  const partner = saidPartner(signs.build, context) ?? { kind: 'builder', host };
  const evidence = flatEvidence(signs, lastMs);
  return judge(signs, 'waiting', { kind: 'wait', partner }, lastMs, { certainty: 'likely', evidence });
}

/** Its goal waits, as the log of its rebuild says. */
function saidPartner({ log }: Build, { model }: Context): Partner | null {
  if (log === null) return null;
  const rebuild = model.rebuilds.find(({ id }) => id === log.rebuild)?.rebuild;
  for (const wait of rebuild?.waits.values() ?? []) {
    if (wait.drv !== log.drv) continue;
    if (wait.for.kind === 'upload-lock')
      return { kind: 'upload-lock', host: wait.for.host, waiting: rebuild?.waits.size ?? 1 };
    if (wait.for.kind === 'machine') return { kind: 'machine' };
  }
  return null;
}

function workingOf(signs: BuildSigns, { nowMs, thresholds }: Context): Judgement {
  const recent: Sign[] = buildSigns.filter(
    (sign) => !signs.unseen.includes(sign) && nowMs - signs.at[sign] < thresholds.pauseSec * 1000,
  );
  return judge(signs, 'working', { kind: 'progress', signs: recent }, nowMs);
}

/** CPU, and nothing but CPU. */
function spinOf(signs: BuildSigns, { nowMs, thresholds }: Context): Judgement | null {
  const { build, busySinceMs, yieldsPerSec, unseen } = signs;
  if (busySinceMs === null || nowMs - signs.at.cpu >= thresholds.pauseSec * 1000) return null;
  const sinceMs = Math.max(busySinceMs, lastSign(signs, 'cpu'));
  const spinMs = nowMs - sinceMs;
  if (spinMs < thresholds.spinSec * 1000 || worksElsewhere(build)) return null;
  const yields = (yieldsPerSec ?? 0) >= thresholds.yieldsPerSec;
  const blind = unseen.includes('io') || unseen.includes('lines') || unseen.includes('resident');
  const little = (build.cpuPercent ?? 0) < thresholds.spinPercent;
  const enoughSec = yields
    ? thresholds.spinYieldSec
    : blind || little
      ? thresholds.spinBlindSec
      : thresholds.spinStuckSec;
  const stuck = spinMs >= enoughSec * 1000;
  const evidence = [
    pro('cpu', round(build.cpuPercent), 'cpu', busySinceMs),
    ...flatEvidence(signs, sinceMs).filter(({ field }) => field !== 'cpu'),
    ...(yields ? [pro('switches', round(yieldsPerSec), 'per second')] : []),
  ];
  const more: Partial<Judgement> = { certainty: 'likely', evidence };
  return judge(signs, stuck ? 'stuck' : 'slow', { kind: 'spinning', yields }, sinceMs, more);
}

function slowOf(signs: BuildSigns, usualSec: number | null, context: Context): Judgement | null {
  const { model, nowMs, thresholds } = context;
  const { build, at, unseen } = signs;
  for (const shortage of model.shortages) {
    const { resource, level } = shortage;
    if (level !== 'critical' || resource === 'space') continue;
    const evidence = [pro(`shortages.${resource}`, level, 'text', shortage.levelSinceMs)];
    return judge(signs, 'slow', { kind: 'short', resource }, shortage.levelSinceMs, { evidence });
  }
  const percent = usualPercent(build, usualSec, thresholds);
  if (percent !== null && percent >= thresholds.overduePercent)
    return judge(signs, 'slow', { kind: 'overdue' }, nowMs - lateBy(build, usualSec) * 1000);
  const quietMs = Math.max(at.lines, at.processes);
  if (unseen.includes('lines') || nowMs - quietMs < thresholds.quietSec * 1000) return null;
  const evidence = [
    pro('log.lines', build.log?.lines ?? null, 'none', at.lines),
    pro('processes', build.processes, 'none', at.processes),
    contra('cpu', round(build.cpuPercent), 'cpu'),
  ];
  return judge(signs, 'slow', { kind: 'quiet' }, quietMs, { evidence });
}

function idleOf(signs: BuildSigns, context: Context): Judgement {
  const { nowMs, thresholds, model } = context;
  const { build } = signs;
  const sinceMs = lastSign(signs);
  const idleSec = (nowMs - sinceMs) / 1000;
  const stirs = nowMs - Math.max(signs.stirMs, signs.seenMs) < thresholds.idleSec * 1000;
  const asleep = asleepOf(build);
  const evidence = [
    ...flatEvidence(signs, sinceMs),
    ...asleepEvidence(asleep),
    // A little CPU, or context switches.
    ...(stirs ? [contra('switches', null, 'none')] : []),
  ];
  const unseen: Judgement['unseen'] = canSeeWhere(build) ? signs.unseen : [...signs.unseen, 'wchan'];
  const waits = (partner: Partner): Judgement =>
    judge(signs, 'waiting', { kind: 'wait', partner }, sinceMs, { evidence, unseen });
  const idle = (stuckAfterSec: number, sure: boolean): Judgement => {
    const certainty = sure && !unseen.includes('io') && !unseen.includes('wchan') ? 'certain' : 'likely';
    const state = idleSec >= stuckAfterSec ? 'stuck' : 'slow';
    return judge(signs, state, { kind: 'idle', asleep }, sinceMs, { certainty, evidence, unseen });
  };
  switch (asleep?.kind) {
    case 'virtual-machine':
    case 'timer': {
      // What wakes again and again and does nothing waits for something else.
      if (asleep.kind === 'timer' && stirs) return idle(thresholds.restlessSec, false);
      const { kind, pid, program } = asleep;
      return idleSec < thresholds.timerSec ? waits({ kind, pid, program }) : idle(thresholds.timerSec, false);
    }
    case 'network': {
      const { kind, pid, program } = asleep;
      const waiting = stirs || idleSec < thresholds.networkSec;
      return waiting ? waits({ kind, pid, program }) : idle(thresholds.networkSec, false);
    }
    case 'memory-limit':
      return waits({ kind: 'memory-limit', ...limitOf(build, context) });
    case 'runnable':
      return judge(signs, 'slow', { kind: 'short', resource: 'cpu' }, sinceMs, { evidence, unseen });
    case 'disk': {
      if (model.shortages.some(({ resource }) => resource === 'memory')) return waits({ kind: 'swap' });
      if (idleSec >= thresholds.idleSec) return idle(thresholds.idleSec, true);
      return waits({ kind: 'disk', device: stalledDevice(context) });
    }
    case 'unknown':
      return idle(asleep.wchan === null || stirs ? thresholds.blindSec : thresholds.idleSec, !stirs);
    case 'zombies':
      return idle(thresholds.idleSec, true);
    default:
      return stirs ? idle(thresholds.restlessSec, false) : idle(thresholds.idleSec, true);
  }
}

function limitOf(
  { cgroup }: Build,
  { model }: Context,
): { cgroup: string | null; limitBytes: number | null } {
  const met = model.cgroups.find(({ path, metBytes }) => metBytes !== null && isInCgroup(cgroup, path));
  return { cgroup: met?.path ?? cgroup, limitBytes: met?.metBytes ?? null };
}

function stalledDevice({ model }: Context): string | null {
  return model.disks.find(({ stalledSec }) => stalledSec !== null)?.device ?? null;
}

function canSeeWhere({ tree, states, processes }: Build): boolean {
  if (states.Z === processes) return true;
  return tree.some(({ state, progress }) => state === 'D' || progress?.wchan != null);
}

/** What of it does not move, and since when. */
function flatEvidence({ build, at, unseen, residentMark }: BuildSigns, sinceMs: number): readonly Evidence[] {
  const flat = (sign: BuildSigns['unseen'][number], evidence: () => Evidence) =>
    unseen.includes(sign) || at[sign] > sinceMs ? [] : [evidence()];
  return [
    ...flat('cpu', () => pro('cpu', round(build.cpuPercent), 'cpu', at.cpu)),
    ...flat('io', () => pro('write', build.writeBytesPerSec, 'bytes/s', at.io)),
    ...flat('processes', () => pro('processes', build.processes, 'none', at.processes)),
    ...flat('lines', () => pro('log.lines', build.log?.lines ?? null, 'none', at.lines)),
    ...flat('resident', () => pro('resident', residentMark, 'bytes', at.resident)),
  ];
}

function asleepEvidence(asleep: Asleep | null): readonly Evidence[] {
  if (asleep === null) return [];
  if (asleep.kind === 'zombies') return [pro('states.Z', null, 'none')];
  return asleep.wchan === null ? [] : [pro('wchan', asleep.wchan, 'text')];
}

/** Null before it is worth a word. */
function usualPercent(build: Build, usualSec: number | null, thresholds: Thresholds): number | null {
  const { ageSec } = build;
  if (ageSec === null || usualSec === null || usualSec <= 0) return null;
  return lateBy(build, usualSec) >= thresholds.overdueSec ? (100 * ageSec) / usualSec : null;
}

function lateBy({ ageSec }: Build, usualSec: number | null): number {
  return (ageSec ?? 0) - (usualSec ?? 0);
}

function usualEvidence(build: Build, usualSec: number | null, thresholds: Thresholds): Evidence | null {
  const percent = usualPercent(build, usualSec, thresholds);
  if (percent === null || percent < thresholds.overduePercent) return null;
  // In whole hundreds: it is said again only when it has become another.
  return pro('usual', Math.floor(percent / 100) * 100, 'percent');
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
