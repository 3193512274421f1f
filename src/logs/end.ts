/** The stream is over: nothing of it can still be open. */
import { settle } from './builds.ts';
import type { Draft } from './draft.ts';
import { newMemory } from './log-state.ts';

/**
 * Lines for people never say that a build is done: after success all are, else nobody knows. The machine log does, so
 * what is open in it was cut off with the stream: without an exit code that is no success.
 */
export function endRebuild(draft: Draft, exitCode: number | null): void {
  const { rebuild, memory, timeMs } = draft;
  const failed = rebuild.failed.size + rebuild.errors.length + rebuild.dependents.size > 0;
  const cutOff = [...rebuild.running.values()].some(({ writer }) => writer !== null);
  const success = exitCode === 0 || (exitCode === null && !failed && !cutOff);
  for (const drv of [...rebuild.running.keys()]) {
    const build = draft.takeBuild(drv);
    if (build === null) continue;
    const told = build.failure !== null ? 'failed' : build.writer === null && success ? 'done' : 'ended';
    settle(draft, { ...build, state: told, endedMs: timeMs });
  }
  if (success && memory.realised) {
    rebuild.elsewhere = new Set([...rebuild.elsewhere, ...rebuild.planned]);
    rebuild.planned = new Set();
    rebuild.plannedFetches = new Set();
  }
  for (const key of ['transfers', 'waits', 'hooks', 'tasks'] as const)
    if (rebuild[key].size > 0) draft.map(key).clear();
  memory.activities = newMemory.activities;
  memory.counters = newMemory.counters;
  memory.unclaimed = newMemory.unclaimed;
  memory.unclaimedSince = newMemory.unclaimedSince;
  memory.wordless = [];
  rebuild.ended = { atMs: timeMs, exitCode };
}
