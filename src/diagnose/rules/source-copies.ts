/**
 * An evaluation that copies a source to the store (`copying '…-source' to the store`): a flake with large files beside it
 * does so for minutes, and says nothing of how far it is.
 */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Client } from '../../model/model.ts';
import type { FollowedRebuild } from '../../model/rebuild/followed.ts';
import type { Task } from '../../model/rebuild/rebuild.ts';
import { contra, pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import type { Scene } from '../rule.ts';

/** What its client had used by then. */
interface Mark {
  readonly readBytes: number | null;
  readonly movedMs: number;
  /** When the client was looked at first: what it had read before is not of this copy. */
  readonly firstBytes: number | null;
}

/** The longest one of a rebuild. */
export function sourceCopies(followed: FollowedRebuild, scene: Scene): readonly FindingDraft[] {
  const { model, thresholds } = scene;
  let longest: { readonly id: string; readonly task: Task } | null = null;
  for (const [id, task] of followed.rebuild.tasks)
    if (task.activity.type === 'copy-source' && (longest === null || task.sinceMs < longest.task.sinceMs))
      longest = { id, task };
  if (longest === null || longest.task.activity.type !== 'copy-source') return [];
  const { id, task } = longest;
  const client = clientOf(followed, scene);
  const nowMs = model.monotonicMs;
  const mark = scene.keep<Mark>(`copy ${followed.id} ${id}`, (before) => nextMark(before, client, scene));
  const sinceMs = monotonicOf(model, task.sinceMs);
  if (nowMs - sinceMs < thresholds.pauseSec * 1000) return [];
  const stillMs = nowMs - mark.movedMs;
  const moves = client === null ? null : stillMs < thresholds.pauseSec * 1000;
  const stuck = moves === false && stillMs >= thresholds.idleSec * 1000;
  const readBytes =
    mark.readBytes === null || mark.firstBytes === null ? null : mark.readBytes - mark.firstBytes;
  const path = longest.task.activity.path;
  return [
    {
      subject: { kind: 'rebuild', rebuild: followed.id },
      level: stuck
        ? 'critical'
        : moves === false || nowMs - sinceMs >= thresholds.idleSec * 1000
          ? 'warning'
          : 'ok',
      state: stuck || moves === null ? 'likely' : 'confirmed',
      found: { kind: 'source-copied', path, readBytes, moves },
      evidence: [
        pro('phase', 'copying', 'text', sinceMs),
        ...(client === null
          ? []
          : moves
            ? [contra('read', readBytes, 'bytes', sinceMs)]
            : [pro('read', readBytes, 'bytes', mark.movedMs)]),
      ],
      sinceMs: moves === false ? mark.movedMs : sinceMs,
    },
  ];
}

function nextMark(before: Mark | undefined, client: Client | null, { nowMs, thresholds }: Scene): Mark {
  const readBytes = client?.readBytes ?? null;
  if (before === undefined) return { readBytes, movedMs: nowMs, firstBytes: readBytes };
  const read = readBytes !== null && before.readBytes !== null && readBytes > before.readBytes;
  const works = (client?.cpuPercent ?? 0) >= thresholds.idleCpuPercent;
  return {
    readBytes: readBytes ?? before.readBytes,
    movedMs: read || works ? nowMs : before.movedMs,
    firstBytes: before.firstBytes ?? readBytes,
  };
}

function clientOf({ client }: FollowedRebuild, { model }: Scene): Client | null {
  if (client === null) return null;
  return (
    model.clients.find(({ pid, startTime }) => pid === client.pid && startTime === client.startTime) ?? null
  );
}
