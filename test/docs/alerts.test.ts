/** docs/alerts.md has a section for each alert, and the rules use metrics that there are. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventMetrics, noEvents } from '../../src/format/metrics/event-counts.ts';
import { exporterMetrics, modelMetrics } from '../../src/format/metrics/model-metrics.ts';
import { everyMetric, exporter } from '../support/metric-models.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const rules = read('dist/prometheus/nixpulse.rules.yml');
const page = read('docs/alerts.md');

/** Each rule's lines. */
const alerts = rules.split(/^ {6}- alert: /m).slice(1);
const names = alerts.map((text) => text.split('\n')[0] ?? '');

describe.each(alerts.map((text, index) => [names[index] ?? '', text] as const))('%s', (name, text) => {
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
    const tests = read('dist/prometheus/nixpulse.test.yml').split(`alertname: ${name}\n`).slice(1);
    expect(tests.some((test) => /^\s+eval_time: \S+\n\s+exp_alerts:\n\s+- exp_labels/.test(test))).toBe(true);
    expect(tests.some((test) => /^\s+eval_time: \S+\n\s+exp_alerts: \[\]/.test(test))).toBe(true);
  });
});

it('no section is left of an alert that is gone', () => {
  expect([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual(names);
});

it('rules and their tests use metrics that are exported', () => {
  const exported = new Set(
    [...exporterMetrics(exporter), ...modelMetrics(everyMetric, 0), ...eventMetrics(noEvents)].map(
      ({ name }) => name,
    ),
  );
  const used = new Set(
    (rules + read('dist/prometheus/nixpulse.test.yml')).match(/(?<![\w:])nixpulse_[a-z0-9_]+/g),
  );
  used.delete('nixpulse_rebuild_progress');
  expect(used.size).toBeGreaterThan(10);
  for (const name of used) expect(exported, name).toContain(name);
});
