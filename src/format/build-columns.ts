/** The columns of the build list, for builds and their processes: titles and most cells from the tables of fields. */

import { formatReadWrite } from '../base/bytes.ts';
import { formatDuration } from '../base/duration.ts';
import { unknown } from '../base/number.ts';
import { oneLine } from '../base/text.ts';
import { buildFields, processFields } from '../model/fields/build.ts';
import { clientCommand } from '../model/forest/client-command.ts';
import { processName } from '../model/forest/command-line.ts';
import { autoAllocatedSlot, isAutoAllocatedUid } from '../model/forest/nix-tools.ts';
import type { Build, BuildProcess, Client } from '../model/model.ts';
import { type BuildColumnId, buildColumnIds, type ChosenColumns } from '../model/ui/build-list.ts';
import { type Cell, type Column, type Fit, fitColumns } from './columns.ts';
import { phaseText } from './failed-words.ts';
import { fieldColumns, type Look } from './field-columns.ts';
import { type TreeLine, treeCell } from './tree-cells.ts';
import { buildName, buildNote, pausedText, shortNote } from './words.ts';

/** A build, one process of an unfolded build with the branches drawn before its name, or a line of a tree. */
export type BuildLine = OfBuild | OfProcess | TreeLine;

interface OfBuild {
  readonly kind: 'build';
  readonly build: Build;
  readonly client?: Client | undefined;
  /** Seconds; null where it is not paused, or nobody knows since when. */
  readonly pausedSec?: number | null;
  /** In the tree of a rebuild, drawn before its name. */
  readonly branch?: string;
  /** Seconds in its phase; null without one. */
  readonly phaseSec?: number | null;
}
interface OfProcess {
  readonly kind: 'process';
  readonly build: Build;
  readonly process: BuildProcess;
  readonly branch: string;
}

const ofBuild = fieldColumns(buildFields, ({ build }: OfBuild) => build);
const ofProcess = fieldColumns(processFields, ({ process }: OfProcess) => process);

function column(
  id: string,
  look: Look,
  build?: (line: OfBuild) => Partial<Cell>,
  process?: (line: OfProcess) => Partial<Cell>,
): Column<BuildLine> {
  const builds = ofBuild(id, look, build);
  const processes = ofProcess(id, look, process);
  return {
    ...builds,
    cell: (line) =>
      line.kind === 'build'
        ? builds.cell(line)
        : line.kind === 'process'
          ? processes.cell(line)
          : treeCell(id, line),
  };
}

/** Growth from here on is worth a colour: a GiB in eight minutes. */
const fastGrowthBytesPerMin = 128 * 1024 ** 2;

const stateWords = { R: 'running', S: 'sleeping', D: 'blocked', Z: 'zombie', T: 'stopped' } as const;

const name = column(
  'name',
  { width: 20, keep: 100, most: 44 },
  ({ build, branch = '' }) => ({
    text: branch + buildName(build),
    tone: build.paused ? 'muted' : undefined,
  }),
  ({ process, branch }) => ({
    text: `${branch}${processName(process)} ${process.pid}`,
    tone: process.state === 'D' ? 'warning' : undefined,
  }),
);
const phase = column(
  'phase',
  { width: 9, keep: 80, most: 14 },
  ({ build, pausedSec = null }) =>
    build.paused ? { text: pausedText(pausedSec), tone: 'accent' } : { text: phaseText(build.phase) },
  ({ process }) => ({ text: stateWords[process.state] }),
);
/** Takes the place of the phase where there is no room for NOW: what must be known stands before it. */
const notedPhase: Column<BuildLine> = {
  ...phase,
  width: 12,
  cell: (line) => {
    const plain = phase.cell(line);
    if (line.kind === 'tree') return treeCell('noted', line);
    if (line.kind === 'process' || line.build.paused) return plain;
    return { ...plain, lead: shortNote(line.build) };
  },
};
/** The same where no phase is known of any build: there while somebody has something to say. */
const notes: Column<BuildLine> = {
  ...notedPhase,
  title: 'STATE',
  cell: (line) => {
    if (line.kind !== 'build') return phase.cell(line);
    const { build, pausedSec = null } = line;
    if (build.paused) return { text: pausedText(pausedSec), tone: 'accent' };
    return shortNote(build) ?? { text: '' };
  },
};
/** Branches take their part of it. */
const nameInTree: Column<BuildLine> = { ...name, width: 26, most: 56 };
/** How long it has been in its phase. */
const phaseAge: Column<BuildLine> = {
  id: 'phaseAge',
  title: 'FOR',
  align: 'right',
  width: 7,
  keep: 35,
  cell: (line) => ({
    text: line.kind !== 'build' || line.phaseSec == null ? '' : formatDuration(line.phaseSec),
    tone: 'muted',
  }),
};
const age = column('age', { width: 7, keep: 90 });
const user = column(
  'user',
  { width: 8, keep: 40, most: 12 },
  ({ build: { user, uid } }) => {
    if (uid !== null && isAutoAllocatedUid(uid)) return { text: `auto ${autoAllocatedSlot(uid)}` };
    return user === null && uid !== null ? { text: String(uid) } : {};
  },
  ({ process }) => (process.escapee ? { text: 'escaped', tone: 'warning' } : {}),
);
const cpu = column('cpu', { width: 5, keep: 50 });
const resident = column('resident', { width: 6, keep: 95 });
const growth = column('residentGrowth', { width: 9, keep: 30 }, ({ build }) => {
  const fast = (build.residentGrowthBytesPerMin ?? 0) >= fastGrowthBytesPerMin;
  return { tone: fast ? 'warning' : undefined };
});
const io = column(
  'io',
  { title: 'I/O r/w', align: 'right', width: 9, keep: 20 },
  ({ build }) => ({ text: formatReadWrite(build.readBytesPerSec, build.writeBytesPerSec) }),
  ({ process }) => ({ text: formatReadWrite(process.readBytesPerSec, process.writeBytesPerSec) }),
);
const processes = column(
  'processes',
  { width: 5, keep: 15 },
  ({ build }) => ({ tone: build.escapees > 0 ? 'warning' : undefined }),
  ({ process }) => ({ text: process.state, tone: process.state === 'D' ? 'warning' : undefined }),
);
const client = column(
  'clientPid',
  { align: 'left', width: 20, keep: 10, most: 32 },
  ({ build: { clientPid }, client }) => {
    if (client !== undefined) return { text: clientCommand(client.command) };
    return clientPid === null ? {} : { text: `pid ${clientPid}` };
  },
);
const now = column(
  'now',
  { width: 14, keep: 70, most: Number.POSITIVE_INFINITY },
  ({ build, pausedSec = null }) => {
    const lead = buildNote(build, pausedSec);
    return { text: build.paused ? '' : (build.now ?? (lead === null ? unknown : '')), lead };
  },
  ({ process: { command } }) => ({ text: command === null ? unknown : oneLine(command), tone: 'muted' }),
);

const byId: Readonly<Record<BuildColumnId, Column<BuildLine>>> = {
  name,
  phase,
  phaseAge,
  age,
  user,
  cpu,
  resident,
  residentGrowth: growth,
  io,
  processes,
  clientPid: client,
  now,
};

export interface ColumnChoice {
  /** Of the settings; null: as usual. */
  readonly chosen?: ChosenColumns;
  /** True once any phase is known: before that the column is not there. */
  readonly phases: boolean;
  /** How long a build has been in its phase: known of any, and there where the builds have the whole room. */
  readonly since?: boolean;
  /** Reads and writes can be seen: without the right to, the column is not there. */
  readonly io: boolean;
  /** The columns of the builds view as well. */
  readonly more: boolean;
  /** Names stand in the tree of a rebuild, which needs the room of the further columns. */
  readonly tree?: boolean;
}

export function buildColumns({
  phases,
  since = false,
  io: reads,
  more,
  tree = false,
  chosen = null,
}: ColumnChoice): readonly Column<BuildLine>[] {
  // Trees hang on the name.
  const rest = (chosen ?? buildColumnIds).filter((id) => id !== 'name').map((id) => byId[id]);
  return [tree ? nameInTree : name, ...rest].filter(
    (c) =>
      (phases || c !== phase) &&
      (since || c !== phaseAge) &&
      (reads || c !== io) &&
      (chosen !== null || (more && !tree) || (c !== processes && c !== client)),
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
  const wanted = buildColumns(choice);
  // In a tree the words of a state stand nowhere else.
  const columns = choice.tree === true && !wanted.includes(phase) ? wanted.toSpliced(1, 0, notes) : wanted;
  const fit = fitColumns(columns, width, lines);
  if (fit.columns.some(({ column }) => column === now)) return fit;
  const noted = columns.filter((c) => c !== now).map((c) => (c === phase ? notedPhase : c));
  const unsaid =
    !noted.some((c) => c === notedPhase || c === notes) &&
    lines.some((line) => line.kind === 'build' && buildNote(line.build) !== null);
  if (unsaid) noted.splice(1, 0, notes);
  return fitColumns(noted, width, lines);
}
