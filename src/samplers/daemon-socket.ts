/** Whether the daemon's socket is there and somebody listens on it. */
import type { ForestRaw } from '../model/sample.ts';
import { parseListening } from '../parse/unix-sockets.ts';
import type { Files } from '../platform/ports.ts';
import type { SlowQueue } from './slow-queue.ts';

export const daemonSocketPath = '/nix/var/nix/daemon-socket/socket';
const everyMs = 5000;

export interface DaemonSocket {
  readonly state: ForestRaw['daemonSocket'];
  update(nowMs: number): void;
}

export function createDaemonSocket(files: Files, queue: SlowQueue): DaemonSocket {
  let state: ForestRaw['daemonSocket'] = 'absent';
  let atMs = Number.NEGATIVE_INFINITY;

  /** Who shares our network namespace has its sockets in the same list, by its own names. */
  async function lookForFile(listening: boolean): Promise<void> {
    const there = await files.ownerSlow(daemonSocketPath);
    if (listening && (there.ok || there.problem.kind !== 'gone')) state = 'listening';
    else state = there.ok ? 'present' : 'absent';
  }

  return {
    get state() {
      return state;
    },
    update(nowMs) {
      if (nowMs - atMs < everyMs) return;
      atMs = nowMs;
      const sockets = files.read('/proc/net/unix');
      const listening = sockets.ok && parseListening(sockets.value, daemonSocketPath);
      queue.add('socket', false, () => lookForFile(listening));
    },
  };
}
