/**
 * How many rows each part of the screen gets: the one place that decides it, shared by the components
 * (which draw exactly so many rows) and by the transitions (which keep the selection visible).
 * The sum of all parts never exceeds the terminal.
 */
import type { ViewId } from '../model/ui/views.ts';

/** What the layout depends on besides the terminal's size. */
export interface LayoutCounts {
  /** Clients, and rebuilds of clients that are not seen. */
  readonly clients: number;
  /** Of those, the ones whose log is followed; and the ones of these that have a line of their own as clients. */
  readonly followed?: number;
  readonly pairs?: number;
  /** Rows of the build list, and of what failed below it. */
  readonly builds?: number;
  readonly failed?: number;
  readonly filesystems: number;
  /** Something was found that is worth a row. */
  readonly finding?: boolean;
  /** Rows wanted above the footer: an input line or a notice 1, a confirmation 2. */
  readonly prompt: 0 | 1 | 2;
  /** An action runs for long enough to be worth a row. */
  readonly running: boolean;
  /** The line that says what root would add. */
  readonly hint: boolean;
  /** Rows wanted for what is said of a recording's moments; null: live, no time line. */
  readonly captions?: 1 | 2 | null;
}

/** Rows from top to bottom, in this order. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** One line says what is wrong; all other numbers are 0. */
  readonly tooSmall: boolean;
  /** Host, Nix, the shortage. */
  readonly titleRows: 0 | 1;
  /** 3: memory, io and cpu on a line each; 1: all in one line. */
  readonly pressureRows: 0 | 1 | 3;
  /** Clients (command, phase, lock they wait for) and rebuilds, one a row; with room a rebuild has a second one. */
  readonly clientRows: number;
  /** Overview: the worst that was found. */
  readonly findingRows: 0 | 1;
  /** `BUILDS 5 running · 2 waiting`. */
  readonly summaryRows: 0 | 1;
  /** Column titles of the list. */
  readonly columnRows: 0 | 1;
  /** All of the above: the list starts on this row. */
  readonly headerRows: number;
  /** The list: builds, or disks in the disks view. */
  readonly listRows: number;
  /** Overview: what failed, below the builds. */
  readonly failedRows: number;
  /** Disks view: file systems below the list, their title line included. */
  readonly filesystemRows: number;
  readonly hintRows: 0 | 1;
  /** What runs and how far it is, in every view. */
  readonly runningRows: 0 | 1;
  /** Of a recording: what is said of the moment, the marks of events, its pressure. */
  readonly captionRows: 0 | 1 | 2;
  readonly markRows: 0 | 1;
  readonly barRows: 0 | 1;
  readonly promptRows: 0 | 1 | 2;
  readonly footerRows: 0 | 1;
  /** Store and journal: everything between the pressure and the hint. */
  readonly pageRows: number;
  /** Help and details take title and footer and have this many rows between them and the prompt. */
  readonly bodyRows: number;
  /** Details: the body's first rows, for facts; then a line of column titles; then `processRows`. */
  readonly factRows: number;
  readonly processRows: number;
}

const minimumSize = { columns: 40, rows: 8 } as const;

/** At this many rows and fewer the pressure is one line. */
const compactRows = 15;
/** From here on a time line has a caption, from there on a long one, then marks too. */
const captionFrom = 12;
const longCaptionFrom = 15;
const marksFrom = 20;
const noCounts: LayoutCounts = {
  clients: 0,
  filesystems: 0,
  prompt: 0,
  running: false,
  hint: false,
  captions: null,
};

export function layoutFor(
  terminal: { readonly columns: number; readonly rows: number },
  view: ViewId,
  counts: LayoutCounts = noCounts,
): Layout {
  const { columns, rows } = terminal;
  if (columns < minimumSize.columns || rows < minimumSize.rows) return tooSmall(columns, rows);
  const titleRows = rows >= 10 ? 1 : 0;
  const pressureRows = view !== 'overview' || rows <= compactRows ? 1 : 3;
  const summaryRows = rows >= 11 ? 1 : 0;
  const columnRows = 1;
  const footerRows = 1;
  const promptRows = counts.prompt;
  const runningRows = counts.running ? 1 : 0;
  const captions = counts.captions ?? null;
  const barRows = captions === null ? 0 : 1;
  const markRows = captions !== null && rows >= marksFrom ? 1 : 0;
  const captionRows = captions === null || rows < captionFrom ? 0 : rows < longCaptionFrom ? 1 : captions;
  const timelineRows = captionRows + markRows + barRows;
  const hintRows = counts.hint && rows >= 20 ? 1 : 0;
  const clientRows = view === 'overview' ? works(rows, counts) : 0;
  const findingRows = view === 'overview' && counts.finding === true && rows >= findingFrom ? 1 : 0;
  const headerRows = titleRows + pressureRows + clientRows + findingRows + summaryRows + columnRows;
  const below = runningRows + timelineRows + promptRows + footerRows;
  const free = rows - headerRows - hintRows - below;
  const filesystemRows = view === 'disks' ? fileSystems(free, counts.filesystems) : 0;
  const failedRows = view === 'overview' ? failures(rows, free, counts) : 0;
  const pageRows = rows - titleRows - pressureRows - hintRows - below;
  const bodyRows = rows - titleRows - below;
  const factRows = Math.min(12, Math.floor(bodyRows / 2));
  return {
    columns,
    rows,
    tooSmall: false,
    titleRows,
    pressureRows,
    clientRows,
    findingRows,
    summaryRows,
    columnRows,
    headerRows,
    listRows: free - filesystemRows - failedRows,
    failedRows,
    filesystemRows,
    hintRows,
    runningRows,
    captionRows,
    markRows,
    barRows,
    promptRows,
    footerRows,
    pageRows,
    bodyRows,
    factRows,
    processRows: bodyRows - factRows - 1,
  };
}

/** Clients have room from here on; below, the first rebuild has a row. */
const clientsFrom = 20;
const rebuildFrom = 10;
/** So has what was found. */
const findingFrom = 10;

function works(rows: number, { clients, followed = 0, pairs = 0 }: LayoutCounts): number {
  if (rows < clientsFrom) return followed > 0 && rows >= rebuildFrom ? 1 : 0;
  return Math.min(clients + pairs, 8, Math.floor((rows - 16) / 4));
}

/** What stands in place of builds where there are none. */
const emptyListRows = 4;

const leastListRows = 2;

/** They stay in view however long the list is, and take what it leaves. */
function failures(rows: number, free: number, { builds = 0, failed = 0 }: LayoutCounts): number {
  const most = rows >= 36 ? 6 : rows >= 20 ? 3 : rows >= 14 ? 2 : 1;
  return Math.min(
    failed,
    Math.max(most, free - Math.max(builds, emptyListRows)),
    Math.max(0, free - leastListRows),
  );
}

/** Title line and rows, at most half of the room; none rather than a title alone. */
function fileSystems(free: number, count: number): number {
  if (count === 0) return 0;
  const wanted = Math.min(count + 1, Math.floor(free / 2));
  return wanted >= 2 ? wanted : 0;
}

function tooSmall(columns: number, rows: number): Layout {
  return {
    columns,
    rows,
    tooSmall: true,
    titleRows: 0,
    pressureRows: 0,
    clientRows: 0,
    findingRows: 0,
    summaryRows: 0,
    columnRows: 0,
    headerRows: 0,
    listRows: 0,
    failedRows: 0,
    filesystemRows: 0,
    hintRows: 0,
    runningRows: 0,
    captionRows: 0,
    markRows: 0,
    barRows: 0,
    promptRows: 0,
    footerRows: 0,
    pageRows: 0,
    bodyRows: 0,
    factRows: 0,
    processRows: 0,
  };
}
