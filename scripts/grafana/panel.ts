/** One row of the dashboard's table, and the panel of Grafana (schemaVersion 39, Grafana 10.4 and newer) that it is. */

export interface Query {
  readonly expr: string;
  /** `{{instance}} {{device}}`; of a table: the title of its column. */
  readonly legend: string;
}

/** What a number means, for people. */
export interface Word {
  readonly value: number;
  readonly text: string;
  readonly color: 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'text';
}

export interface PanelRow {
  readonly title: string;
  /** One sentence; shown at the panel's `i`. */
  readonly help: string;
  /** `lines` and `stacked` over time; `now` a number; `table` of the last values, a row a set of labels. */
  readonly kind: 'lines' | 'stacked' | 'bars' | 'heatmap' | 'now' | 'table';
  /** Columns of 24. */
  readonly width: number;
  readonly unit: 'short' | 's' | 'bytes' | 'Bps' | 'percentunit' | 'cores' | 'dtdurations';
  readonly queries: readonly Query[];
  readonly words?: readonly Word[];
  /** Orange from the first on, red from the second. */
  readonly limits?: readonly number[];
  readonly max?: number;
  /** Of a table: labels that are no columns. */
  readonly without?: readonly string[];
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own variable.
export const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

const types = {
  lines: 'timeseries',
  stacked: 'timeseries',
  bars: 'timeseries',
  heatmap: 'heatmap',
  now: 'stat',
  table: 'table',
} as const;

export function panelOf(row: PanelRow, id: number, gridPos: object) {
  const { title, help, kind } = row;
  return {
    ...{ id, type: types[kind], title, description: help, datasource, gridPos },
    // A bar an hour, as that is what is counted; else they would overlap.
    ...(kind === 'bars' && { interval: '1h' }),
    ...{ fieldConfig: fieldConfigOf(row), options: optionsOf(row), targets: targetsOf(row) },
    ...(kind === 'table' && { transformations: transformationsOf(row) }),
  };
}

const isInstant = ({ kind }: PanelRow) => kind === 'now' || kind === 'table';

function targetsOf(row: PanelRow) {
  const format = { heatmap: 'heatmap', table: 'table' }[row.kind as string] ?? 'time_series';
  return row.queries.map(({ expr, legend }, index) => ({
    refId: refOf(index),
    ...{ datasource, expr, format, legendFormat: legend },
    ...(isInstant(row) ? { instant: true, range: false } : { instant: false, range: true }),
  }));
}

/** A, B, C. */
function refOf(index: number): string {
  return String.fromCharCode(65 + index);
}

function fieldConfigOf({ kind, unit, max, words = [], limits }: PanelRow) {
  const mappings =
    words.length === 0 ? [] : [{ type: 'value', options: Object.fromEntries(words.map(wordOf)) }];
  const [orange, red] = limits ?? [];
  const steps = [
    { color: 'green', value: null },
    ...(orange === undefined ? [] : [{ color: 'orange', value: orange }]),
    ...(red === undefined ? [] : [{ color: 'red', value: red }]),
  ];
  const drawn = {
    ...{ drawStyle: kind === 'bars' ? 'bars' : 'line', lineWidth: 1, showPoints: 'never', spanNulls: false },
    fillOpacity: { lines: 0, stacked: 40, bars: 60 }[kind as string] ?? 0,
    stacking: { mode: kind === 'stacked' || kind === 'bars' ? 'normal' : 'none', group: 'A' },
  };
  const isDrawn = types[kind] === 'timeseries';
  return {
    defaults: {
      ...{ unit: unit === 'cores' ? 'short' : unit, mappings },
      thresholds: { mode: 'absolute', steps },
      ...(isDrawn && { min: 0, custom: drawn }),
      ...(kind === 'table' && { custom: { align: 'auto', cellOptions: cellOptionsOf(words) } }),
      ...(max !== undefined && { max }),
    },
    overrides: [],
  };
}

function cellOptionsOf(words: readonly Word[]) {
  return { type: words.length > 0 ? 'color-text' : 'auto' };
}

function wordOf({ value, text, color }: Word, index: number) {
  return [String(value), { text, color, index }] as const;
}

function optionsOf({ kind, words }: PanelRow) {
  if (kind === 'now')
    return {
      ...{ colorMode: words === undefined ? 'value' : 'background', graphMode: 'none', textMode: 'auto' },
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    };
  if (kind === 'table') return { showHeader: true, footer: { show: false } };
  if (kind === 'heatmap')
    return {
      ...{ calculate: false, yAxis: { unit: 's' }, tooltip: { mode: 'single' }, legend: { show: false } },
      ...{ color: { mode: 'scheme', scheme: 'Oranges', steps: 32 }, cellGap: 1 },
    };
  return {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  };
}

/** Rows of all queries become one where their labels agree. */
function transformationsOf({ queries, without = [] }: PanelRow) {
  const hidden = ['Time', '__name__', ...without];
  const values = queries.map(({ legend }, index) => [
    queries.length === 1 ? 'Value' : `Value #${refOf(index)}`,
    legend,
  ]);
  return [
    { id: 'merge', options: {} },
    {
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
        renameByName: Object.fromEntries(values),
      },
    },
  ];
}
