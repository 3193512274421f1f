/** docs/alerts.md has a section for each alert, and the rules use metrics that there are. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cacheCheckRows } from '../../src/format/metrics/cache-check-metrics.ts';
import { eventMetrics, noEvents } from '../../src/format/metrics/event-counts.ts';
import { exporterMetrics, modelMetrics } from '../../src/format/metrics/model-metrics.ts';
import { everyMetric, exporter } from '../support/metric-models.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const page = read('docs/alerts.md');
const files = ['nixpulse', 'nix-cache'].map((name) => {
  const rules = read(`dist/prometheus/${name}.rules.yml`);
  const tests = read(`dist/prometheus/${name}.test.yml`);
  return { name, rules, tests, all: rules + tests };
});

/** Each rule's lines, and the tests of its file. */
const alerts = files.flatMap(({ rules, tests }) =>
  rules
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map((text) => [text.split('\n')[0] ?? '', text, tests] as const),
);

describe.each(alerts)('%s', (name, text, tests) => {
  it('has a section, which it names', () => {
    expect(page).toContain(`\n## ${name}\n`);
    expect(text).toContain(`runbook_url: docs/alerts.md#${name.toLowerCase()}\n`);
    expect(page).toContain(`[${name}](#${name.toLowerCase()})`);
  });

  it('says how bad it is, what it is and of which machine', () => {
    const severity = /severity: (critical|warning)\n/.exec(text)?.[1];
    const listed = page.split('\n').find((line) => line.startsWith(`| ${severity}:`));
    expect(listed, 'in the row of its severity').toContain(`[${name}]`);
    expect(text).toMatch(/summary: .*\{\{ \$labels\.instance \}\}/);
    expect(text).toMatch(/description: \S/);
    expect(text).toMatch(/by \(instance/);
  });

  it('is tested, firing and not firing', () => {
    const own = tests.split(`alertname: ${name}\n`).slice(1);
    expect(own.some((test) => /^\s+eval_time: \S+\n\s+exp_alerts:\n\s+- exp_labels/.test(test))).toBe(true);
    expect(own.some((test) => /^\s+eval_time: \S+\n\s+exp_alerts: \[\]/.test(test))).toBe(true);
  });
});

it('no section is left of an alert that is gone', () => {
  expect([...page.matchAll(/^## (Nix.*)$/gm)].map(([, title]) => title)).toEqual(
    alerts.map(([name]) => name),
  );
});

it('a name means one thing', () => {
  const names = alerts.map(([name]) => name);
  expect(new Set(names).size).toBe(names.length);
  const records = files.flatMap(({ rules }) =>
    [...rules.matchAll(/- record: (.*)$/gm)].map(([, one]) => one),
  );
  expect(records.length).toBeGreaterThan(5);
  for (const record of records) {
    // Of Prometheus' own advice: level, metric, operation.
    expect(record).toMatch(/^instance(?:_[a-z]+)?:nix[a-z_]+:[a-z0-9_]+$/);
    expect(page, record).toContain(`\`${record}\``);
  }
});

it('rules and their tests use metrics that are exported', () => {
  const exported = new Set(
    [
      ...[...exporterMetrics(exporter), ...modelMetrics(everyMetric, 0), ...eventMetrics(noEvents)],
      ...cacheCheckRows,
    ].map(({ name }) => name),
  );
  for (const { name, all } of files) {
    const expressions = all
      .replaceAll(/instance[a-z_]*:[a-z0-9_:]+/g, '')
      .replaceAll(/^.*(?:name|rule_files).*$/gm, '');
    const used = new Set(expressions.match(/(?<![\w:/])(?:nixpulse|nix)_[a-z0-9_]+/g));
    expect(used.size, name).toBeGreaterThan(10);
    for (const metric of used)
      expect(exported, metric).toContain(metric.replace(/_(?:bucket|count|sum)$/, ''));
  }
});
