/**
 * Where a process that stands still sleeps: every thread of those of its tree that wait for no other one of it, looked
 * at again and again. One that was seen in the same place each time waits there; what computes is seen nowhere.
 */
import { fail, ok, orNull, type Result } from '../base/problem.ts';
import type { ProbeValues } from '../model/diagnosis/probe-values.ts';
import { parseKernelStack } from '../parse/kernel-stack.ts';
import { parseProcessStat } from '../parse/process-stat.ts';
import { pause } from './pause.ts';
import type { Probe, ProbeContext } from './probe.ts';

type Places = ProbeValues['stack']['places'];

const samples = 20;
const everyMs = 100;
/** Of a build with more, the first ones; a build of a thousand processes is not stuck in each of them. */
const mostProcesses = 64;
const mostThreads = 64;
const mostPlaces = 16;

export const stack: Probe<'stack'> = async (subject, context) => {
  const { files } = context.ports;
  const [pid = '', startTime] = (subject ?? '').split(':');
  const root = await statOf(pid, context);
  if (!root.ok) return root;
  if (startTime !== undefined && root.value.startTime !== Number(startTime))
    return fail('gone', `process ${pid}`);

  const threads = await threadsOf(await leavesOf(pid, context), context);
  const seen = new Map<string, { wchan: string; times: number; pid: number; comm: string }>();
  let looks = 0;
  let hidden = false;
  for (; looks < samples && !context.cancelled.aborted; looks++) {
    if (looks > 0) await pause(everyMs, context);
    const places = await Promise.all(threads.map((thread) => placeOf(thread, context)));
    places.forEach((wchan, at) => {
      const thread = threads[at];
      if (wchan === 'hidden') hidden = true;
      if (thread === undefined || wchan === null || wchan === 'hidden') return;
      const key = `${thread.pid} ${wchan}`;
      const place = seen.get(key) ?? { wchan, times: 0, pid: Number(thread.pid), comm: thread.comm };
      place.times += 1;
      seen.set(key, place);
    });
  }
  const places: Places = [...seen.values()].toSorted((a, b) => b.times - a.times).slice(0, mostPlaces);
  if (places.length === 0 && hidden) return fail('denied', `/proc/${pid}/wchan`, 'needs root, or the owner');
  const [first] = threads;
  const text = first && orNull(await files.readSlow(`/proc/${first.pid}/task/${first.tid}/stack`));
  return ok({ places, samples: looks, stack: text ? parseKernelStack(text) : null });
};

interface Thread {
  readonly pid: string;
  readonly tid: string;
  readonly comm: string;
}

async function statOf(pid: string, { ports: { files } }: ProbeContext) {
  const text = await files.readSlow(`/proc/${pid}/stat`);
  return text.ok ? parseProcessStat(text.value) : (text satisfies Result<never>);
}

/** Processes of the tree that have no child: the others wait for theirs. */
async function leavesOf(root: string, { ports: { files } }: ProbeContext): Promise<readonly string[]> {
  const leaves: string[] = [];
  const open = [root];
  for (let looked = 0; looked < mostProcesses * 4 && leaves.length < mostProcesses; looked++) {
    const pid = open.shift();
    if (pid === undefined) break;
    const children: string[] = [];
    // CONFIG_PROC_CHILDREN; any thread may have started one.
    for (const tid of (orNull(await files.listSlow(`/proc/${pid}/task`)) ?? []).slice(0, mostThreads)) {
      const text = orNull(await files.readSlow(`/proc/${pid}/task/${tid}/children`)) ?? '';
      children.push(...text.split(' ').filter((child) => child !== ''));
    }
    if (children.length === 0) leaves.push(pid);
    else open.push(...children);
  }
  return leaves.length > 0 ? leaves : [root];
}

async function threadsOf(pids: readonly string[], context: ProbeContext): Promise<readonly Thread[]> {
  const threads: Thread[] = [];
  for (const pid of pids) {
    const stat = await statOf(pid, context);
    const tids = orNull(await context.ports.files.listSlow(`/proc/${pid}/task`)) ?? [];
    const comm = stat.ok ? stat.value.comm : '';
    for (const tid of tids) if (threads.length < mostThreads) threads.push({ pid, tid, comm });
  }
  return threads;
}

/**
 * `running` of one that computes; null of one that has ended. `0` is what the kernel says of a running thread, and of
 * any to those who may not know (proc_pid_wchan, fs/proc/base.c).
 */
async function placeOf({ pid, tid }: Thread, { ports: { files } }: ProbeContext): Promise<string | null> {
  const directory = `/proc/${pid}/task/${tid}`;
  const [wchan, stat] = await Promise.all([
    files.readSlow(`${directory}/wchan`),
    files.readSlow(`${directory}/stat`),
  ]);
  const state = stat.ok ? parseProcessStat(stat.value) : null;
  if (!state?.ok) return null;
  if (state.value.state === 'R') return 'running';
  if (!wchan.ok) return wchan.problem.kind === 'denied' ? 'hidden' : null;
  const place = wchan.value.trim();
  return place === '0' || place === '' ? 'hidden' : place;
}
