/** Who goes first at CPU and disk, as the kernel says it now: of threads, of a session, of a cgroup. */
import type { ProcessIdentity } from '../base/identity.ts';
import type { ProcessRaw } from '../model/sample.ts';
import type { CgroupBefore } from '../parse/lowered-file.ts';
import { parseAutogroup, parseLeastNice, parseSetting } from '../parse/priority.ts';
import { parseProcessStat } from '../parse/process-stat.ts';
import type { Ports, ThreadIdentity } from '../platform/ports.ts';

export interface ThreadPriority extends ThreadIdentity {
  readonly nice: number;
  /** As ioprio_get(2) says it; null where nobody can tell. */
  readonly io: number | null;
}

/** The kernel's lowest. */
export const lowestNice = 19;

export function threadKey({ tid, startTime }: ThreadIdentity): string {
  return `${tid}:${startTime}`;
}

/** Those that live, the first thread first; none where the process has ended. */
export function threadsOf(
  { pid, startTime }: ProcessIdentity,
  { files, priorities }: Pick<Ports, 'files' | 'priorities'>,
): readonly ThreadPriority[] {
  const names = files.list(`/proc/${pid}/task`);
  if (!names.ok) return [];
  let isSame = false;
  const threads = names.value.flatMap((name): readonly ThreadPriority[] => {
    const text = files.read(`/proc/${pid}/task/${name}/stat`);
    const stat = text.ok ? parseProcessStat(text.value) : text;
    if (!stat.ok) return [];
    const thread = { pid, tid: stat.value.pid, startTime: stat.value.startTime };
    // Its number may be another's by now.
    if (thread.tid === pid) isSame = thread.startTime === startTime;
    // The first may have ended before the others.
    if (stat.value.state === 'Z') return [];
    const io = priorities.ioPriority(thread);
    // It has ended since.
    if (!io.ok && io.problem.kind === 'gone') return [];
    return [{ ...thread, nice: stat.value.nice ?? 0, io: io.ok ? io.value : null }];
  });
  if (!isSame) return [];
  return threads.toSorted((a, b) => Number(b.tid === pid) - Number(a.tid === pid));
}

/** Whether sessions compete as one (sched_autogroup_enabled). */
export function hasAutogroups(files: Pick<Ports['files'], 'read'>): boolean {
  const enabled = files.read('/proc/sys/kernel/sched_autogroup_enabled');
  return enabled.ok && enabled.value.trim() === '1';
}

/** Null: it has none. */
export function sessionNice({ pid }: ProcessIdentity, files: Pick<Ports['files'], 'read'>): number | null {
  const text = files.read(`/proc/${pid}/autogroup`);
  return text.ok ? parseAutogroup(text.value) : null;
}

/** Null: the controller is not there. */
export function settingOf(
  directory: string,
  setting: CgroupBefore['setting'],
  files: Pick<Ports['files'], 'read'>,
): string | null {
  const text = files.read(`${directory}/${setting}`);
  return text.ok ? parseSetting(text.value) : null;
}

/** Whether so low a nice can be had back: CAP_SYS_NICE, or the RLIMIT_NICE of the process (setpriority(2)). */
export function mayRaise(
  { pid, uid }: Pick<ProcessRaw, 'pid' | 'uid'>,
  nice: number,
  { files, native }: Pick<Ports, 'files' | 'native'>,
): boolean {
  if (native.may('set-priority')) return true;
  if (uid !== native.uid) return false;
  const limits = files.read(`/proc/${pid}/limits`);
  return limits.ok && nice >= parseLeastNice(limits.value);
}
