/** The cgroups that builds are in: which limit of memory they meet, and what the kernel killed at it. */

import { isInCgroup } from '../../base/cgroup-path.ts';
import type { Build, Cgroup, ModelEvent } from '../model.ts';
import type { CgroupRaw, ForestRaw } from '../sample.ts';

export interface CgroupCarry {
  /** The last reading of the memory of each, and when it met a limit. */
  readonly tracks: ReadonlyMap<string, Track>;
  /** Kills that are not told yet: which build ends by them is seen a moment later. */
  readonly kills: readonly Kill[];
  readonly ended: readonly Ended[];
}
interface Track {
  readonly raw: CgroupRaw;
  readonly metBytes: number | null;
  readonly metAtMs: number;
}
interface Kill {
  readonly cgroup: string;
  readonly limitBytes: number | null;
  readonly count: number;
  /** Monotonic ms of the readings before and after it. */
  readonly fromMs: number;
  readonly toMs: number;
}
interface Ended {
  readonly build: Build;
  readonly atMs: number;
}

/** Longer than from one reading to the next. */
const metForMs = 6000;
const buildEndsWithinMs = 4000;
/** A build that ended is seen a tick late. */
const tickMs = 1500;

export function deriveCgroups(
  { cgroups = [], treeAtMs }: ForestRaw,
  endedNow: readonly Build[],
  carry: CgroupCarry | null,
  timeMs: number,
): {
  readonly cgroups: readonly Cgroup[];
  readonly events: readonly ModelEvent[];
  readonly carry: CgroupCarry;
} {
  const tracks = new Map<string, Track>();
  const kills = [...(carry?.kills ?? [])];
  for (const raw of cgroups) {
    const before = carry?.tracks.get(raw.path) ?? null;
    tracks.set(raw.path, follow(raw, before));
    const kill = before === null ? null : killIn(raw, before.raw);
    if (kill !== null) kills.push(kill);
  }
  const ended = [...(carry?.ended ?? []), ...endedNow.map((build) => ({ build, atMs: treeAtMs }))].filter(
    ({ atMs }) => treeAtMs - atMs < 4 * buildEndsWithinMs,
  );
  const left: Kill[] = [];
  const events: ModelEvent[] = [];
  for (const kill of kills) {
    const suspects = ended.filter(
      ({ build, atMs }) => atMs >= kill.fromMs - tickMs && isInCgroup(build.cgroup, kill.cgroup),
    );
    if (suspects.length === 0 && treeAtMs - kill.toMs < buildEndsWithinMs) left.push(kill);
    else {
      const { cgroup, limitBytes, count } = kill;
      const build = suspects.length === 1 ? (suspects[0]?.build.name ?? null) : null;
      events.push({ timeMs, level: 'critical', kind: 'oom-limit', cgroup, limitBytes, count, build });
    }
  }
  return {
    cgroups: Array.from(tracks.values(), (track) => describe(track, treeAtMs)),
    events,
    carry: { tracks, kills: left, ended },
  };
}

function follow(raw: CgroupRaw, before: Track | null): Track {
  const metBytes =
    before === null
      ? null
      : rose(raw.limitHits, before.raw.limitHits)
        ? raw.limitBytes
        : rose(raw.throttled, before.raw.throttled)
          ? raw.highBytes
          : null;
  if (metBytes !== null) return { raw, metBytes, metAtMs: raw.memoryAtMs ?? 0 };
  return { raw, metBytes: before?.metBytes ?? null, metAtMs: before?.metAtMs ?? 0 };
}

/** A kill at its own limit; who has none above it is killed at one of those. */
function killIn(raw: CgroupRaw, before: CgroupRaw): Kill | null {
  if (!rose(raw.ooms, before.ooms)) return null;
  const count = (raw.oomKills ?? 0) - (before.oomKills ?? 0);
  if (count <= 0 || raw.memoryAtMs === null || before.memoryAtMs === null) return null;
  const { path, limitBytes } = raw;
  return { cgroup: path, limitBytes, count, fromMs: before.memoryAtMs, toMs: raw.memoryAtMs };
}

function rose(now: number | null, before: number | null): boolean {
  return now !== null && before !== null && now > before;
}

function describe({ raw, metBytes, metAtMs }: Track, nowMs: number): Cgroup {
  const { path, currentBytes, limitBytes, highBytes } = raw;
  return {
    path,
    currentBytes,
    limitBytes,
    highBytes,
    metBytes: nowMs - metAtMs < metForMs ? metBytes : null,
  };
}
