/**
 * Who killed whom, and which build or client took the most memory then: what the kernel and guards of memory say, joined
 * with the processes by identity and time. A pid is gone by then, and a build user may have its next build.
 */
import { isInCgroup } from '../../base/cgroup-path.ts';
import type { KilledProcess, Notice } from '../diagnosis/notice.ts';
import type { Model, ModelEvent } from '../model.ts';
import { buildsAt, clientsAt, type RecentWork, type Worker, workerOf } from './recent-work.ts';

export type KilledEvent = Extract<ModelEvent, { kind: 'killed' }>;
export type KillNotice = Extract<Notice, { kind: 'oom-kill' | 'guard-kill' }>;
/** Told as a kill only once its victim is gone. */
export type SignalNotice = Extract<Notice, { kind: 'guard-signal' }>;
type HungEvent = Extract<ModelEvent, { kind: 'hung-task' }>;

/** The kernel's clock and ours are not one: where nobody fits, who ran a moment before or after does. */
const slackMs = 2000;
/** Who takes less than this of all that there is, was not why. */
const causeShare = 0.1;

export function isKill(notice: Notice): notice is KillNotice {
  return notice.kind === 'oom-kill' || notice.kind === 'guard-kill';
}

export function killedEvent(
  notice: KillNotice | SignalNotice,
  work: RecentWork,
  { memory, cgroups }: Pick<Model, 'memory' | 'cgroups'>,
): KilledEvent {
  const { timeMs, pid, comm, uid, residentBytes } = notice;
  const builds = buildsAt(work, timeMs);
  const clients = clientsAt(work, timeMs);
  const limited = notice.kind === 'oom-kill' ? notice.limited : null;
  const limitBytes = limited ? (cgroups.find(({ path }) => path === limited)?.limitBytes ?? null) : null;
  // systemd-oomd kills a whole cgroup.
  const whole = notice.kind === 'guard-kill' && pid === null ? notice.cgroup : null;
  const victim =
    buildOf(notice, builds, clients) ??
    buildOf(notice, buildsAt(work, timeMs, slackMs), clientsAt(work, timeMs, slackMs));
  const hit = whole === null ? listOf(victim) : builds.filter((one) => isInCgroup(one.cgroup, whole));
  const client = hit.length === 0 ? workerWith(pid, clients) : undefined;
  const most = mostOf(builds, clients, {
    limited,
    share: (limitBytes ?? memory.totalBytes ?? 0) * causeShare,
  });
  const [build] = hit.length === 1 ? hit : [];
  return {
    timeMs,
    level: 'critical',
    kind: 'killed',
    killer: notice.kind !== 'oom-kill' ? notice.by : limited === null ? 'kernel' : 'limit',
    pid,
    comm,
    uid,
    residentBytes,
    cgroup: limited || notice.cgroup,
    limitBytes,
    build: build?.build ?? null,
    drv: build?.drv ?? null,
    builds: hit.length,
    command: client?.command ?? null,
    ...most,
  };
}

/** What we ended ourselves, with what was known of it: a process of a build is only its own. */
export function ownKilledEvent(
  { timeMs, what, pid, startTime, uid, build, command, guard }: Extract<Notice, { kind: 'own-kill' }>,
  work: RecentWork,
): KilledEvent {
  const worker = workerOf(work, { pid, startTime });
  return {
    timeMs,
    level: 'warning',
    kind: 'killed',
    killer: guard === true ? 'nixpulse guard' : 'nixpulse',
    pid,
    comm: null,
    uid: uid ?? worker?.uid ?? null,
    residentBytes: worker === undefined || worker.bytes === 0 ? null : worker.bytes,
    cgroup: null,
    limitBytes: null,
    build: build ?? worker?.build ?? null,
    drv: worker?.drv ?? null,
    // Of one process: the build may go on.
    builds: what === 'build' ? 1 : 0,
    command,
    causeBuild: null,
    causeCommand: null,
    causeResidentBytes: null,
    causeGrowthBytesPerMin: null,
  };
}

function listOf<T>(one: T | undefined): readonly T[] {
  return one === undefined ? [] : [one];
}

/** The one build of which it is proven: by its process, by a user that only builds have, by a cgroup of its own. */
function buildOf(
  { pid, uid, cgroup }: KilledProcess,
  builds: readonly Worker[],
  clients: readonly Worker[],
): Worker | undefined {
  const byPid = workerWith(pid, builds);
  if (byPid !== undefined) return byPid;
  const isOfBuilds = uid !== null && uid !== 0 && !clients.some((client) => client.uid === uid);
  return (
    onlyOne(isOfBuilds ? builds.filter((build) => build.uid === uid) : []) ??
    onlyOne(cgroup === null ? [] : builds.filter((build) => build.cgroup === cgroup && isOwn(cgroup)))
  );
}

/** With `use-cgroups` (Nix: src/libstore/unix/build/linux-derivation-builder.cc). */
function isOwn(cgroup: string): boolean {
  return /\/nix-build-uid-\d+$/.test(cgroup);
}

function onlyOne<T>(some: readonly T[]): T | undefined {
  return some.length === 1 ? some[0] : undefined;
}

function workerWith(pid: number | null, workers: readonly Worker[]): Worker | undefined {
  return pid === null ? undefined : workers.find(({ pids }) => pids.includes(pid));
}

type Most = Pick<
  KilledEvent,
  'causeBuild' | 'causeCommand' | 'causeResidentBytes' | 'causeGrowthBytesPerMin'
>;

/** Who would have had the most a minute later. */
function mostOf(
  builds: readonly Worker[],
  clients: readonly Worker[],
  { limited, share }: { readonly limited: string | null; readonly share: number },
): Most {
  // Where it is not said which limit: builds are those who mostly have one.
  const all = limited === '' ? builds : [...builds, ...clients];
  const suspects = limited === null ? all : all.filter(({ cgroup }) => isInCgroup(cgroup, limited));
  let most: Worker | null = null;
  let worst = share;
  for (const one of suspects) {
    const soon = one.bytes + Math.max(0, one.growthBytesPerMin ?? 0);
    if (one.bytes === 0 || soon < worst) continue;
    worst = soon;
    most = one;
  }
  return {
    causeBuild: most === null || most.command !== null ? null : (most.build ?? `pid ${most.pid}`),
    causeCommand: most?.command ?? null,
    causeResidentBytes: most?.bytes ?? null,
    causeGrowthBytesPerMin: most?.growthBytesPerMin ?? null,
  };
}

/** A task that hangs, with the build or client that it is of. */
export function hungEvent(
  { timeMs, pid, comm, sec }: Extract<Notice, { kind: 'hung-task' }>,
  work: RecentWork,
): HungEvent {
  const build = workerWith(pid, buildsAt(work, timeMs));
  const client = build === undefined ? workerWith(pid, clientsAt(work, timeMs)) : undefined;
  return {
    timeMs,
    level: 'warning',
    kind: 'hung-task',
    pid,
    comm,
    lengthSec: sec,
    build: build?.build ?? null,
    drv: build?.drv ?? null,
    command: client?.command ?? null,
  };
}
