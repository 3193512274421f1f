/** The certain end of what a test started, and signals to it: found by the nonce, never by name. */
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import {
  allProcesses,
  buildDirectoriesOf,
  buildsWithNonce,
  processesWithNonce,
  type TrueBuild,
} from './truth.ts';
import { pause } from './wait.ts';

/** Ends a client and everything of its nonce; resolves when nothing is left. */
export async function end(child: ChildProcess, nonce: string): Promise<void> {
  const pid = child.pid as number;
  const builds = buildsWithNonce(nonce);
  for (const one of processesWithNonce(nonce)) signal(one.pid, 'SIGCONT');
  // INT is what a user's Ctrl-C does: Nix ends its builders and removes what they left.
  if (child.exitCode === null && child.signalCode === null) signal(pid, 'SIGINT');
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const deadline = Date.now() + 20_000;
  const politeUntil = Date.now() + 2000;
  for (;;) {
    const left = processesWithNonce(nonce).filter((one) => one.state !== 'Z');
    if (left.length === 0 && ended()) return removeDirectories(builds);
    if (Date.now() > politeUntil) {
      for (const one of left) signal(one.pid, 'SIGKILL');
      if (!ended()) signal(pid, 'SIGKILL');
    }
    if (Date.now() > deadline) throw new Error(`processes outlive their end: ${left.map((one) => one.pid)}`);
    await pause(100);
  }
}

/** A build that had to be killed leaves its directory, which names it to whoever looks next. */
export function removeDirectories(builds: readonly TrueBuild[]): void {
  const busy = new Set(allProcesses().map((one) => one.uid));
  for (const { name, uid } of builds) {
    if (busy.has(uid)) continue;
    for (const path of buildDirectoriesOf(uid)) {
      if (path.startsWith('/nix') || path.includes(`-${name}.drv-`))
        rmSync(path, { recursive: true, force: true });
    }
  }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** Stops (or continues) every process of a build, again until no new one appears. */
export function signalBuild(nonce: string, name: 'SIGSTOP' | 'SIGCONT'): number {
  const seen = new Set<number>();
  for (;;) {
    const fresh = processesWithNonce(nonce).filter((one) => !seen.has(one.pid));
    if (fresh.length === 0) return seen.size;
    for (const one of fresh) {
      seen.add(one.pid);
      signal(one.pid, name);
    }
  }
}
