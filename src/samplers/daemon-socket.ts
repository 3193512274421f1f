/** Whether the daemon's socket is there, since when, and whether somebody listens on it. */
import type { ForestRaw } from '../model/sample.ts';
import { parseListening } from '../parse/unix-sockets.ts';
import type { Clock, Files } from '../platform/ports.ts';
import type { SlowQueue } from './slow-queue.ts';

export const daemonSocketPath = '/nix/var/nix/daemon-socket/socket';
const everyMs = 5000;

export interface DaemonSocket {
  readonly state: ForestRaw['daemonSocket'];
  /** Seconds after boot; null where it is not there. */
  readonly boundSec: number | null;
  update(nowMs: number, uptimeSec: number): void;
}

export function createDaemonSocket(files: Files, queue: SlowQueue, clock: Clock): DaemonSocket {
  let state: ForestRaw['daemonSocket'] = 'absent';
  /** Reckoned once for each socket, so that it stands still. */
  let bound: { readonly changedMs: number; readonly sec: number } | null = null;
  let atMs = Number.NEGATIVE_INFINITY;

  /** Who shares our network namespace has its sockets in the same list, by its own names. */
  async function lookForFile(listening: boolean, uptimeSec: number): Promise<void> {
    const timeMs = clock.now();
    const there = await files.ownerSlow(daemonSocketPath);
    const changedMs = there.ok ? there.value.changedMs : null;
    if (changedMs === null) bound = null;
    else if (changedMs !== bound?.changedMs)
      bound = { changedMs, sec: uptimeSec + (changedMs - timeMs) / 1000 };
    if (listening && (there.ok || there.problem.kind !== 'gone')) state = 'listening';
    else state = there.ok ? 'present' : 'absent';
  }

  return {
    get state() {
      return state;
    },
    get boundSec() {
      return bound?.sec ?? null;
    },
    update(nowMs, uptimeSec) {
      if (nowMs - atMs < everyMs) return;
      atMs = nowMs;
      const sockets = files.read('/proc/net/unix');
      const listening = sockets.ok && parseListening(sockets.value, daemonSocketPath);
      queue.add('socket', false, () => lookForFile(listening, uptimeSec));
    },
  };
}
