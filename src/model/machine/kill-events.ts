/**
 * Who killed whom, and which build or client took the most memory then: what the kernel and guards of memory say, joined
 * with the processes by identity and time. A pid is gone by then, and a build user may have its next build.
 */
import type { KilledProcess, Notice } from '../diagnosis/notice.ts';
import type { Build, Client, Model, ModelEvent } from '../model.ts';
import { type RecentWork, ranAt } from './recent-work.ts';

type KilledEvent = Extract<ModelEvent, { kind: 'killed' }>;
export type KillNotice = Extract<Notice, { kind: 'oom-kill' | 'guard-kill' }>;
type HungEvent = Extract<ModelEvent, { kind: 'hung-task' }>;

/** What it had just before, of the ticks of its history. */
const lastTicks = 10;
/** Who takes less than this of all that there is, was not why. */
const causeShare = 0.1;

export function isKill(notice: Notice): notice is KillNotice {
  return notice.kind === 'oom-kill' || notice.kind === 'guard-kill';
}

export function killedEvent(
  notice: KillNotice,
  work: RecentWork,
  { memory, cgroups }: Pick<Model, 'memory' | 'cgroups'>,
): KilledEvent {
  const { timeMs, pid, comm, uid, residentBytes } = notice;
  const builds = ranAt(work.builds, timeMs);
  const clients = ranAt(work.clients, timeMs);
  const limited = notice.kind === 'oom-kill' ? notice.limited : null;
  const limitBytes = limited ? (cgroups.find(({ path }) => path === limited)?.limitBytes ?? null) : null;
  // systemd-oomd kills a whole cgroup.
  const whole = notice.kind === 'guard-kill' && pid === null ? notice.cgroup : null;
  const hit =
    whole === null
      ? listOf(buildOf(notice, builds, clients))
      : builds.filter((one) => isIn(one.cgroup, whole));
  const client = hit.length === 0 ? clientOf(pid, clients) : null;
  const most = mostOf(builds, clients, {
    limited,
    share: (limitBytes ?? memory.totalBytes ?? 0) * causeShare,
  });
  const [build] = hit.length === 1 ? hit : [];
  return {
    timeMs,
    level: 'critical',
    kind: 'killed',
    killer: notice.kind === 'guard-kill' ? notice.by : limited === null ? 'kernel' : 'limit',
    pid,
    comm,
    uid,
    residentBytes,
    cgroup: limited || notice.cgroup,
    limitBytes,
    build: build?.name ?? null,
    drv: drvOf(build),
    builds: hit.length,
    command: client?.command ?? null,
    ...most,
  };
}

function listOf<T>(one: T | undefined): readonly T[] {
  return one === undefined ? [] : [one];
}

/** The one build of which it is proven: by its process, by a user that only builds have, by a cgroup of its own. */
function buildOf(
  { pid, uid, cgroup }: KilledProcess,
  builds: readonly Build[],
  clients: readonly Client[],
): Build | undefined {
  const byPid =
    pid === null ? undefined : builds.find(({ tree }) => tree.some((process) => process.pid === pid));
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

function clientOf(pid: number | null, clients: readonly Client[]): Client | undefined {
  if (pid === null) return undefined;
  return clients.find((one) => one.pid === pid || one.processes.some((process) => process.pid === pid));
}

function drvOf(build: Build | undefined): string | null {
  if (build === undefined) return null;
  if (build.log !== null) return build.log.drv;
  const { drvHash, name } = build;
  return drvHash === null || name === null ? null : `/nix/store/${drvHash}-${name}.drv`;
}

type Most = Pick<
  KilledEvent,
  'causeBuild' | 'causeCommand' | 'causeResidentBytes' | 'causeGrowthBytesPerMin'
>;

/** Who would have had the most a minute later. */
function mostOf(
  builds: readonly Build[],
  clients: readonly Client[],
  { limited, share }: { readonly limited: string | null; readonly share: number },
): Most {
  let most: Most = {
    causeBuild: null,
    causeCommand: null,
    causeResidentBytes: null,
    causeGrowthBytesPerMin: null,
  };
  let worst = share;
  const consider = (bytes: number, perMin: number | null, named: Partial<Most>): void => {
    const soon = bytes + Math.max(0, perMin ?? 0);
    if (bytes === 0 || soon < worst) return;
    worst = soon;
    most = {
      causeBuild: null,
      causeCommand: null,
      causeResidentBytes: bytes,
      causeGrowthBytesPerMin: perMin,
      ...named,
    };
  };
  for (const build of builds) {
    if (limited !== null && !isIn(build.cgroup, limited)) continue;
    const bytes = Math.max(build.residentBytes ?? 0, ...build.residentHistory.slice(-lastTicks));
    consider(bytes, build.residentGrowthBytesPerMin, { causeBuild: build.name ?? `pid ${build.pid}` });
  }
  // Of clients it is not known what limits hold.
  if (limited === null)
    for (const { residentBytes, command } of clients)
      consider(residentBytes ?? 0, null, { causeCommand: command });
  return most;
}

function isIn(path: string | null, cgroup: string): boolean {
  return path !== null && (path === cgroup || path.startsWith(`${cgroup}/`));
}

/** A task that hangs, with the build or client that it is of. */
export function hungEvent(
  { timeMs, pid, comm, sec }: Extract<Notice, { kind: 'hung-task' }>,
  work: RecentWork,
): HungEvent {
  const build = ranAt(work.builds, timeMs).find(({ tree }) => tree.some((process) => process.pid === pid));
  const command = build === undefined ? (clientOf(pid, ranAt(work.clients, timeMs))?.command ?? null) : null;
  return {
    timeMs,
    level: 'warning',
    kind: 'hung-task',
    pid,
    comm,
    lengthSec: sec,
    build: build?.name ?? null,
    drv: drvOf(build),
    command,
  };
}
