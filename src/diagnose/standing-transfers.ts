/** Transfers of a rebuild that bring nothing, or next to nothing: by cache or builder, and direction. */
import type { FindingDraft } from '../model/diagnosis/finding.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import type { Rebuild, Transfer } from '../model/rebuild/rebuild.ts';
import { pro } from './judgement.ts';
import { monotonicOf } from './log-time.ts';
import type { Scene } from './rule.ts';

export interface Standing {
  readonly peer: string;
  readonly direction: Transfer['direction'];
  /** That stand, the one for longest first; of what crawls all that are under way. */
  readonly transfers: readonly Transfer[];
  /** 0: they stand. */
  readonly bytesPerSec: number;
  /** Monotonic ms. */
  readonly sinceMs: number;
}

/** What came by a moment, whole paths and parts of them. */
interface Mark {
  readonly atMs: number;
  readonly bytes: number;
  /** Over the last window; null: not measured yet. */
  readonly bytesPerSec: number | null;
  readonly sinceMs: number;
}

export function standingTransfers({ id, rebuild }: FollowedRebuild, scene: Scene): readonly Standing[] {
  const { model, thresholds } = scene;
  const nowMs = model.monotonicMs;
  const standing: Standing[] = [];
  for (const [key, transfers] of byPeer(rebuild)) {
    const [{ peer, direction }] = transfers as [Transfer];
    const movedAt = (one: Transfer) => monotonicOf(model, one.movedMs ?? one.startedMs);
    const stands = (one: Transfer) => nowMs - movedAt(one) >= thresholds.stalledTransferSec * 1000;
    // What has not had a byte may wait for a connection, as long as others of that cache have theirs (http-connections).
    const served = transfers.some((one) => one.movedMs !== null && !stands(one));
    const still = transfers
      .filter((one) => stands(one) && (one.movedMs !== null || !served))
      .sort((a, b) => movedAt(a) - movedAt(b));
    const mark = scene.keep<Mark>(`speed ${id} ${key}`, (before) =>
      nextMark(before, bytesOf(rebuild, transfers), nowMs, scene),
    );
    const [first] = still;
    if (peer === null) continue;
    if (first !== undefined) {
      standing.push({ peer, direction, transfers: still, bytesPerSec: 0, sinceMs: movedAt(first) });
    } else if (
      mark.bytesPerSec !== null &&
      mark.bytesPerSec > 0 &&
      mark.bytesPerSec < thresholds.crawlBytesPerSec &&
      nowMs - mark.sinceMs >= 2 * thresholds.crawlSec * 1000
    ) {
      const { bytesPerSec, sinceMs } = mark;
      standing.push({ peer, direction, transfers, bytesPerSec, sinceMs });
    }
  }
  return standing;
}

export function stalledFinding(
  { peer, direction, transfers, bytesPerSec, sinceMs }: Standing,
  subject: FindingDraft['subject'],
  alone: boolean,
): FindingDraft {
  const [first] = transfers as [Transfer];
  const { path, bytes, expectedBytes } = first;
  return {
    subject,
    level: alone ? 'critical' : 'warning',
    state: 'likely',
    found: {
      kind: 'transfer-stalled',
      peer,
      direction,
      path,
      bytes,
      expectedBytes,
      bytesPerSec: Math.round(bytesPerSec),
      transfers: transfers.length,
    },
    evidence: [
      pro('transfers.bytes', bytes, 'bytes', sinceMs),
      ...(bytesPerSec > 0 ? [pro('rebuilds.peers.moving', Math.round(bytesPerSec), 'bytes/s', sinceMs)] : []),
    ],
    sinceMs,
  };
}

/** Of one that had begun; what has come whole is unpacked and registered without a word. */
function byPeer({ transfers }: Rebuild): ReadonlyMap<string, readonly Transfer[]> {
  const groups = new Map<string, Transfer[]>();
  for (const transfer of transfers.values()) {
    const { peer, direction, state, lookup } = transfer;
    if (peer === null || lookup || state !== 'moving' || isWhole(transfer)) continue;
    const key = `${direction} ${peer}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [transfer]);
    else group.push(transfer);
  }
  return groups;
}

function isWhole({ direction, bytes, expectedBytes }: Transfer): boolean {
  return direction === 'fetch' && expectedBytes !== null && expectedBytes > 0 && bytes >= expectedBytes;
}

function bytesOf({ peers }: Rebuild, transfers: readonly Transfer[]): number {
  const [{ peer, direction }] = transfers as [Transfer];
  const known = peers.get(peer ?? '');
  const whole = (direction === 'fetch' ? known?.fetchedBytes : known?.sentBytes) ?? 0;
  return transfers.reduce((sum, { bytes }) => sum + bytes, whole);
}

/** A new speed after each window; what crawls does so since the first window in which it did. */
function nextMark(
  before: Mark | undefined,
  bytes: number,
  nowMs: number,
  { thresholds }: Pick<Scene, 'thresholds'>,
): Mark {
  if (before === undefined) return { atMs: nowMs, bytes, bytesPerSec: null, sinceMs: nowMs };
  const sec = (nowMs - before.atMs) / 1000;
  if (sec < thresholds.crawlSec) return before;
  const bytesPerSec = Math.max(0, bytes - before.bytes) / sec;
  const crawled = before.bytesPerSec !== null && before.bytesPerSec < thresholds.crawlBytesPerSec;
  return { atMs: nowMs, bytes, bytesPerSec, sinceMs: crawled ? before.sinceMs : before.atMs };
}
