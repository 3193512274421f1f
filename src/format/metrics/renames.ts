/** Ids that are better metrics with a part of them as a label, or by another word: the only exceptions to their names. */
import type { Field } from '../../model/fields/field.ts';

interface Rename {
  /** What the fields are of; empty: the machine. */
  readonly subject: string;
  /** Named groups are labels, but for `rest`. */
  readonly from: RegExp;
  readonly to: string;
  /** Of all fields that become one family; absent: the field's own. */
  readonly help?: (rest: string) => string | null;
}

const whoWaits =
  'in which at least one task (some), or every task that had work (full), waited for the resource';

/** By what stands behind the line of a resource. */
const pressureHelp: Readonly<Record<string, string>> = {
  avg10: `Share of the last 10 s ${whoWaits} (the kernel's average, /proc/pressure).`,
  avg60: `Share of the last 60 s ${whoWaits} (the kernel's average, /proc/pressure).`,
  avg300: `Share of the last 300 s ${whoWaits} (the kernel's average, /proc/pressure).`,
  tick: `Exact share of the last tick ${whoWaits}.`,
  level: 'How short the resource is.',
  since: 'For how long the level of the resource has not been ok; absent while it is.',
};

const renames: readonly Rename[] = [
  {
    subject: '',
    from: /^pressure\.(?<resource>\w+)\.(?<line>some|full)\.(?<rest>\w+)$/,
    to: 'pressure.$<rest>',
    help: (rest) => pressureHelp[rest] ?? null,
  },
  {
    subject: '',
    from: /^pressure\.(?<resource>\w+)\.(?<rest>level|since)$/,
    to: 'pressure.$<rest>',
    help: (rest) => pressureHelp[rest] ?? null,
  },
  { subject: '', from: /^totals\.(?<rest>\w+)$/, to: 'nix.$<rest>' },
  {
    subject: 'rebuild',
    from: /^totals\.(?<state>done|elsewhere|running|waiting|failed|dependents|ended)$/,
    to: 'derivations',
    help: () =>
      'Derivations that are or were to be built, by what became of them: dependents were not built because something they need failed.',
  },
  { subject: 'rebuild', from: /^totals\.(?<rest>\w+)$/, to: '$<rest>' },
  {
    subject: 'build',
    from: /^states\.(?<state>[RSDZT])$/,
    to: 'stateProcesses',
    help: () => 'Processes by state: R running, S sleeping, D blocked, mostly by a disk, Z ended, T stopped.',
  },
  { subject: 'filesystem', from: /^freeInodeCount$/, to: 'freeInodes' },
];

export interface Renamed {
  readonly id: string;
  readonly help: string;
  readonly labels: Readonly<Record<string, string>>;
}

export function renamed(subject: string, field: Pick<Field<never>, 'id' | 'help' | 'title'>): Renamed {
  const { id } = field;
  const help = titled(field);
  for (const rename of renames) {
    const match = rename.subject === subject ? rename.from.exec(id) : null;
    if (match === null) continue;
    const { rest = '', ...labels } = match.groups ?? {};
    return { id: id.replace(rename.from, rename.to), help: rename.help?.(rest) ?? help, labels };
  }
  return { id, help, labels: {} };
}

/** A help stands beside its title, which is in capitals where it is one of a column. */
function titled({ title, help }: Pick<Field<never>, 'help' | 'title'>): string {
  if (title !== title.toUpperCase()) return `${title.replace('/min', '')}: ${help}`;
  const words = title.split(' ').map(plainWord).join(' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${help}`;
}

/** As it is in a sentence: `RSS`, `CPU%` and `I/O` stay. */
function plainWord(word: string): string {
  return /^(?:RSS|CPU|OOM|KVM|I\/O|ARC)/.test(word) ? word : word.toLowerCase();
}
