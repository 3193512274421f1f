/** All that is readable of one process: where each thread sleeps, its stack, limits, open files. */
import { orNull, type Result } from '../base/problem.ts';
import { commandText, type ProcessRow } from './process-row.ts';
import type { GatherContext } from './source.ts';

/** The stack is the best proof of a disk or a network file system that hangs; it takes root. */
const files = ['status', 'stack', 'syscall', 'io', 'cgroup', 'oom_score', 'oom_score_adj', 'sched', 'limits'];
const deadlineMs = 300;
const mostDescriptors = 128;
const mostThreads = 64;
/** Of sched(5) and status the rest is long and tells nothing here. */
const kept: Readonly<Record<string, RegExp>> = {
  status:
    /^(?:Name|Umask|State|Tgid|Pid|PPid|TracerPid|Uid|Gid|FDSize|Vm\w+|Rss\w+|Threads|SigPnd|ShdPnd|SigBlk|SigIgn|SigCgt|CapEff|NoNewPrivs|Seccomp|Cpus_allowed_list|\w+ctxt_switches)/,
  sched: /^(?:se\.exec_start|se\.sum_exec_runtime|nr_switches|policy|prio|se\.statistics)/,
};

export async function detailsOf({ ports, ended }: GatherContext, row: ProcessRow): Promise<string> {
  const { pid, comm } = row.stat;
  const lines = [`==> ${pid} ${comm} <==`];
  if (row.argv !== null && row.argv.length > 0) lines.push(`command: ${commandText(row.argv)}`);
  lines.push(`wchan: ${row.wchan ?? '-'}`);
  for (const name of files) {
    if (ended.aborted) return `${lines.join('\n')}\n`;
    const read = await ports.files.readSlow(`/proc/${pid}/${name}`, { deadlineMs });
    lines.push(...fileLines(name, read));
  }
  lines.push(...(await threadLines({ ports }, pid)), ...(await descriptorLines({ ports }, pid)));
  return `${lines.join('\n')}\n`;
}

function fileLines(name: string, read: Result<string>): readonly string[] {
  if (!read.ok) return read.problem.kind === 'gone' ? [] : [`${name}: (${read.problem.kind})`];
  const only = kept[name];
  const all = read.value.trimEnd().split('\n');
  const lines = only === undefined ? all : all.filter((line) => only.test(line));
  if (lines.length === 1) return [`${name}: ${lines[0]}`];
  return lines.length === 0 ? [] : [`${name}:`, ...lines.map((line) => `  ${line}`)];
}

/** `thread 5160 D wchan: io_schedule`, of those that are not the first. */
async function threadLines({ ports }: Pick<GatherContext, 'ports'>, pid: number): Promise<readonly string[]> {
  const listed = ports.files.list(`/proc/${pid}/task`);
  if (!listed.ok || listed.value.length < 2) return [];
  const threads = listed.value.filter((tid) => tid !== String(pid)).slice(0, mostThreads);
  return threads.map((tid) => {
    const stat = orNull(ports.files.read(`/proc/${pid}/task/${tid}/stat`)) ?? '';
    const [, name = '', state = '?'] = /\((.*)\) (\S)/s.exec(stat) ?? [];
    const wchan = orNull(ports.files.read(`/proc/${pid}/task/${tid}/wchan`));
    return `thread ${tid} (${name}) ${state} wchan: ${wchan === null || wchan === '0' ? '-' : wchan}`;
  });
}

async function descriptorLines(
  { ports }: Pick<GatherContext, 'ports'>,
  pid: number,
): Promise<readonly string[]> {
  const listed = await ports.files.listSlow(`/proc/${pid}/fd`, { deadlineMs });
  if (!listed.ok) return listed.problem.kind === 'gone' ? [] : [`fd: (${listed.problem.kind})`];
  const lines: string[] = [];
  for (const number of listed.value.slice(0, mostDescriptors)) {
    const target = await ports.files.linkSlow(`/proc/${pid}/fd/${number}`, { deadlineMs });
    lines.push(`fd ${number}: ${target.ok ? target.value : `(${target.problem.kind})`}`);
  }
  if (listed.value.length > mostDescriptors)
    lines.push(`fd: and ${listed.value.length - mostDescriptors} more`);
  return lines;
}
