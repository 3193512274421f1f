/** Which charts the History view has on the screen, and how large: shared by what draws and what moves. */
/** Values over the time that is shown. */
export type LineChartId =
  | 'memory-pressure'
  | 'io-pressure'
  | 'cpu-pressure'
  | 'memory'
  | 'await'
  | 'util'
  | 'builds';

/** The others are of one time, the cursor's: memory of the builds as bars, memory, swap and disk as rings. */
export type ChartId = LineChartId | 'bars' | 'rings' | 'bars-and-rings';

export interface ChartGrid {
  /** Charts side by side. */
  readonly across: 1 | 2 | 3;
  /** From left to right, from top to bottom; those that are on the screen. */
  readonly charts: readonly ChartId[];
  /** Rows of each line of charts, its title included. */
  readonly heights: readonly number[];
  /** The clock below the charts. */
  readonly axisRows: 0 | 1;
  /** Columns of one chart and, within it, of its plot. */
  readonly chartColumns: number;
  readonly plotColumns: number;
  /** Left of a plot, and between two charts. */
  readonly scaleColumns: number;
  readonly betweenColumns: number;
  /** Which line of charts is on top, and the last one that can be. */
  readonly line: number;
  readonly lastLine: number;
}

/** The most telling first. */
const orders: Readonly<Record<ChartGrid['across'], readonly ChartId[]>> = {
  1: [
    'memory-pressure',
    'io-pressure',
    'builds',
    'memory',
    'await',
    'util',
    'cpu-pressure',
    'bars-and-rings',
  ],
  2: [
    'memory-pressure',
    'memory',
    'io-pressure',
    'await',
    'cpu-pressure',
    'util',
    'builds',
    'bars-and-rings',
  ],
  3: ['memory-pressure', 'memory', 'builds', 'io-pressure', 'await', 'bars', 'cpu-pressure', 'util', 'rings'],
};

/** Left of the plot: the labels of its scale and an axis. */
const scaleColumns = 7;
/** Right of it: the letter of each line. */
const letterColumns = 1;
/** Between charts side by side. */
const betweenColumns = 2;

/** `line`: the line of charts that is wanted on top. */
export function chartGrid(
  { columns, pageRows }: { readonly columns: number; readonly pageRows: number },
  line = 0,
): ChartGrid {
  const across = columns >= 180 ? 3 : columns >= 100 ? 2 : 1;
  const order = orders[across];
  const below = Math.max(0, pageRows - 1);
  const axisRows = below >= 4 ? 1 : 0;
  const room = below - axisRows;
  const all = Math.ceil(order.length / across);
  const lines = Math.min(all, Math.max(room > 0 ? 1 : 0, Math.floor(room / 5)));
  const height = lines === 0 ? 0 : Math.floor(room / lines);
  const spare = room - height * lines;
  const lastLine = all - lines;
  const top = Math.min(Math.max(line, 0), lastLine);
  const chartColumns = Math.floor((columns - (across - 1) * betweenColumns) / across);
  return {
    across,
    charts: order.slice(top * across, (top + lines) * across),
    heights: Array.from({ length: lines }, (_, index) => height + (index < spare ? 1 : 0)),
    axisRows,
    chartColumns,
    plotColumns: Math.max(1, chartColumns - scaleColumns - letterColumns),
    scaleColumns,
    betweenColumns,
    line: top,
    lastLine,
  };
}
