/** docs/export.md: its list of metrics is what is exported; the page of a field is as the field says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cacheCheckRows } from '../../src/format/metrics/cache-check-metrics.ts';
import { eventMetrics, noEvents } from '../../src/format/metrics/event-counts.ts';
import type { MetricFamily } from '../../src/format/metrics/metrics-text.ts';
import { exporterMetrics, modelMetrics } from '../../src/format/metrics/model-metrics.ts';
import { exporter, metricModels } from '../support/metric-models.ts';

const file = new URL('../../docs/export.md', import.meta.url);
const block = /(<!-- metrics: generated -->\n)[\s\S]*?(<!-- end -->)/;

/** By name, in their order, with the samples of all models. */
const families = new Map<string, MetricFamily>();
for (const family of [
  ...exporterMetrics(exporter),
  ...metricModels.flatMap((model) => modelMetrics(model, 3)),
  ...eventMetrics(noEvents),
]) {
  const samples = [...(families.get(family.name)?.samples ?? []), ...family.samples];
  families.set(family.name, { ...family, samples });
}

function row({ name, type, help, samples }: MetricFamily): string {
  const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
  labels.delete('le');
  const meaning = help.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  return `| \`${name}\` | ${type} | ${[...labels].join(', ')} | ${meaning} |`;
}

function table(): string {
  return [
    '| Metric | Type | Labels | Meaning |',
    '| --- | --- | --- | --- |',
    ...[...families.values()].map(row),
  ].join('\n');
}

it('lists every metric (UPDATE_GOLDEN=1 writes the list)', () => {
  const written = (text: string) =>
    text.replace(block, (_, begin: string, end: string) => `${begin}\n${table()}\n\n${end}`);
  const text = readFileSync(file, 'utf8');
  expect(text.split('<!-- metrics: generated -->')).toHaveLength(2);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, written(text));
  expect(readFileSync(file, 'utf8')).toBe(written(text));
});

const checkBlock = /(<!-- check metrics: generated -->\n)[\s\S]*?(<!-- end -->)/;

it('lists every metric of check-cache (UPDATE_GOLDEN=1 writes the list)', () => {
  const rows = cacheCheckRows.map(
    ({ name, help, labels }) => `| \`${name}\` | ${labels.join(', ')} | ${help} |`,
  );
  const list = ['| Metric | Labels | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
  const written = (text: string) =>
    text.replace(checkBlock, (_, begin: string, end: string) => `${begin}\n${list}\n\n${end}`);
  const text = readFileSync(file, 'utf8');
  expect(text.split('<!-- check metrics: generated -->')).toHaveLength(2);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, written(text));
  expect(readFileSync(file, 'utf8')).toBe(written(text));
});

it('knows the labels of each: there is a sample of everything', () => {
  expect(
    [...families.values()].filter(({ samples }) => samples.length === 0).map(({ name }) => name),
  ).toEqual([]);
});

it('names metrics in its text that there are', () => {
  const names = new Set(families.keys());
  const text = readFileSync(file, 'utf8').replace(block, '');
  const named = [...text.matchAll(/\bnixpulse_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(?:bucket|sum|count)$/, ''),
  );
  expect(named.length).toBeGreaterThan(3);
  for (const name of named) expect(names, name).toContain(name);
});
