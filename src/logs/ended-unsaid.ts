/**
 * Builds that have ended though nothing has said so yet. Up to about Nix 2.9 a build that nothing waits for is only counted
 * as done, and stops when all others do; which one it was the process table tells.
 */
import type { Build, Rebuild } from '../model/rebuild/rebuild.ts';
import { countedEnds } from './build-outcome.ts';
import type { Memory } from './log-state.ts';

/** A build's processes are seen soon after its begin. */
const seenAfterMs = 3_000;

/**
 * As many of the running ones as the counters say. `alive`: those whose processes are there; without any of them, those
 * that began first. One that another machine builds is never among them.
 */
export function endedUnsaid(
  { running }: Pick<Rebuild, 'running'>,
  memory: Memory | undefined,
  alive: ReadonlySet<string>,
  nowMs: number,
): ReadonlySet<string> {
  const ended = new Set<string>();
  if (memory === undefined) return ended;
  for (const writer of new Set([...running.values()].map((build) => build.writer))) {
    const count = countedEnds(memory, writer);
    if (count === 0) continue;
    const isCandidate = ({ drv, host, startedMs, ...build }: Build) =>
      host === null &&
      !alive.has(drv) &&
      build.writer === writer &&
      nowMs - (startedMs ?? nowMs) >= seenAfterMs;
    const candidates = [...running.values()].filter(isCandidate);
    for (const { drv } of candidates.slice(0, count)) ended.add(drv);
  }
  return ended;
}
