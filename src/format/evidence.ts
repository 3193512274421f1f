/** The words of what a finding or a verdict stands on: what was read, its value with its unit, since when. */
import { bytesText, formatGrowth } from '../base/bytes.ts';
import { minuteText } from '../base/clock-time.ts';
import { lengthText } from '../base/duration.ts';
import { formatMs, formatPercent, formatTenths } from '../base/number.ts';
import { oneLine, printable } from '../base/text.ts';
import type { Untested } from '../model/diagnosis/hypothesis.ts';
import type { Evidence, Verdict } from '../model/diagnosis/verdict.ts';
import { documentSections } from '../model/fields/document.ts';
import type { Field, Unit } from '../model/fields/field.ts';
import type { Model } from '../model/model.ts';
import { untestedText } from './findings.ts';

interface Words {
  readonly title: string;
  /** Where it is from, for those who ask. */
  readonly help: string;
}

/** Fields that a sentence calls otherwise than a column does, and what is no field of its own. */
const ownWords: Readonly<Record<string, Words>> = {
  cpu: { title: 'CPU', help: 'CPU time of all its processes, as a share of one CPU' },
  resident: { title: 'memory', help: 'what all its processes hold' },
  processes: { title: 'processes', help: 'that belong to it; since one began or ended' },
  write: { title: 'disk I/O', help: 'bytes from and to disks' },
  paused: { title: 'paused', help: 'stopped by a signal, or its cgroup is frozen' },
  switches: { title: 'context switches', help: 'voluntary and involuntary ones, as khungtaskd counts them' },
  wchan: { title: 'sleeps in', help: "the kernel's function in which it sleeps (/proc/<pid>/wchan)" },
  usual: { title: 'of its usual time', help: 'what builds of its name took before' },
  'log.lines': { title: 'log lines', help: 'since its last one' },
  'states.T': { title: 'stopped processes', help: 'state T of /proc/<pid>/stat' },
  'states.Z': { title: 'zombies', help: 'all its processes have ended and are not reaped' },
  'transfers.bytes': { title: 'transferred', help: 'by its log; since the last byte' },
  'rebuilds.waits': { title: 'waits', help: 'by their logs; since the first one' },
  'rebuilds.peers.asked': { title: 'questions', help: 'whether it has a path' },
  'rebuilds.peers.answered': { title: 'answers', help: 'by its log' },
  'rebuilds.peers.unanswered': { title: 'without an answer', help: 'however often asked again' },
  'rebuilds.peers.retries': { title: 'asked again', help: 'by its log' },
  'rebuilds.peers.answer': { title: 'answers in', help: 'median of the last 25, as exact as a tick' },
  'rebuilds.peers.lost': { title: 'time lost', help: 'waited for in vain, while nothing was built' },
  'rebuilds.peers.moving': { title: 'speed', help: 'of all that comes from it, over a minute' },
  'failures.required.system': { title: 'needs', help: 'as Nix says' },
  'failures.required.features': { title: 'needs features', help: 'as Nix says' },
  'failures.local.features': { title: 'this machine has', help: 'as Nix says' },
  'probe.units': {
    title: 'waits for unit',
    help: 'of systemd, by the command line of systemctl or systemd-run',
  },
  'failures.unit': { title: 'unit', help: 'as the tool says' },
  'failures.exitCode': { title: 'exit code', help: 'of the tool' },
  'failures.said': { title: 'its log', help: 'of what failed' },
  'health.daemon.tasks': { title: 'tasks', help: 'pids.current of its cgroup' },
  'health.daemon.openFiles': { title: 'open files', help: '/proc/<pid>/fd of the daemon' },
  'health.kernel.filesOpen': { title: 'open files', help: 'of the machine (fs.file-nr)' },
  'filesystems.freedInodes': { title: 'inodes freed', help: 'on the file system of the store, by whomever' },
  'filesystems.available': { title: 'free space', help: 'for users (f_bavail of statfs)' },
  'filesystems.freeInodes': { title: 'free inodes', help: 'of all inodes (f_ffree of statfs)' },
};

let fields: ReadonlyMap<string, Field<never>> | null = null;

/** By `id` of the machine's, `disks.util` of a list's. Made when first asked for: most screens show no evidence. */
function fieldOf(id: string): Field<never> | undefined {
  fields ??= new Map(
    documentSections.flatMap(({ path, fields: own }) =>
      own.map((field): [string, Field<never>] => {
        const list = path.replaceAll('[]', '');
        return [list === '' ? field.id : `${list}.${field.id}`, field];
      }),
    ),
  );
  return fields.get(id) ?? fields.get(`builds.${id}`);
}

/** What the field is called in a sentence. */
export function evidenceTitle(id: string): string {
  return ownWords[id]?.title ?? fieldOf(id)?.title ?? id;
}

/** Where it is from; empty where nobody says. */
export function evidenceHelp(id: string): string {
  return ownWords[id]?.help ?? fieldOf(id)?.help.replace(/\.$/, '') ?? '';
}

const numberTexts: Readonly<Partial<Record<Unit, (value: number) => string>>> = {
  bytes: bytesText,
  'bytes/s': (value) => `${bytesText(value)}/s`,
  'bytes/min': (value) => `${formatGrowth(value)}/min`,
  percent: formatPercent,
  cpu: formatPercent,
  s: (value) => lengthText(value * 1000),
  ms: (value) => `${formatMs(value)} ms`,
  'per second': (value) => `${formatTenths(value)} a second`,
  ratio: formatTenths,
  time: minuteText,
  flag: (value) => (value === 0 ? 'no' : 'yes'),
};

/** Its value with its unit; empty where only its time counts. */
export function evidenceValue({ value, unit }: Pick<Evidence, 'value' | 'unit'>): string {
  if (value === null) return '';
  if (typeof value === 'string') return oneLine(value);
  return (numberTexts[unit] ?? String)(value);
}

type Clock = Pick<Model, 'timeMs' | 'monotonicMs'>;

/** `13:21, 6 min`; empty of what is so at this moment only. */
export function evidenceSince({ sinceMs }: Pick<Evidence, 'sinceMs'>, clock: Clock): string {
  if (sinceMs === null) return '';
  const ms = Math.max(0, clock.monotonicMs - sinceMs);
  return `${minuteText(clock.timeMs - ms)}, ${lengthText(ms)}`;
}

/** `CPU 0%, since 13:21, 6 min`: all of it in one line. */
export function evidenceText(evidence: Evidence, clock: Clock): string {
  const since = evidenceSince(evidence, clock);
  const value = evidenceValue(evidence);
  const said = `${evidenceTitle(evidence.field)}${value === '' ? '' : ` ${value}`}`;
  return printable(since === '' ? said : `${said}, since ${since}`);
}

type Unseen = Verdict['unseen'][number];

/** What is not seen, and what it takes. */
const unseenWords: Readonly<Record<Unseen, { readonly title: string; readonly takes: Untested }>> = {
  io: {
    title: 'disk I/O',
    takes: { kind: 'privilege', privilege: "root, or the same user as the build's" },
  },
  wchan: {
    title: 'where it sleeps',
    takes: { kind: 'privilege', privilege: "root, or the same user as the build's" },
  },
  lines: { title: 'log lines', takes: { kind: 'log' } },
  transfers: { title: 'downloads', takes: { kind: 'log' } },
  evaluation: { title: 'evaluated files', takes: { kind: 'log' } },
  steps: { title: 'steps of the tool', takes: { kind: 'log' } },
  cpu: { title: 'CPU', takes: { kind: 'unsupported' } },
  processes: { title: 'processes', takes: { kind: 'unsupported' } },
  resident: { title: 'memory', takes: { kind: 'unsupported' } },
};

/** `where it sleeps`, `needs root, …`. */
export function unseenText(unseen: Unseen): { readonly title: string; readonly takes: string } {
  const { title, takes } = unseenWords[unseen];
  return { title, takes: untestedText(takes) };
}
