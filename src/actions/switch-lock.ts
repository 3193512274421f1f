/** Whether a switch runs now, and who runs it: a second one would wait for its lock without a word. */

import { ok, type Result } from '../base/problem.ts';
import { toolOfComm } from '../model/forest/nix-tools.ts';
import type { ForestRaw } from '../model/sample.ts';
import { lockFileName } from '../parse/lock-file.ts';
import { parseLocks } from '../parse/locks.ts';
import { parseCmdline } from '../parse/process-text.ts';
import type { Files } from '../platform/ports.ts';

export interface SwitchHolder {
  readonly pid: number;
  /** Null where the process that took the lock has ended and nobody knows to whom it has left it. */
  readonly command: string | null;
}

/**
 * Who holds /run/nixos/switch-to-configuration.lock; null where nobody does. Before NixOS 20.09 there is no
 * lock, so a process of that name is one too.
 */
export async function findSwitch(
  files: Files,
  run: string,
  readForest: () => ForestRaw | null,
): Promise<Result<SwitchHolder | null>> {
  const lock = await files.ownerSlow(`${run}/nixos/switch-to-configuration.lock`, { follow: true });
  if (!lock.ok && lock.problem.kind !== 'gone') return lock;
  let holder: SwitchHolder | null = null;
  if (lock.ok) {
    const locks = files.read('/proc/locks');
    if (!locks.ok) return locks;
    const name = lockFileName(lock.value.device, lock.value.inode);
    const held = parseLocks(locks.value).find((row) => !row.waiting && row.file === name);
    if (held !== undefined) holder = { pid: held.pid, command: await commandOf(files, held.pid) };
    if (holder?.command != null) return ok(holder);
  }
  const running = readForest()?.processes.find(
    ({ comm, state }) => state !== 'Z' && toolOfComm(comm) === 'switch-to-configuration',
  );
  if (running === undefined) return ok(holder);
  return ok({ pid: running.pid, command: (await commandOf(files, running.pid)) ?? running.comm });
}

export function holderText({ pid, command }: SwitchHolder): string {
  return command === null
    ? `pid ${pid}, which has ended: a child of it holds the lock`
    : `${command} (pid ${pid})`;
}

async function commandOf(files: Files, pid: number): Promise<string | null> {
  const cmdline = await files.readSlow(`/proc/${pid}/cmdline`, { maxBytes: 4096 });
  if (!cmdline.ok) return null;
  const command = parseCmdline(cmdline.value).join(' ');
  return command === '' ? null : command;
}
