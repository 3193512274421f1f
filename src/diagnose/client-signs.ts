/** When each sign of progress of a client, and of the rebuild that its log tells, was seen last. */
import type { Sign } from '../model/diagnosis/verdict.ts';
import type { Client, Worker } from '../model/model.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import type { Rebuild } from '../model/rebuild/rebuild.ts';
import type { Look } from './signs.ts';

export type ClientSign = Extract<Sign, 'cpu' | 'resident' | 'transfers' | 'evaluation' | 'steps'>;

/** What is judged: a client with or without a log, or a log without its client. */
export interface ClientSubject {
  readonly client: Client | null;
  /** The daemon's processes that serve it. */
  readonly workers: readonly Worker[];
  readonly followed: FollowedRebuild | null;
}

export interface ClientSigns {
  readonly rebuild: Rebuild | null;
  /** Monotonic ms, as all of them. */
  readonly seenMs: number;
  readonly at: Readonly<Record<ClientSign, number>>;
  readonly unseen: readonly ClientSign[];
  /** CPU without a pause, and without any other sign. */
  readonly busySinceMs: number | null;
  readonly residentMark: number | null;
  /** What was counted at the last step. */
  readonly counted: Counts | null;
}

/** Of a rebuild; a change of any number is a step of that kind. */
type Counts = Readonly<Record<Exclude<ClientSign, 'cpu' | 'resident'>, readonly number[]>>;

const seenWithClient: readonly ClientSign[] = ['transfers', 'evaluation', 'steps'];
const seenWithLog: readonly ClientSign[] = ['cpu', 'resident'];
const nothing: readonly ClientSign[] = [];

export function nextClientSigns(
  before: ClientSigns | undefined,
  { client, workers, followed }: ClientSubject,
  { nowMs, thresholds }: Look,
): ClientSigns {
  const rebuild = followed?.rebuild ?? null;
  const counted = rebuild === null ? null : rebuild === before?.rebuild ? before.counted : countsOf(rebuild);
  const unseen = client === null ? seenWithLog : rebuild === null ? seenWithClient : nothing;
  const resident = client?.residentBytes ?? null;
  const cpu = (client?.cpuPercent ?? 0) + workers.reduce((sum, one) => sum + (one.cpuPercent ?? 0), 0);
  const working = cpu >= thresholds.idleCpuPercent;
  if (before === undefined) {
    const at = { cpu: nowMs, resident: nowMs, transfers: nowMs, evaluation: nowMs, steps: nowMs };
    const busySinceMs = working ? nowMs : null;
    return { rebuild, seenMs: nowMs, at, unseen, busySinceMs, residentMark: resident, counted };
  }
  const { at } = before;
  const grown =
    resident !== null &&
    (before.residentMark === null || Math.abs(resident - before.residentMark) >= thresholds.residentBytes);
  const stepped = (name: keyof Counts) =>
    counted?.[name].some((count, i) => count !== before.counted?.[name][i]) === true;
  const pausedMs = nowMs - at.cpu >= thresholds.pauseSec * 1000;
  return {
    rebuild,
    seenMs: before.seenMs,
    at: {
      cpu: working ? nowMs : at.cpu,
      resident: grown ? nowMs : at.resident,
      transfers: stepped('transfers') ? nowMs : at.transfers,
      evaluation: stepped('evaluation') ? nowMs : at.evaluation,
      steps: stepped('steps') ? nowMs : at.steps,
    },
    unseen,
    busySinceMs: working ? (before.busySinceMs ?? nowMs) : pausedMs ? null : before.busySinceMs,
    residentMark: grown ? resident : before.residentMark,
    counted,
  };
}

function countsOf(rebuild: Rebuild): Counts {
  const { evaluation, running, finished, failed, forgotten, planned, transfers, steps } = rebuild;
  let phases = 0;
  let lines = 0;
  for (const build of running.values()) {
    phases += build.phases.length;
    lines += build.lines;
  }
  let movedMs = 0;
  for (const transfer of transfers.values()) movedMs = Math.max(movedMs, transfer.movedMs ?? 0);
  return {
    evaluation: [evaluation.files, evaluation.copied],
    transfers: [movedMs],
    steps: [
      ...[phases, lines, running.size, finished.size + forgotten, failed.size],
      ...[planned.size, rebuild.plannedFetches.size, transfers.size, steps.length, rebuild.peers.size],
    ],
  };
}

export function lastClientSign({ at, unseen }: ClientSigns): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const sign of clientSigns) if (!unseen.includes(sign)) last = Math.max(last, at[sign]);
  return last;
}

export const clientSigns: readonly ClientSign[] = ['cpu', 'resident', 'transfers', 'evaluation', 'steps'];
