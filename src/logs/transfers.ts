/**
 * Downloads and copies. One path is up to three activities, each below the other: `substitute` (asked), `copy` (bytes
 * as unpacked) and `download` (bytes over the network). Before Nix 2.9 none tells its parent: then path and address
 * say what belongs together.
 */
import type { Activity } from '../model/rebuild/activity.ts';
import type { ProgressEvent } from '../model/rebuild/log-event.ts';
import type { Transfer } from '../model/rebuild/rebuild.ts';
import { addArrival } from './arrivals.ts';
import type { Draft } from './draft.ts';
import type { OpenActivity } from './log-state.ts';
import { changePeer, peerName, serverOf } from './peers.ts';
import { ask, endQuestion, loseTime } from './questions.ts';
import { withMark } from './speed.ts';

type TransferActivity = Extract<Activity, { type: 'substitute' | 'copy' | 'download' }>;

/** Returns the key of the transfer that the activity is a part of. */
export function startTransfer(
  draft: Draft,
  id: string,
  parent: string | null,
  activity: TransferActivity,
): string {
  const key = keyOfWhole(draft, parent, activity) ?? id;
  const before = draft.rebuild.transfers.get(key) ?? newTransfer(draft.timeMs);
  const transfer = begun(before, activity, askedOf(draft, parent));
  draft.map('transfers').set(key, transfer);
  if (transfer.lookup && !before.lookup) ask(draft, transfer);
  if (activity.type === 'copy') draft.memory.realised = true;
  if (activity.type === 'copy' && draft.rebuild.plannedFetches.has(activity.path))
    draft.set('plannedFetches').delete(activity.path);
  return key;
}

function newTransfer(startedMs: number): Transfer {
  return {
    path: null,
    url: null,
    peer: null,
    direction: 'fetch',
    lookup: false,
    state: 'asked',
    startedMs,
    bytes: 0,
    expectedBytes: null,
    unpackedBytes: 0,
    unpackedExpectedBytes: null,
    movedMs: null,
    marks: [],
    troubles: 0,
    givenUp: false,
  };
}

/** The cache whose question this is, by the name that it has in the settings. */
function askedOf({ memory }: Draft, parent: string | null): string | null {
  const above = parent === null ? undefined : memory.activities.get(parent)?.activity;
  return above?.type === 'query' && above.from !== '' ? peerName(above.from) : null;
}

function begun(before: Transfer, activity: TransferActivity, asked: string | null): Transfer {
  switch (activity.type) {
    case 'substitute':
      return { ...before, path: activity.path, peer: peerName(activity.from) };
    case 'copy': {
      const { path, from, to } = activity;
      const direction = isHere(to) ? 'fetch' : 'send';
      const peer = direction === 'send' ? to : isHere(from) ? null : from;
      return {
        ...before,
        path,
        direction,
        peer: peer === null ? before.peer : peerName(peer),
        state: 'moving',
      };
    }
    case 'download': {
      const { url } = activity;
      const lookup = before.path === null && /\.narinfo$|\/nix-cache-info$|\/realisations\/|\.ls$/.test(url);
      return { ...before, url, lookup, peer: before.peer ?? asked ?? serverOf(url), state: 'moving' };
    }
  }
}

function keyOfWhole(draft: Draft, parent: string | null, activity: TransferActivity): string | null {
  const { memory, rebuild } = draft;
  const above = parent === null ? undefined : memory.activities.get(parent);
  if (above !== undefined && above.transfer !== null) return above.transfer;
  if (above !== undefined || activity.type === 'substitute') return null;
  for (const [key, transfer] of rebuild.transfers) {
    if (activity.type === 'copy') {
      if (transfer.path === activity.path && transfer.state === 'asked') return key;
    } else if (
      // The nar of a copy that has begun and downloads nothing yet.
      transfer.state === 'moving' &&
      transfer.url === null &&
      transfer.direction === 'fetch' &&
      transfer.peer !== null &&
      activity.url.startsWith(`${transfer.peer}/`) &&
      !/\.narinfo$|\/nix-cache-info$/.test(activity.url)
    )
      return key;
  }
  return null;
}

export function moveTransfer(
  draft: Draft,
  { activity, transfer: key }: OpenActivity,
  event: ProgressEvent,
): void {
  const before = key === null ? undefined : draft.rebuild.transfers.get(key);
  if (key === null || before === undefined || event.done === null) return;
  const expected = event.expected || null;
  const next =
    activity.type === 'download'
      ? { ...before, bytes: event.done, expectedBytes: expected }
      : {
          ...before,
          unpackedBytes: event.done,
          unpackedExpectedBytes: expected,
          // Where no download is told below the copy, its bytes are all there is.
          ...(before.url === null ? { bytes: event.done, expectedBytes: expected } : {}),
        };
  const moved = next.bytes > before.bytes || next.unpackedBytes > before.unpackedBytes;
  draft.map('transfers').set(key, {
    ...next,
    movedMs: moved ? draft.timeMs : before.movedMs,
    marks: withMark(before.marks, draft.timeMs, next.bytes),
  });
}

/** The size of a path on its way to a binary cache, which no progress tells. */
export function tellSent(draft: Draft, path: string, bytes: number): void {
  for (const [key, transfer] of draft.rebuild.transfers)
    if (transfer.path === path && transfer.direction === 'send')
      draft.map('transfers').set(key, { ...transfer, bytes, expectedBytes: bytes, movedMs: draft.timeMs });
}

export function endTransfer(draft: Draft, id: string, { transfer: key }: OpenActivity): void {
  // Only the outermost of its activities ends it.
  if (key !== id) return;
  const transfer = draft.rebuild.transfers.get(key);
  if (transfer === undefined) return;
  draft.map('transfers').delete(key);
  if (transfer.troubles > 0) loseTime(draft, transfer);
  if (transfer.lookup) endQuestion(draft, transfer);
  if (transfer.lookup || transfer.peer === null || transfer.state === 'asked') return;
  const { direction, path, url, peer, bytes: cameBytes } = transfer;
  // Old versions do not tell the last progress of what came whole.
  const bytes = transfer.expectedBytes ?? cameBytes;
  if (path !== null) addArrival(draft, { path, url, peer, direction, bytes, cameBytes, broken: false });
  else changePeer(draft, peer, (one) => ({ ...one, fetchedBytes: one.fetchedBytes + bytes }));
}

/** `local`, `daemon`, and what is not said. */
function isHere(place: string | null): boolean {
  return place === null || place === 'local' || place === 'daemon' || place === 'auto' || place === '';
}
