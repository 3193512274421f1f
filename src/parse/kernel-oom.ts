/** Lines of the kernel's OOM killer (mm/oom_kill.c, mm/memcontrol.c): whom it killed, and at whose limit. */
import type { NoticeData } from '../model/diagnosis/notice.ts';

/** What the line before said: the limit and the victim's cgroup stand in another line than its size. */
export interface OomContext {
  /** As in the notice. */
  readonly limited: string | null;
  readonly pid: number | null;
  readonly uid: number | null;
  readonly cgroup: string | null;
}

type OomKill = Extract<NoticeData, { kind: 'oom-kill' }>;

/**
 * `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a/b,task=ld,pid=7,uid=30001`
 * since 4.20; `global_oom` in place of `oom_memcg` where the whole machine is short.
 */
const summary =
  /^oom-kill:constraint=\w+,.*?,(?:global_oom|oom_memcg=(.*?)),task_memcg=(.*?),task=.*,pid=(\d+),uid=(\d+)$/;
/** Before: `Task in /a/b killed as a result of limit of /a`. */
const oldSummary = /^Task in (\S+) killed as a result of limit of (\S+)$/;
/**
 * `Memory cgroup out of memory: Killed process 7 (ld) total-vm:8kB, anon-rss:4kB, file-rss:1kB, shmem-rss:0kB, UID:30001
 * pgtables:1kB oom_score_adj:0`; `Killed process 7, UID 30001, (ld) total-vm:…` and without the first words before 5.0.
 */
const killed =
  /^(?:(Memory cgroup o|O)ut of memory(?: \(\w+\))?: )?Killed process (\d+)(?:, UID (\d+),)? \((.*)\),? total-vm:\d+kB(.*)$/;
const resident = /\b(?:anon|file|shmem)-rss:(\d{1,15})kB/g;

/** A line that only says what the next ones are about; null: it is none. */
export function readOomContext(line: string): OomContext | null {
  const now = summary.exec(line);
  if (now !== null) {
    const [, limited = null, cgroup = null, pid, uid] = now;
    return { limited, cgroup, pid: Number(pid), uid: Number(uid) };
  }
  const old = oldSummary.exec(line);
  return old === null ? null : { limited: old[2] ?? null, cgroup: old[1] ?? null, pid: null, uid: null };
}

export function readOomKill(line: string, context: OomContext | null): OomKill | null {
  const match = killed.exec(line);
  if (match === null) return null;
  const [, scope, number, oldUid, comm = null, rest = ''] = match;
  const pid = Number(number);
  // With memory.oom.group the whole cgroup is killed, and only the first of it has a line of its own before.
  const own = context !== null && (context.pid === null || context.pid === pid) ? context : null;
  const atLimit = scope === undefined ? null : scope.startsWith('Memory');
  const said = own?.limited ?? context?.limited ?? null;
  const uid = /\bUID:(\d+)\s/.exec(rest)?.[1] ?? oldUid;
  const sizes = [...rest.matchAll(resident)];
  return {
    kind: 'oom-kill',
    limited: atLimit === false ? null : atLimit === true ? (said ?? '') : (own?.limited ?? null),
    pid,
    comm,
    uid: uid === undefined ? (own?.uid ?? null) : Number(uid),
    residentBytes: sizes.length === 0 ? null : sizes.reduce((sum, [, kB]) => sum + Number(kB) * 1024, 0),
    cgroup: own?.cgroup ?? null,
  };
}
