/** What the main daemon may have and has: its builders inherit it. */
import type { DaemonLimits } from '../model/diagnosis/health.ts';
import { parseCgroup2Mount, parseCgroupPath } from '../parse/cgroup.ts';
import { parseLimit } from '../parse/process-limits.ts';
import type { Below } from './careful-reads.ts';

/** Null once it is gone. */
export async function readDaemonLimits(
  below: (directory: string) => Below,
  pid: number,
  mountinfo: string,
): Promise<DaemonLimits | null> {
  const of = below(`/proc/${pid}`);
  const limits = await of.text('limits');
  if (limits === null) return null;
  const path = parseCgroupPath((await of.text('cgroup')) ?? '');
  const mount = parseCgroup2Mount(mountinfo);
  const cgroup =
    path === null || mount === null || path.includes('..')
      ? null
      : below(`${mount}${path === '/' ? '' : path}`);
  return {
    pid,
    oomScoreAdj: await of.number('oom_score_adj'),
    openFilesMax: parseLimit(limits, 'Max open files'),
    openFiles: (await of.list('fd'))?.length ?? null,
    processesMax: parseLimit(limits, 'Max processes'),
    tasksMax: (await cgroup?.number('pids.max')) ?? null,
    tasks: (await cgroup?.number('pids.current')) ?? null,
  };
}
