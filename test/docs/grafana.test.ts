/** dist/grafana/nixpulse.json: current, in order, and of metrics that there are (that each query has data: test/lab). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dashboardText } from '../../scripts/grafana/dashboard.ts';
import { cacheCheckRows } from '../../src/format/metrics/cache-check-metrics.ts';
import { eventMetrics, noEvents } from '../../src/format/metrics/event-counts.ts';
import { exporterMetrics, modelMetrics } from '../../src/format/metrics/model-metrics.ts';
import { type Dashboard, dashboardFile } from '../support/grafana.ts';
import { everyMetric, exporter } from '../support/metric-models.ts';

const text = readFileSync(dashboardFile, 'utf8');
const dashboard = JSON.parse(text) as Dashboard;
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const recorded = new Set(
  ['nixpulse', 'nix-cache'].flatMap((name) => {
    const rules = readFileSync(new URL(`../../dist/prometheus/${name}.rules.yml`, import.meta.url), 'utf8');
    return [...rules.matchAll(/- record: (.*)$/gm)].map(([, record]) => record);
  }),
);

it('is what the table of panels makes (npm run grafana writes it)', () => {
  expect(text).toBe(dashboardText());
});

it('can be imported anywhere, and again', () => {
  expect(dashboard).toMatchObject({ uid: 'nixpulse', title: 'nixpulse' });
  // An id is that of one database.
  expect(dashboard).not.toHaveProperty('id');
  expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([
    ['datasource', 'datasource'],
    ['instance', 'query'],
  ]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own variable.
  const source = { type: 'prometheus', uid: '${datasource}' };
  for (const { datasource, targets } of panels)
    for (const one of [datasource, ...targets.map((target) => target.datasource)])
      expect(one).toEqual(source);
});

it('has each panel at its own place, within 24 columns', () => {
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const taken = new Map<string, string>();
  for (const { title, gridPos } of dashboard.panels) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(taken.get(`${x},${y}`), `${title} lies over`).toBeUndefined();
        taken.set(`${x},${y}`, title);
      }
  }
  // Nothing is left empty beside a panel.
  const rows = new Set([...taken.keys()].map((place) => place.split(',')[1]));
  expect(taken.size).toBe(24 * rows.size);
});

describe.each(panels.map((panel) => [panel.title, panel] as const))('%s', (_title, panel) => {
  it('says what it is, in its unit', () => {
    expect(panel.description).toMatch(/^[A-Z].*\.$/);
    const { unit } = panel.fieldConfig.defaults;
    const exprs = panel.targets.map(({ expr }) => expr).join(' ');
    if (/_bytes_per_second\b/.test(exprs)) expect(unit).toBe('Bps');
    else if (/ \/ |_ratio\b|:ratio|:avg1d/.test(exprs) && !/ or 0 \*/.test(exprs))
      expect(unit).toBe('percentunit');
    else if (/_bytes\b/.test(exprs)) expect(unit).toBe('bytes');
    else if (/_timestamp\b|_seconds\b/.test(exprs)) expect(['s', 'dtdurations']).toContain(unit);
    else expect(unit).toBe('short');
  });

  it('has short legends, which tell its series apart', () => {
    const legends = panel.targets.map(({ legendFormat }) => legendFormat);
    expect(new Set(legends).size).toBe(legends.length);
    for (const legend of legends) {
      expect(legend.replaceAll(/\{\{\w+\}\}/g, 'x').length).toBeLessThan(25);
      if (panel.type !== 'timeseries') continue;
      for (const { expr } of panel.targets) {
        const labels = /^(?:1 - )?(?:max|sum) by \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? [];
        expect(labels.length).toBeGreaterThan(0);
        if (legends.length === 1) for (const label of labels) expect(legend).toContain(`{{${label}}}`);
      }
    }
  });

  it('asks for what is exported, of the chosen machines', () => {
    const exported = new Set([
      ...[...exporterMetrics(exporter), ...modelMetrics(everyMetric, 0), ...eventMetrics(noEvents)].map(
        ({ name }) => name,
      ),
      ...cacheCheckRows.map(({ name }) => name),
      ...['ALERTS', ...recorded],
    ]);
    for (const { expr } of panel.targets) {
      const asked = [...expr.matchAll(/([\w:]+)\{([^}]*)\}/g)];
      expect(asked.length, expr).toBeGreaterThan(0);
      for (const [, name = '', labels] of asked) {
        expect(exported, name).toContain(recorded.has(name) ? name : name.replace(/_(?:bucket|count)$/, ''));
        expect(labels).toMatch(/^instance=~"\$instance"/);
      }
    }
  });
});
