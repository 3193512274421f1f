/** Whether a client gets on, or a rebuild that is known by its log alone: by its builds, its log, its processes. */
import type { Partner, Reason, Verdict, VerdictState } from '../model/diagnosis/verdict.ts';
import type { Build } from '../model/model.ts';
import type { Rebuild, Transfer } from '../model/rebuild/rebuild.ts';
import { type ClientSigns, type ClientSubject, clientSigns, lastClientSign } from './client-signs.ts';
import { endsByItself } from './ends-by-itself.ts';
import { type Context, type Judgement, judge, pro } from './judgement.ts';
import { hookPartner, joined, lockPartner, loggedWait, unitPartner } from './waits.ts';

/** A build of the one who is judged, with its verdict. */
export interface JudgedBuild {
  readonly build: Build;
  readonly verdict: Verdict;
}

export function judgeClient(
  subject: ClientSubject,
  signs: ClientSigns,
  builds: readonly JudgedBuild[],
  context: Context,
): Judgement {
  const { nowMs, thresholds } = context;
  const { rebuild } = signs;
  const recentMs = nowMs - thresholds.pauseSec * 1000;
  if (builds.some(({ verdict }) => verdict.state === 'working')) return working(signs, context);
  if (rebuild !== null && (signs.at.transfers > recentMs || signs.at.evaluation > recentMs))
    return working(signs, context);
  const ofBuilds = buildsJudgement(builds, signs);
  if (ofBuilds !== null) return ofBuilds;
  const waits = waitOf(subject, signs, context);
  if (waits !== null) return waits;
  return spinning(subject, signs, context) ?? standing(subject, signs, context);
}

function working(signs: ClientSigns, { nowMs, thresholds }: Context): Judgement {
  const recent = clientSigns.filter(
    (sign) => !signs.unseen.includes(sign) && nowMs - signs.at[sign] < thresholds.pauseSec * 1000,
  );
  return judge(signs, 'working', { kind: 'progress', signs: recent }, nowMs);
}

/** The best state of any of its builds is its own. */
const best: readonly VerdictState[] = ['working', 'slow', 'waiting', 'paused', 'stuck'];

function buildsJudgement(builds: readonly JudgedBuild[], signs: ClientSigns): Judgement | null {
  const state = best.find((one) => builds.some(({ verdict }) => verdict.state === one));
  if (state === undefined || state === 'working') return null;
  const alike = builds.filter(({ verdict }) => verdict.state === state);
  const longest = alike.reduce((a, b) => (b.verdict.sinceMs < a.verdict.sinceMs ? b : a));
  // Since none of them gets on.
  const sinceMs = Math.max(...builds.map(({ verdict }) => verdict.sinceMs));
  const { pid, startTime } = longest.build;
  const reason: Reason = {
    kind: 'builds',
    standing: alike.length,
    of: builds.length,
    build: { pid, startTime },
  };
  const { certainty, evidence } = longest.verdict;
  return judge(signs, state, reason, sinceMs, { certainty, evidence });
}

function waitOf(subject: ClientSubject, signs: ClientSigns, context: Context): Judgement | null {
  const { model, nowMs } = context;
  const { client, workers } = subject;
  const locked = client?.waitsFor ?? workers.find(({ waitsFor }) => waitsFor !== null)?.waitsFor ?? null;
  const { rebuild } = signs;
  const logged = rebuild === null ? null : loggedWait(rebuild);
  const since = (unixMs: number) => nowMs - Math.max(0, model.timeMs - unixMs);
  const waits = (partner: Partner, sinceMs: number) =>
    judge(signs, 'waiting', { kind: 'wait', partner }, sinceMs);
  if (logged !== null) return waits(joined(logged.partner, locked), since(logged.sinceMs));
  if (locked !== null) return waits(lockPartner(locked), nowMs);
  const hook = rebuild?.hooks.values().next().value;
  if (hook !== undefined) return waits(hookPartner(hook.drv, subject.workers), since(hook.sinceMs));
  const transfers = rebuild === null ? null : transfersOf(rebuild, signs, context, since);
  if (transfers !== null) return transfers;
  const remote =
    rebuild === null ? undefined : [...rebuild.running.values()].find(({ host }) => host !== null);
  if (remote?.host != null) return waits({ kind: 'builder', host: remote.host }, signs.at.steps);
  if (client?.waitsForUnit !== undefined && nowMs - signs.at.cpu >= context.thresholds.pauseSec * 1000)
    return waits(unitPartner(client, client.waitsForUnit, model), signs.at.cpu);
  return null;
}

/** Under way, none of which has moved for a moment. */
function transfersOf(
  rebuild: Rebuild,
  signs: ClientSigns,
  context: Context,
  since: (unixMs: number) => number,
): Judgement | null {
  const { nowMs, thresholds } = context;
  const { transfers } = rebuild;
  if (transfers.size === 0) return null;
  let stalled: Transfer | null = null;
  let stalledMs = Number.POSITIVE_INFINITY;
  let moving = 0;
  let first: Transfer | null = null;
  for (const transfer of transfers.values()) {
    if (first === null || transfer.startedMs < first.startedMs) first = transfer;
    // What has not begun waits for a slot, for its cache, or for another client that fetches the same.
    if (transfer.state !== 'moving' || transfer.lookup || isDone(transfer)) continue;
    moving += 1;
    const movedMs = transfer.movedMs ?? transfer.startedMs;
    if (movedMs < stalledMs) [stalled, stalledMs] = [transfer, movedMs];
  }
  const sinceMs = Math.max(signs.at.transfers, since(stalled === null ? (first?.startedMs ?? 0) : stalledMs));
  const standsMs = nowMs - sinceMs;
  // Others end, begin, are asked about: the rebuild goes on beside it.
  const goesOn = nowMs - Math.max(signs.at.steps, signs.at.evaluation) < thresholds.pauseSec * 1000;
  if (standsMs < thresholds.transferSec * 1000 || goesOn) return working(signs, context);
  if (stalled === null || standsMs < thresholds.stalledTransferSec * 1000) {
    const peer = (stalled ?? first)?.peer ?? null;
    const partner: Partner = { kind: 'cache', peer, moving, asked: transfers.size - moving };
    return judge(signs, 'waiting', { kind: 'wait', partner }, sinceMs);
  }
  const { direction, path, peer, bytes, expectedBytes } = stalled;
  const reason: Reason = { kind: 'transfer', direction, path, peer, bytes, expectedBytes };
  const evidence = [pro('transfers.bytes', bytes, 'bytes', sinceMs)];
  return judge(signs, 'stuck', reason, sinceMs, { certainty: 'likely', evidence });
}

/** All is there; what follows is unpacked and registered without a word. */
function isDone({ bytes, expectedBytes, direction }: Transfer): boolean {
  return direction === 'fetch' && expectedBytes !== null && expectedBytes > 0 && bytes >= expectedBytes;
}

/** An evaluation whose memory does not change and that reads no file: a loop, or a long computation. */
function spinning({ client }: ClientSubject, signs: ClientSigns, context: Context): Judgement | null {
  const { nowMs, thresholds } = context;
  const { at, busySinceMs, unseen, seenMs } = signs;
  if (client?.phase !== 'evaluating' || busySinceMs === null) return null;
  if ((client.cpuPercent ?? 0) < thresholds.spinPercent) return null;
  const others = unseen.includes('evaluation')
    ? [at.resident]
    : [at.resident, at.evaluation, at.transfers, at.steps];
  const sinceMs = Math.max(busySinceMs, seenMs, ...others);
  const spinMs = nowMs - sinceMs;
  if (spinMs < thresholds.evaluationSpinSec * 1000) return null;
  const evidence = [
    pro('cpu', Math.round(client.cpuPercent ?? 0), 'cpu', busySinceMs),
    pro('resident', signs.residentMark, 'bytes', at.resident),
  ];
  // Nix collects its garbage only when memory is short: an evaluation that goes on grows.
  const enoughSec = unseen.includes('evaluation') ? thresholds.spinStuckSec : thresholds.spinYieldSec;
  const state = spinMs >= enoughSec * 1000 ? 'stuck' : 'slow';
  return judge(signs, state, { kind: 'spinning', yields: false }, sinceMs, { certainty: 'likely', evidence });
}

function standing({ client, followed }: ClientSubject, signs: ClientSigns, context: Context): Judgement {
  const { model, nowMs, thresholds } = context;
  const moves = model.transfers.some(
    ({ clientPid, readBytesPerSec, writeBytesPerSec }) =>
      client !== null && clientPid === client.pid && (readBytesPerSec ?? 0) + (writeBytesPerSec ?? 0) > 0,
  );
  const sinceMs = lastClientSign(signs);
  const idleMs = nowMs - sinceMs;
  if (moves || idleMs < thresholds.pauseSec * 1000) return working(signs, context);
  const evidence =
    client === null ? [] : [pro('cpu', Math.round(client.cpuPercent ?? 0), 'cpu', signs.at.cpu)];
  const reason: Reason = { kind: 'idle', asleep: null };
  const works = client !== null && endsByItself.has(client.phase) && followed === null;
  const state = works && idleMs >= thresholds.blindSec * 1000 ? 'stuck' : works ? 'slow' : 'waiting';
  return judge(signs, state, reason, sinceMs, { certainty: 'likely', evidence });
}
