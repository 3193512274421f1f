/**
 * A close look at builds that seem to stand still: context switches, where their processes sleep, and until when. A few
 * processes a scan, off the main thread; builds whose processes come and go, as they do in almost all, cost nothing.
 */
import { toolOfComm } from '../model/forest/nix-tools.ts';
import type { ProgressRaw } from '../model/sample.ts';
import { parseCallBytes, parseSwitches, parseTimed, parseWchan } from '../parse/process-progress.ts';
import type { Files } from '../platform/ports.ts';
import type { Member } from './member.ts';
import { readOtherThreads } from './other-threads.ts';
import type { SlowQueue } from './slow-queue.ts';

export interface ProgressReader {
  /** After each scan. `read` false: it only remembers what moved. */
  update(members: ReadonlyMap<number, Member>, nowMs: number, read: boolean): void;
}

export interface ProgressTimes {
  /** No process of the build has a new stat for so long. */
  readonly idleMs: number;
  /** None began or ended for so long: what works may be a loop. */
  readonly sameMs: number;
  /** A process is looked at again after this, and more rarely what stands for long. */
  readonly againMs: number;
}

const usualTimes: ProgressTimes = { idleMs: 30_000, sameMs: 90_000, againMs: 10_000 };
const againShare = 0.05;
const seldomestMs = 60_000;
const looksPerScan = 4;

/** The processes of one build: of a build user, or, where builds have none, of one session; or of one hook. */
interface Group {
  movedAtMs: number;
  sameSinceMs: number;
  /** Of its pids: another set has another count or, but for chance, another sum. */
  count: number;
  sum: number;
}

export function createProgressReader(
  files: Files,
  queue: SlowQueue,
  isBuildUid: (uid: number) => boolean,
  times: ProgressTimes = usualTimes,
): ProgressReader {
  let groups = new Map<number, Group>();

  /** A builder leads a session below a tool. */
  function sessionsOfBuilders(members: ReadonlyMap<number, Member>): ReadonlySet<number> {
    const sessions = new Set<number>();
    members.forEach(({ pid, stat }) => {
      if (stat.session !== pid || toolOfComm(stat.comm) !== null) return;
      const parent = members.get(stat.ppid);
      if (parent !== undefined && toolOfComm(parent.stat.comm) !== null) sessions.add(pid);
    });
    return sessions;
  }

  function keyIn(
    sessions: ReadonlySet<number>,
    members: ReadonlyMap<number, Member>,
    member: Member,
  ): number | null {
    const { uid, stat } = member;
    if (uid !== null && isBuildUid(uid)) return -1 - uid;
    if (sessions.has(stat.session)) return stat.session;
    return toolOfComm(stat.comm) === null ? hookAbove(members, member) : null;
  }

  function look(members: ReadonlyMap<number, Member>, member: Member, atMs: number): void {
    queue.add(`${member.key}:progress`, false, async () => {
      const progress = await readProgress(files, member.pid, member.stat.threads, atMs);
      const isThere = members.get(member.pid) === member && member.statFile.read().ok;
      if (isThere && progress !== null) member.progress = progress;
    });
  }

  return {
    update(members, nowMs, read) {
      const sessions = sessionsOfBuilders(members);
      const now = new Map<number, Group>();
      members.forEach((member) => {
        const key = keyIn(sessions, members, member);
        if (key === null) return;
        const group = now.get(key) ?? { movedAtMs: groups.get(key)?.movedAtMs ?? nowMs, ...nobody(nowMs) };
        now.set(key, group);
        group.count += 1;
        group.sum += member.pid;
        if (member.moved) group.movedAtMs = nowMs;
      });
      for (const [key, group] of now) {
        const before = groups.get(key);
        const same = before !== undefined && before.count === group.count && before.sum === group.sum;
        if (same) group.sameSinceMs = before.sameSinceMs;
      }
      groups = now;
      const due: Member[] = [];
      const dueIn = new Set<Member>();
      members.forEach((member) => {
        const key = keyIn(sessions, members, member);
        const group = key === null ? undefined : now.get(key);
        const stillMs = group === undefined ? null : standsStillMs(group, nowMs, times);
        if (stillMs === null) return;
        // Who started it reads its log.
        const parent = members.get(member.stat.ppid);
        for (const one of parent !== undefined && keyIn(sessions, members, parent) !== key
          ? [member, parent]
          : [member]) {
          if (dueIn.has(one)) continue;
          dueIn.add(one);
          if (nowMs - readAtMs(one) >= againAfterMs(stillMs, times)) due.push(one);
        }
      });
      members.forEach((member) => {
        if (member.progress !== null && !dueIn.has(member)) member.progress = null;
      });
      if (!read || due.length === 0) return;
      due.sort((a, b) => readAtMs(a) - readAtMs(b));
      for (const member of due.slice(0, looksPerScan)) look(members, member, nowMs);
    },
  };
}

/** Deeper than any hook that a person has written. */
const deepest = 8;

/** Pid of the child of a worker of the daemon that it is or hangs below, in its session: a post-build-hook. */
function hookAbove(members: ReadonlyMap<number, Member>, member: Member): number | null {
  let top = member;
  for (let depth = 0; depth < deepest; depth += 1) {
    const parent = members.get(top.stat.ppid);
    if (parent === undefined) return null;
    if (parent.stat.comm === 'nix-daemon') return parent.stat.session === top.stat.session ? top.pid : null;
    top = parent;
  }
  return null;
}

function nobody(nowMs: number): Omit<Group, 'movedAtMs'> {
  return { sameSinceMs: nowMs, count: 0, sum: 0 };
}

/** For how long; null where it gets on. */
function standsStillMs(
  { movedAtMs, sameSinceMs }: Group,
  nowMs: number,
  { idleMs, sameMs }: ProgressTimes,
): number | null {
  const sameForMs = nowMs - sameSinceMs;
  const idleForMs = Math.min(nowMs - movedAtMs, sameForMs);
  if (idleForMs >= idleMs) return idleForMs;
  return sameForMs >= sameMs ? sameForMs : null;
}

function readAtMs({ progress }: Member): number {
  return progress?.atMs ?? Number.NEGATIVE_INFINITY;
}

function againAfterMs(stillMs: number, { againMs }: ProgressTimes): number {
  return Math.min(seldomestMs, Math.max(againMs, stillMs * againShare));
}

/** Null where it has ended. */
async function readProgress(
  files: Files,
  pid: number,
  threads: number,
  atMs: number,
): Promise<ProgressRaw | null> {
  const [status, wchan, syscall, io] = await Promise.all(
    ['status', 'wchan', 'syscall', 'io'].map((name) => files.readSlow(`/proc/${pid}/${name}`)),
  );
  if (!status?.ok) return null;
  const place = wchan?.ok ? parseWchan(wchan.value) : null;
  const otherThreads = threads > 1 ? await readOtherThreads(files, pid) : null;
  return {
    atMs,
    ...parseSwitches(status.value),
    ...(otherThreads && { otherThreads }),
    wchan: place,
    timed: parseTimed(syscall?.ok ? syscall.value : '', place),
    callBytes: io?.ok ? parseCallBytes(io.value) : null,
  };
}
