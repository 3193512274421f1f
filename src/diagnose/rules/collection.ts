/**
 * A garbage collection for which others wait: who it is, how far it is. It says `finding garbage collector roots` while it
 * deletes what an interrupted one has left in the trash (NixOS/nix#4492), so what becomes free is counted instead.
 */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Verdict } from '../../model/diagnosis/verdict.ts';
import type { Client, Model } from '../../model/model.ts';
import { pro } from '../judgement.ts';
import type { Scene } from '../rule.ts';

interface Freed {
  readonly sinceMs: number;
  readonly first: number;
  readonly last: number;
}

export function collections(scene: Scene): readonly FindingDraft[] {
  const { model, nowMs, thresholds } = scene;
  const waiting = model.verdicts.filter(
    ({ reason }) => reason.kind === 'wait' && reason.partner.kind === 'garbage-collection',
  );
  const collector = collectorOf(waiting, model);
  // From its begin, whoever waits by then.
  const freed = collector === null ? null : freedSince(collector, scene);
  if (waiting.length === 0) return [];
  const sinceMs = Math.min(...waiting.map((one) => one.sinceMs));
  if (nowMs - sinceMs < thresholds.pauseSec * 1000) return [];
  const state =
    collector === null
      ? null
      : (model.verdicts.find(({ subject }) => 'pid' in subject && subject.pid === collector.pid)?.state ??
        null);
  const long = nowMs - sinceMs >= thresholds.idleSec * 1000;
  const sec = freed === null ? 0 : (nowMs - freed.sinceMs) / 1000;
  const freedFiles = freed === null ? null : Math.max(0, freed.last - freed.first);
  const stands = state === 'stuck' || state === 'paused';
  return [
    {
      subject:
        collector === null
          ? { kind: 'machine' }
          : { kind: 'client', pid: collector.pid, startTime: collector.startTime },
      level: stands ? 'critical' : long ? 'warning' : 'ok',
      state: 'confirmed',
      found: {
        kind: 'garbage-collection',
        holderPid: collector?.pid ?? null,
        holder: collector?.command ?? null,
        waiting: waiting.length,
        waiters: waiting.flatMap((one) => nameOf(one, model)),
        trash: collector?.findsTrash ?? null,
        freedFiles,
        filesPerSec: freedFiles === null || sec < 1 ? null : Math.round(freedFiles / sec),
      },
      evidence: [
        pro('rebuilds.waits', waiting.length, 'none', sinceMs),
        ...(freedFiles === null
          ? []
          : [pro('filesystems.freedInodes', freedFiles, 'none', freed?.sinceMs ?? null)]),
      ],
      sinceMs,
    },
  ];
}

/** Who holds the lock; where that cannot be seen, the one client that collects. */
function collectorOf(waiting: readonly Verdict[], { clients, workers }: Model): Client | null {
  const collecting = clients.filter(({ phase }) => phase === 'collecting garbage');
  for (const { reason } of waiting) {
    if (reason.kind !== 'wait' || reason.partner.kind !== 'garbage-collection') continue;
    const { holderPid } = reason.partner;
    const served = workers.find(({ pid }) => pid === holderPid)?.clientPid ?? holderPid;
    const holder = clients.find(({ processes }) => processes.some(({ pid }) => pid === served));
    if (holder !== undefined) return holder;
  }
  return collecting.length === 1 ? (collecting[0] ?? null) : null;
}

/** Inodes of the store's file system; others of its users count as well, so it is about that many. */
function freedSince({ pid, startTime }: Client, { model, keep, nowMs }: Scene): Freed | null {
  const store =
    model.filesystems.find(({ path }) => path === '/nix/store') ??
    model.filesystems.find(({ path }) => path === '/nix');
  const free = store?.freeInodes;
  return keep<Freed | null>(`freed ${pid}:${startTime}`, (before) => {
    if (free === undefined) return before ?? null;
    return before == null ? { sinceMs: nowMs, first: free, last: free } : { ...before, last: free };
  });
}

function nameOf({ subject }: Verdict, { clients }: Model): readonly string[] {
  if (subject.kind !== 'client') return [];
  const client = clients.find(({ pid }) => pid === subject.pid);
  return client === undefined ? [] : [`${client.command} (${client.pid})`];
}
