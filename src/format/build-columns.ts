/** The columns of the build list: titles from the table of fields, cells for builds and their processes. */

import { formatBytes, formatGrowth, formatReadWrite } from '../base/bytes.ts';
import { formatDuration } from '../base/duration.ts';
import { formatCount, unknown } from '../base/number.ts';
import { oneLine } from '../base/text.ts';
import { buildFields } from '../model/fields/field.ts';
import type { Build, BuildProcess, Client } from '../model/model.ts';
import { type Cell, type Column, type Fit, fitColumns } from './columns.ts';
import { buildName, buildNote, pausedText, processName, shortNote } from './words.ts';

/** A build, or one process of an unfolded build with the branches drawn before its name. */
export type BuildLine =
  | {
      readonly kind: 'build';
      readonly build: Build;
      readonly client?: Client | undefined;
      /** Seconds; null where it is not paused, or nobody knows since when. */
      readonly pausedSec?: number | null;
    }
  | {
      readonly kind: 'process';
      readonly build: Build;
      readonly process: BuildProcess;
      readonly branch: string;
    };

const titles = new Map(buildFields.map((field) => [field.id, field.title]));

interface Reading {
  readonly build: (build: Build, pausedSec: number | null) => Cell;
  readonly process: (process: BuildProcess, branch: string) => Cell;
}
const nothing: Cell = { text: '' };

function column(
  id: string,
  look: Omit<Column<BuildLine>, 'id' | 'title' | 'cell'> & { readonly title?: string },
  { build, process }: Reading,
): Column<BuildLine> {
  return {
    id,
    title: titles.get(id) ?? '',
    ...look,
    cell: (line) =>
      line.kind === 'build' ? build(line.build, line.pausedSec ?? null) : process(line.process, line.branch),
  };
}

/** Growth from here on is worth a colour: a GiB in eight minutes. */
const fastGrowthBytesPerMin = 128 * 1024 ** 2;

const name = column(
  'name',
  { align: 'left', width: 20, keep: 100, most: 44 },
  {
    build: (b) => ({ text: buildName(b), tone: b.paused ? 'muted' : undefined }),
    process: (p, branch) => ({
      text: `${branch}${processName(p)} ${p.pid}`,
      tone: p.state === 'D' ? 'warning' : undefined,
    }),
  },
);
const phase = column(
  'phase',
  { align: 'left', width: 9, keep: 80, most: 14 },
  {
    build: (b, pausedSec) =>
      b.paused ? { text: pausedText(pausedSec), tone: 'accent' } : { text: b.phase ?? unknown },
    process: (p) => ({ text: stateWord(p) }),
  },
);
/** Takes the place of the phase where there is no room for NOW: what must be known stands before it. */
const notedPhase: Column<BuildLine> = {
  ...phase,
  width: 12,
  cell: (line) => {
    const plain = phase.cell(line);
    if (line.kind === 'process' || line.build.paused) return plain;
    return { ...plain, lead: shortNote(line.build) };
  },
};
/** The same where no phase is known of any build: there while somebody has something to say. */
const notes: Column<BuildLine> = {
  ...notedPhase,
  title: 'STATE',
  cell: (line) => {
    if (line.kind === 'process') return phase.cell(line);
    const { build, pausedSec = null } = line;
    const note = build.paused ? buildNote(build, pausedSec) : shortNote(build);
    return note ?? nothing;
  },
};
const age = column(
  'age',
  { align: 'right', width: 7, keep: 90 },
  {
    build: (b) => ({ text: formatDuration(b.ageSec) }),
    process: (p) => ({ text: formatDuration(p.ageSec) }),
  },
);
const user = column(
  'user',
  { align: 'left', width: 8, keep: 40, most: 12 },
  {
    build: (b) => ({ text: b.user ?? (b.uid === null ? unknown : String(b.uid)) }),
    process: (p) => (p.escapee ? { text: 'escaped', tone: 'warning' } : nothing),
  },
);
const cpu = column(
  'cpu',
  { align: 'right', width: 5, keep: 50 },
  {
    build: (b) => ({ text: formatCount(b.cpuPercent) }),
    process: (p) => ({ text: formatCount(p.cpuPercent) }),
  },
);
const resident = column(
  'resident',
  { align: 'right', width: 6, keep: 95 },
  {
    build: (b) => ({ text: formatBytes(b.residentBytes) }),
    process: (p) => ({ text: formatBytes(p.residentBytes) }),
  },
);
const growth = column(
  'growth',
  { align: 'right', width: 9, keep: 30 },
  {
    build: (b) => {
      const fast = (b.residentGrowthBytesPerMin ?? 0) >= fastGrowthBytesPerMin;
      return { text: formatGrowth(b.residentGrowthBytesPerMin), tone: fast ? 'warning' : undefined };
    },
    process: () => nothing,
  },
);
const io = column(
  'io',
  { title: 'I/O r/w', align: 'right', width: 9, keep: 20 },
  {
    build: (b) => ({ text: formatReadWrite(b.readBytesPerSec, b.writeBytesPerSec) }),
    process: (p) => ({ text: formatReadWrite(p.readBytesPerSec, p.writeBytesPerSec) }),
  },
);
const processes = column(
  'processes',
  { align: 'right', width: 5, keep: 15 },
  {
    build: (b) => ({ text: formatCount(b.processes), tone: b.escapees > 0 ? 'warning' : undefined }),
    process: (p) => ({ text: p.state, tone: p.state === 'D' ? 'warning' : undefined }),
  },
);
const client: Column<BuildLine> = {
  id: 'client',
  title: titles.get('client') ?? '',
  align: 'left',
  width: 20,
  keep: 10,
  most: 32,
  cell: (line) => {
    if (line.kind === 'process') return nothing;
    if (line.client !== undefined) return { text: line.client.command };
    return { text: line.build.clientPid === null ? unknown : `pid ${line.build.clientPid}` };
  },
};
const now = column(
  'now',
  { align: 'left', width: 14, keep: 70, most: Number.POSITIVE_INFINITY },
  {
    build: (b, pausedSec) => {
      const lead = buildNote(b, pausedSec);
      return { text: b.paused ? '' : (b.now ?? (lead === null ? unknown : '')), lead };
    },
    process: (p) => ({ text: p.command === null ? unknown : oneLine(p.command), tone: 'muted' }),
  },
);

const stateWords = { R: 'running', S: 'sleeping', D: 'blocked', Z: 'zombie', T: 'stopped' } as const;

export function stateWord(process: BuildProcess): string {
  return stateWords[process.state];
}

export interface ColumnChoice {
  /** True once any phase is known: before that the column is not there. */
  readonly phases: boolean;
  /** Reads and writes can be seen: without the right to, the column is not there. */
  readonly io: boolean;
  /** The columns of the builds view as well. */
  readonly more: boolean;
}

export function buildColumns({ phases, io: reads, more }: ColumnChoice): readonly Column<BuildLine>[] {
  const shown = [name, phase, age, user, cpu, resident, growth, io, processes, client, now];
  return shown.filter(
    (c) => (phases || c !== phase) && (reads || c !== io) && (more || (c !== processes && c !== client)),
  );
}

/** Whether any build's reads or writes are known. */
export function readsKnown(builds: readonly Build[]): boolean {
  return builds.some((build) => build.readBytesPerSec !== null || build.writeBytesPerSec !== null);
}

/** The columns that fit; without room for NOW the phase says what must be known. */
export function fitBuildColumns(
  choice: ColumnChoice,
  width: number,
  lines: readonly BuildLine[],
): Fit<BuildLine> {
  const columns = buildColumns(choice);
  const fit = fitColumns(columns, width, lines);
  if (fit.columns.some(({ column }) => column === now)) return fit;
  const noted = columns.filter((c) => c !== now).map((c) => (c === phase ? notedPhase : c));
  const unsaid =
    !choice.phases && lines.some((line) => line.kind === 'build' && buildNote(line.build) !== null);
  if (unsaid) noted.splice(1, 0, notes);
  return fitColumns(noted, width, lines);
}
