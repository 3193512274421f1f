/** A Model as families of metrics: every measure of the table of fields, so that a new field is a new metric. */
import { type ExporterHealth, exporterFields } from '../../model/fields/exporter.ts';
import type { Field } from '../../model/fields/field.ts';
import { machineFields } from '../../model/fields/machine.ts';
import type { WordedModel } from '../../model/fields/notes.ts';
import type { Build, Model } from '../../model/model.ts';
import { worded } from '../json.ts';
import { type Metric, metricOf, snake } from './metric.ts';
import { type AnyMetricList, type MetricList, metricLists, topBuilds } from './metric-lists.ts';
import type { Labels, MetricFamily, MetricSample } from './metrics-text.ts';

export interface Exporter extends ExporterHealth {
  /** Of nixpulse. */
  readonly version: string;
}

/** `top`: so many builds, those that hold the most memory, by name; 0: none. */
export function modelMetrics(model: Model, top: number): readonly MetricFamily[] {
  const all = worded(model);
  return [
    hostInfo(model),
    ...measures({ subject: '', fields: machineFields, rows: [all], labels: () => ({}) }),
    ...metricLists.flatMap((list) => listMetrics(list, all)),
    ...(top > 0 ? listMetrics(withLargest(top), all) : []),
  ];
}

export function exporterMetrics({ version, ...health }: Exporter): readonly MetricFamily[] {
  return [
    info('nixpulse_exporter_info', 'Version of nixpulse that exports. Always 1.', { version }),
    ...measures({ subject: 'exporter', fields: exporterFields, rows: [health], labels: () => ({}) }),
  ];
}

function info(name: string, help: string, labels: Labels): MetricFamily {
  return { name, help, type: 'gauge', samples: [{ labels, value: 1 }] };
}

/** Names of the machine: labels, not measures. */
function hostInfo(model: Model): MetricFamily {
  const named = machineFields.flatMap(({ id, unit, read }): [string, string][] => {
    const value = id.startsWith('host.') && unit === 'text' ? read(model) : null;
    return typeof value === 'string' ? [[snake(id.slice('host.'.length)), value]] : [];
  });
  return info(
    'nixpulse_host_info',
    'Names and versions of this machine. Always 1.',
    Object.fromEntries(named),
  );
}

function withLargest(top: number): AnyMetricList {
  const all = topBuilds as unknown as MetricList<Build>;
  const rows: MetricList<Build>['rows'] = ({ builds }) =>
    builds.toSorted((a, b) => (b.residentBytes ?? -1) - (a.residentBytes ?? -1)).slice(0, top);
  return { ...all, rows } as unknown as AnyMetricList;
}

function listMetrics(any: AnyMetricList, model: WordedModel): readonly MetricFamily[] {
  const list = any as unknown as MetricList<object>;
  const { subject, rows: rowsOf, without = [], how } = list;
  const rows = rowsOf(model);
  const labels = (row: object) => list.labels(row, model);
  if (how === 'counted') return counted(list, model, rows);
  const fields = list.fields.filter(({ id }) => !without.includes(id));
  return measures({ subject, fields, rows, labels, together: how === 'together' });
}

interface Measured<Row> {
  readonly subject: string;
  readonly fields: readonly Field<Row>[];
  readonly rows: readonly Row[];
  readonly labels: (row: Row) => Labels;
  readonly together?: boolean;
}

/** Fields that become one family stand together. */
function measures<Row>({ subject, fields, rows, labels, together }: Measured<Row>): readonly MetricFamily[] {
  const families = new Map<string, MetricFamily & { readonly samples: MetricSample[] }>();
  for (const field of fields) {
    const metric = metricOf(subject, field);
    if (metric === null || (together && metric.wordLabel !== null)) continue;
    const family = families.get(metric.name) ?? familyOf(metric, together);
    families.set(family.name, family);
    if (together) family.samples.push(...addedUp(metric, field, rows));
    else for (const row of rows) family.samples.push(...sampleOf(metric, field, row, labels(row)));
  }
  return [...families.values()];
}

function familyOf({ name, help, type, unit }: Metric, together = false) {
  // What comes and goes takes its count along.
  const gauge = {
    name: name.replace(/_total$/, ''),
    type: 'gauge',
    help: `${help} ${togetherHelp(unit)}`,
  } as const;
  return { ...(together ? gauge : { name, help, type }), samples: [] as MetricSample[] };
}

function sampleOf<Row>(metric: Metric, field: Field<Row>, row: Row, labels: Labels): MetricSample[] {
  const read = field.read(row);
  const value = metric.value(read);
  if (value === null) return [];
  const word = metric.wordLabel === null ? {} : { [metric.wordLabel]: String(read) };
  return [{ labels: { ...labels, ...metric.labels, ...word }, value }];
}

type Adding = { readonly help: string; readonly add: (values: readonly number[]) => number };
const sum: Adding = { help: 'Of all together.', add: (values) => values.reduce((all, one) => all + one, 0) };
const most: Adding = { help: 'Of all the longest.', add: (values) => Math.max(...values) };
const earliest: Adding = { help: 'Of all the earliest.', add: (values) => Math.min(...values) };
const least: Adding = { help: 'Of all the least.', add: (values) => Math.min(...values) };

function addingOf(unit: Metric['unit']): Adding {
  if (unit === 's' || unit === 'ms') return most;
  if (unit === 'time') return earliest;
  return unit === 'ratio' || unit === 'percent' ? least : sum;
}

function togetherHelp(unit: Metric['unit']): string {
  return addingOf(unit).help;
}

/** Of the known ones; nothing where none is known. */
function addedUp<Row>(metric: Metric, field: Field<Row>, rows: readonly Row[]): MetricSample[] {
  const values = rows.flatMap((row) => metric.value(field.read(row)) ?? []);
  return values.length === 0 ? [] : [{ labels: metric.labels, value: addingOf(metric.unit).add(values) }];
}

interface Group {
  readonly labels: Labels;
  readonly rows: readonly object[];
}

function counted(
  list: MetricList<object>,
  model: WordedModel,
  rows: readonly object[],
): readonly MetricFamily[] {
  const { family, subject, fields, zeros = () => [] } = list;
  if (family === undefined) throw new Error(`${subject} has no family`);
  const groups = new Map<string, Group>();
  for (const labels of zeros(model)) groups.set(JSON.stringify(labels), { labels, rows: [] });
  for (const row of rows) {
    const labels = list.labels(row, model);
    const key = JSON.stringify(labels);
    groups.set(key, { labels, rows: [...(groups.get(key)?.rows ?? []), row] });
  }
  const all = [...groups.values()];
  const samples = all.map((group) => ({ labels: group.labels, value: group.rows.length }));
  const since = fields.find(({ id, unit }) => id === 'since' && unit === 's');
  const metric = since === undefined ? null : metricOf(subject, since);
  if (since === undefined || metric === null) return [{ ...family, type: 'gauge', samples }];
  const ages = all.flatMap((group) =>
    addedUp(metric, since, group.rows).map(({ value }) => ({ labels: group.labels, value })),
  );
  return [
    { ...family, type: 'gauge', samples },
    { ...familyOf(metric, true), samples: ages },
  ];
}
