/** What every process does and where it sleeps. Their files are read with deadlines: one that is sick holds up nobody. */
import { bytesText } from '../base/bytes.ts';
import { fail, ok, orNull } from '../base/problem.ts';
import { toolOfComm } from '../model/forest/nix-tools.ts';
import { parseProcessStat } from '../parse/process-stat.ts';
import { parseCmdline } from '../parse/process-text.ts';
import { detailsOf } from './process-details.ts';
import { commandText, type ProcessRow } from './process-row.ts';
import type { GatherContext, SourceRow } from './source.ts';
import { cutText } from './values.ts';

const mostProcesses = 5000;
const cmdlineMs = 250;
const cmdlineBytes = 4096;
/** So many reads that time out, and the rest are not asked: whatever they wait for is the same. */
const mostLate = 12;

export const processSources: readonly SourceRow[] = [
  {
    id: 'processes',
    what: 'all processes as a tree: state, where they sleep, memory, command line; of Nix and of what is in D all the rest',
    from: '/proc/<pid>/{stat,status,wchan,cmdline,syscall,stack,io,limits,cgroup,oom_*,fd,task}',
    stage: 'processes',
    timeMs: 12_000,
    mostBytes: 4 << 20,
    needs: 'read-all-processes',
    redaction: 'text',
    gather: gatherProcesses,
  },
];

async function gatherProcesses(context: GatherContext) {
  const { ports, emit, miss, ended, mostBytes } = context;
  const { files } = ports;
  const listed = files.list('/proc');
  if (!listed.ok) return listed;
  const pids = listed.value.filter((name) => /^\d+$/.test(name)).map(Number);
  const rows: ProcessRow[] = [];
  for (const pid of pids.slice(0, mostProcesses)) {
    const row = readRow(context, pid);
    if (row !== null) rows.push(row);
  }
  if (rows.length === 0) return fail('gone', '/proc', 'no process can be read');
  // What is known by now is out, whatever command lines take.
  const most = Math.floor(mostBytes / 4);
  let late = 0;
  const byInterest = rows.toSorted((a, b) => interest(b) - interest(a));
  const named = new Map<number, readonly string[]>();
  for (const { stat } of byInterest) {
    if (ended.aborted || late >= mostLate) break;
    const options = { deadlineMs: cmdlineMs, maxBytes: cmdlineBytes };
    const text = await files.readSlow(`/proc/${stat.pid}/cmdline`, options);
    if (text.ok) named.set(stat.pid, context.redact.words(parseCmdline(text.value)));
    else if (text.problem.kind === 'timeout') {
      late += 1;
      miss(text.problem);
    }
  }
  const whole = rows.map((row) => ({ ...row, argv: named.get(row.stat.pid) ?? null }));
  const tree = treeText(whole, { ticksPerSec: ports.native.ticksPerSec, uptimeSec: uptimeOf(context) });
  const cut =
    cutText(tree, most) ??
    (pids.length > mostProcesses ? `${mostProcesses} of ${pids.length} processes` : null);
  emit({ name: 'processes/tree.txt', body: tree.slice(0, most), cut });
  const details: string[] = [];
  let bytes = 0;
  for (const row of whole.filter(isOfInterest).toSorted((a, b) => interest(b) - interest(a))) {
    if (ended.aborted || bytes > mostBytes - most) break;
    const text = await detailsOf(context, row);
    details.push(text);
    bytes += text.length;
  }
  if (details.length > 0) emit({ name: 'processes/details.txt', body: details.join('\n') });
  return ok(undefined);
}

function readRow({ ports: { files } }: GatherContext, pid: number): ProcessRow | null {
  const stat = files.read(`/proc/${pid}/stat`);
  const parsed = stat.ok ? parseProcessStat(stat.value) : stat;
  if (!parsed.ok) return null;
  const status = orNull(files.read(`/proc/${pid}/status`)) ?? '';
  const wchan = orNull(files.read(`/proc/${pid}/wchan`));
  const kB = (name: string) => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    return found === undefined ? null : Number(found) * 1024;
  };
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  return {
    stat: parsed.value,
    uid: uid === undefined ? null : Number(uid),
    residentBytes: kB('VmRSS'),
    swapBytes: kB('VmSwap'),
    wchan: wchan === null || wchan === '0' || wchan === '' ? null : wchan,
    argv: null,
  };
}

function isOfInterest(row: ProcessRow): boolean {
  return interest(row) > 0;
}

/** In D first, then Nix, then the large ones. */
function interest({ stat, residentBytes }: ProcessRow): number {
  const isTool = toolOfComm(stat.comm) !== null;
  const isLarge = (residentBytes ?? 0) >= 1 << 30;
  return (stat.state === 'D' ? 4 : 0) + (isTool ? 2 : 0) + (isLarge ? 1 : 0);
}

function uptimeOf({ ports: { files } }: GatherContext): number | null {
  const seconds = Number.parseFloat(orNull(files.read('/proc/uptime')) ?? '');
  return Number.isNaN(seconds) ? null : seconds;
}

interface Times {
  readonly ticksPerSec: number;
  readonly uptimeSec: number | null;
}

/** Children below their parents, as ps(1) draws a forest. Kernel threads come last, those that sleep are counted. */
export function treeText(rows: readonly ProcessRow[], times: Times): string {
  const byParent = Map.groupBy(rows, ({ stat }) => stat.ppid);
  const known = new Set(rows.map(({ stat }) => stat.pid));
  const lines = [
    ['PID', 'PPID', 'UID', 'S', 'THR', 'CPU s', 'AGE s', 'RSS', 'SWAP', 'WCHAN', 'COMMAND'].reduce(
      (line, title, index) => line + title.padEnd(widths[index] ?? 0),
      '',
    ),
  ];
  let quiet = 0;
  const add = (row: ProcessRow, depth: number): void => {
    if (isQuietKernelThread(row)) quiet += 1;
    else lines.push(rowText(row, depth, times));
    for (const child of byParent.get(row.stat.pid) ?? []) add(child, depth + 1);
  };
  for (const row of rows) if (!known.has(row.stat.ppid)) add(row, 0);
  if (quiet > 0) lines.push(`and ${quiet} threads of the kernel that sleep`);
  return `${lines.join('\n')}\n`;
}

const widths = [8, 8, 7, 3, 5, 9, 9, 9, 9, 28, 0];

/** Kernel threads hang below kthreadd, pid 2. */
function isQuietKernelThread({ stat }: ProcessRow): boolean {
  return (stat.ppid === 2 || stat.pid === 2) && stat.state === 'S';
}

function rowText(
  { stat, uid, residentBytes, swapBytes, wchan, argv }: ProcessRow,
  depth: number,
  times: Times,
): string {
  const cpuSec = (stat.userTicks + stat.systemTicks) / times.ticksPerSec;
  const ageSec = times.uptimeSec === null ? null : times.uptimeSec - stat.startTime / times.ticksPerSec;
  const cells = [
    ...[stat.pid, stat.ppid, uid ?? '-', stat.state, stat.threads, cpuSec.toFixed(1)],
    ageSec === null ? '-' : Math.max(0, ageSec).toFixed(0),
    residentBytes === null ? '-' : bytesText(residentBytes).replace(' ', ''),
    swapBytes === null ? '-' : bytesText(swapBytes).replace(' ', ''),
    wchan ?? '-',
  ];
  const line = cells.reduce<string>((text, cell, index) => text + `${cell} `.padEnd(widths[index] ?? 0), '');
  const command = argv === null || argv.length === 0 ? `[${stat.comm}]` : commandText(argv);
  return `${line}${'  '.repeat(Math.min(depth, 12))}${command}`;
}
