/** The document of the dashboard: rows one below the other, panels from left to right in 24 columns. */
import { datasource, panelOf } from './panel.ts';
import { type DashboardRow, dashboardRows } from './rows.ts';

const columns = 24;
/** Machines that tell of themselves, and those whose caches are checked. */
const machines =
  'label_values({__name__=~"nixpulse_exporter_info|nix_build_cache_check_timestamp"}, instance)';

export function dashboard(rows: readonly DashboardRow[] = dashboardRows) {
  return {
    uid: 'nixpulse',
    title: 'nixpulse',
    description: 'Rebuilds of Nix: what is short, who gets on, disks, guards, caches and builders.',
    tags: ['nix', 'nixpulse'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: '',
    fiscalYearStartMonth: 0,
    liveNow: false,
    links: [],
    annotations: { list: [] },
    templating: { list: [datasourceVariable, instanceVariable] },
    panels: panelsOf(rows),
  };
}

export function dashboardText(): string {
  return `${JSON.stringify(dashboard(), null, 2)}\n`;
}

const datasourceVariable = {
  ...{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
  ...{ hide: 0, multi: false, includeAll: false, refresh: 1, regex: '', options: [], current: {} },
};

const instanceVariable = {
  ...{ name: 'instance', label: 'Machine', type: 'query', datasource, definition: machines },
  query: { query: machines, refId: 'Machines' },
  ...{ multi: true, includeAll: true, allValue: '.+', current: { text: ['All'], value: ['$__all'] } },
  // At each change of the time.
  ...{ hide: 0, refresh: 2, regex: '', sort: 1, options: [] },
};

function panelsOf(rows: readonly DashboardRow[]): readonly object[] {
  const panels: object[] = [];
  let y = 0;
  for (const { title, height, panels: inRow } of rows) {
    const position = { h: 1, w: columns, x: 0, y };
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: position,
      panels: [],
    });
    y += 1;
    let x = 0;
    for (const row of inRow) {
      if (x + row.width > columns) [x, y] = [0, y + height];
      panels.push(panelOf(row, panels.length + 1, { h: height, w: row.width, x, y }));
      x += row.width;
    }
    y += height;
  }
  return panels;
}
