/**
 * Killed for want of memory. Nix knows only `signal 9`, or the exit code of a compiler whose child was killed; the kernel
 * knows user and time, and a build user has one build at a time.
 */
import type { Cause, Evidence, OomKill } from '../model/rebuild/cause.ts';
import type { Build } from '../model/rebuild/rebuild.ts';

/** A kill is told some seconds before or after the tick in which its build stops. */
const afterMs = 5_000;
/** Where no user is known, only what is close in time counts. */
const beforeMs = 10_000;
/** Of the build's own user: without memory ticks come late, and make waits for its other jobs. */
const ownBeforeMs = 60_000;
const ourMs = 30_000;

/** Lines of those who saw a child die of signal 9: gcc, make, ninja, rustc, ghc, shells. */
const killedChild =
  /Killed signal terminated program (\S+)|signal: 9, SIGKILL|\(signal 9\)|\bKilled\s*$|exit(?:ed with)?(?: code)? 137\b|ExitFailure \(-9\)|error 137\b/;

/** Signal 9: the OOM killer's, ours, or nobody's we know. */
export function killCause(build: Build, evidence: Evidence): Cause {
  const ended = build.endedMs;
  const ours = evidence.endedByUs?.some(
    ({ drv, atMs }) =>
      drv === build.drv && (ended === null || (atMs <= ended + afterMs && atMs >= ended - ourMs)),
  );
  if (ours) return { kind: 'killed', by: 'us' };
  const kill = killOf(build, evidence, 'signal');
  return kill === null
    ? { kind: 'killed', by: 'unknown' }
    : memoryCause(kill.kill, kill.certainty, kill.kill.process);
}

/** Another end of a build in which a process was killed; null where nothing says so. */
export function outOfMemory(build: Build, lines: readonly string[], evidence: Evidence): Cause | null {
  const seen = lines.findLast((line) => killedChild.test(line));
  const kill = killOf(build, evidence, seen === undefined ? null : 'line');
  if (kill === null) return null;
  const program = seen === undefined ? null : (killedChild.exec(seen)?.[1] ?? null);
  return memoryCause(kill.kill, kill.certainty, kill.kill.process ?? program);
}

/**
 * `certain`: of this build's user, near its end or shown by a line of its log; longer before, the build may have got over
 * it. Without a user, a kill near its end is likely the cause, but only if the build itself shows that something was
 * killed (`shown`).
 */
function killOf(
  build: Build,
  { oomKills = [], uids }: Evidence,
  shown: 'signal' | 'line' | null,
): { readonly kill: OomKill; readonly certainty: 'certain' | 'likely' } | null {
  const { startedMs, endedMs } = build;
  if (endedMs === null) return null;
  const isNear = ({ atMs }: OomKill, ms: number) => atMs >= endedMs - ms && atMs <= endedMs + afterMs;
  const uid = uids?.get(build.drv);
  if (uid !== undefined) {
    const own = oomKills.findLast(
      (kill) => kill.uid === uid && kill.atMs >= (startedMs ?? 0) && kill.atMs <= endedMs + afterMs,
    );
    if (own !== undefined) {
      const certain = shown === 'line' || isNear(own, ownBeforeMs);
      return { kill: own, certainty: certain ? 'certain' : 'likely' };
    }
  }
  if (shown === null) return null;
  const others = new Set(uids?.values());
  const near = oomKills.findLast(
    (kill) => isNear(kill, beforeMs) && (kill.uid === null || (uid === undefined && !others.has(kill.uid))),
  );
  return near === undefined ? null : { kill: near, certainty: 'likely' };
}

export function memoryCause(
  { scope, cgroup }: OomKill,
  certainty: 'certain' | 'likely',
  process: string | null,
): Cause {
  return { kind: 'out-of-memory', scope, cgroup, certainty, process };
}
