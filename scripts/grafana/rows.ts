/** What the dashboard shows, row by row: the one table of its panels. */
import type { PanelRow, Query, Word } from './panel.ts';

/** Series of the chosen machines. */
const of = (name: string, ...more: readonly string[]) =>
  `${name}{${['instance=~"$instance"', ...more].join(',')}}`;
/** Told once, whichever way it comes. */
const max = (by: string, series: string) => `max by (${by}) (${series})`;
const sum = (by: string, series: string) => `sum by (${by}) (${series})`;
/** By machine. */
const each = (name: string, ...more: readonly string[]) => max('instance', of(name, ...more));
const query = (expr: string, legend: string): Query => ({ expr, legend });
/** Counted within an hour. */
const hourly = (by: string, name: string, ...more: readonly string[]) =>
  sum(by, `increase(${of(name, ...more)}[1h])`);

const levels: readonly Word[] = [
  { value: 0, text: 'ok', color: 'green' },
  { value: 1, text: 'warning', color: 'orange' },
  { value: 2, text: 'critical', color: 'red' },
];
const works: readonly Word[] = [
  { value: 1, text: 'yes', color: 'green' },
  { value: 0, text: 'no', color: 'red' },
];
const orNone: readonly Word[] = [...works, { value: -1, text: 'none configured', color: 'blue' }];

export interface DashboardRow {
  readonly title: string;
  /** All panels of it are so high. */
  readonly height: number;
  readonly panels: readonly PanelRow[];
}

export const dashboardRows: readonly DashboardRow[] = [
  {
    title: 'Now',
    height: 6,
    panels: [
      {
        ...{ title: 'Critical', kind: 'now', width: 3, unit: 'short', limits: [1, 1] },
        help: 'Alerts that fire and want somebody now.',
        queries: [
          query(
            `count(${of('ALERTS', 'alertname=~"Nix.+"', 'alertstate="firing"', 'severity="critical"')}) or vector(0)`,
            'critical',
          ),
        ],
      },
      {
        ...{ title: 'Warning', kind: 'now', width: 3, unit: 'short', limits: [1] },
        help: 'Alerts that fire and want somebody today.',
        queries: [
          query(
            `count(${of('ALERTS', 'alertname=~"Nix.+"', 'alertstate="firing"', 'severity="warning"')}) or vector(0)`,
            'warning',
          ),
        ],
      },
      {
        ...{ title: 'Alerts', kind: 'table', width: 9, unit: 'short', without: ['Value', 'job'] },
        help: 'What fires, and what will fire unless it ends; docs/alerts.md says what to do.',
        queries: [query(of('ALERTS', 'alertname=~"Nix.+"'), 'Value')],
      },
      {
        ...{ title: 'Machines', kind: 'table', width: 9, unit: 'short', words: levels },
        help: 'How short memory, disk and space are on each machine, the worst of each.',
        queries: [
          query(each('nixpulse_pressure_level', 'resource="memory"'), 'memory'),
          query(each('nixpulse_pressure_level', 'resource="io"'), 'disk'),
          query(each('nixpulse_filesystem_level'), 'space'),
        ],
      },
    ],
  },
  {
    title: 'Pressure and memory',
    height: 8,
    panels: [
      {
        ...{ title: 'Somebody waits', kind: 'lines', width: 8, unit: 'percentunit', max: 1 },
        help: 'Share of the last 10 s in which at least one task waited for the resource.',
        queries: [
          query(
            max('instance, resource', of('nixpulse_pressure_avg10_ratio', 'line="some"')),
            '{{instance}} {{resource}}',
          ),
        ],
      },
      {
        ...{ title: 'Everybody waits', kind: 'lines', width: 8, unit: 'percentunit', max: 1 },
        help: 'Share of the last 10 s in which every task that had work waited for the resource.',
        queries: [
          query(
            max('instance, resource', of('nixpulse_pressure_avg10_ratio', 'line="full"', 'resource!="cpu"')),
            '{{instance}} {{resource}}',
          ),
        ],
      },
      {
        ...{ title: 'Memory', kind: 'lines', width: 8, unit: 'bytes' },
        help: 'What is used, and what of it is Nix: builds, clients, daemon.',
        queries: [
          query(each('nixpulse_memory_used_bytes'), '{{instance}} used'),
          query(each('nixpulse_nix_resident_bytes'), '{{instance}} Nix'),
          query(each('nixpulse_memory_total_bytes'), '{{instance}} all'),
        ],
      },
      {
        ...{ title: 'Swap', kind: 'lines', width: 8, unit: 'bytes' },
        help: 'Memory that lies in swap.',
        queries: [query(each('nixpulse_memory_swap_used_bytes'), '{{instance}}')],
      },
      {
        ...{ title: 'Swap traffic', kind: 'lines', width: 8, unit: 'Bps' },
        help: 'Read back from swap, and written to it: a machine that does both thrashes.',
        queries: [
          query(each('nixpulse_memory_swap_in_bytes_per_second'), '{{instance}} in'),
          query(each('nixpulse_memory_swap_out_bytes_per_second'), '{{instance}} out'),
        ],
      },
      {
        ...{ title: 'CPU', kind: 'lines', width: 8, unit: 'percentunit', max: 1 },
        help: 'Share of all CPUs that works, and that waits for a disk.',
        queries: [
          query(`1 - ${each('nixpulse_cpu_idle_ratio')}`, '{{instance}} not idle'),
          query(each('nixpulse_cpu_iowait_ratio'), '{{instance}} waits for a disk'),
        ],
      },
    ],
  },
  {
    title: 'Builds and rebuilds',
    height: 8,
    panels: [
      {
        ...{ title: 'Builds', kind: 'stacked', width: 8, unit: 'short' },
        help: 'Builds on the chosen machines, by whether they get on.',
        queries: [query(sum('state', max('instance, state', of('nixpulse_builds'))), '{{state}}')],
      },
      {
        ...{ title: 'Waiting and elsewhere', kind: 'lines', width: 8, unit: 'short' },
        help: 'Clients that wait for a lock, and builds on other machines.',
        queries: [
          query(each('nixpulse_nix_waiting'), '{{instance}} waiting'),
          query(each('nixpulse_nix_remote'), '{{instance}} remote'),
        ],
      },
      {
        ...{ title: 'Progress', kind: 'lines', width: 4, unit: 'percentunit', max: 1 },
        help: 'Of the rebuilds under way that are followed: what is built of what is to be built.',
        queries: [query(each('instance:nixpulse_rebuild_progress:ratio'), '{{instance}}')],
      },
      {
        ...{ title: 'Time left', kind: 'lines', width: 4, unit: 'dtdurations' },
        help: 'How long the longest of the rebuilds under way will probably still take.',
        queries: [
          query(each('nixpulse_rebuild_estimate_low_seconds'), '{{instance}} at least'),
          query(each('nixpulse_rebuild_estimate_high_seconds'), '{{instance}} at most'),
        ],
      },
      {
        ...{ title: 'How long builds take', kind: 'heatmap', width: 8, unit: 'short' },
        help: 'Builds that ended, by how long they took.',
        queries: [
          query(
            sum('le', `increase(${of('nixpulse_build_duration_seconds_bucket')}[$__rate_interval])`),
            '{{le}}',
          ),
        ],
      },
      {
        ...{ title: 'Nine of ten builds', kind: 'lines', width: 4, unit: 'dtdurations' },
        help: 'Of the last day were faster than this.',
        queries: [query(each('instance:nixpulse_build_duration_seconds:p90_1d'), '{{instance}}')],
      },
      {
        ...{ title: 'Rebuilds', kind: 'bars', width: 4, unit: 'short' },
        help: 'That ended within an hour, done and failed.',
        queries: [query(hourly('result', 'nixpulse_rebuild_duration_seconds_count'), '{{result}}')],
      },
      {
        ...{ title: 'Failures', kind: 'bars', width: 4, unit: 'short' },
        help: 'Root causes of failed rebuilds within an hour.',
        queries: [query(`${hourly('cause', 'nixpulse_build_failures_total')} > 0`, '{{cause}}')],
      },
      {
        ...{ title: 'Killed', kind: 'bars', width: 4, unit: 'short' },
        help: 'Processes and builds that were ended within an hour, by whom.',
        queries: [
          query(
            hourly('killer', 'nixpulse_kills_total', 'killer=~"kernel|limit|systemd-oomd|earlyoom|nixpulse"'),
            '{{killer}}',
          ),
        ],
      },
    ],
  },
  {
    title: 'Disks and space',
    height: 8,
    panels: [
      {
        ...{ title: 'Await', kind: 'lines', width: 8, unit: 's' },
        help: 'How long a request to a disk took on the average, waiting counted in.',
        queries: [
          query(
            max('instance, device', of('nixpulse_disk_read_await_seconds')),
            '{{instance}} {{device}} read',
          ),
          query(
            max('instance, device', of('nixpulse_disk_write_await_seconds')),
            '{{instance}} {{device}} write',
          ),
        ],
      },
      {
        ...{ title: 'Busy', kind: 'lines', width: 8, unit: 'percentunit', max: 1 },
        help: 'Share of the time in which a disk had something to do.',
        queries: [query(max('instance, device', of('nixpulse_disk_util_ratio')), '{{instance}} {{device}}')],
      },
      {
        ...{ title: 'Traffic', kind: 'lines', width: 8, unit: 'Bps' },
        help: 'Read from disks and written to them.',
        queries: [
          query(
            max('instance, device', of('nixpulse_disk_read_bytes_per_second')),
            '{{instance}} {{device}} read',
          ),
          query(
            max('instance, device', of('nixpulse_disk_write_bytes_per_second')),
            '{{instance}} {{device}} write',
          ),
        ],
      },
      {
        ...{ title: 'Stalled', kind: 'lines', width: 8, unit: 's' },
        help: 'For so long a disk has had requests and has finished none.',
        queries: [
          query(
            // One that does not stall has no such series, and one that is read does not stall.
            `${max('instance, device', of('nixpulse_disk_stalled_seconds'))} or 0 * ${max('instance, device', of('nixpulse_disk_util_ratio'))}`,
            '{{instance}} {{device}}',
          ),
        ],
      },
      {
        ...{ title: 'Free space', kind: 'lines', width: 8, unit: 'percentunit', max: 1 },
        help: 'Of the file systems that Nix needs: store, build directories, /boot.',
        queries: [
          query(
            `${max('instance, mountpoint', of('nixpulse_filesystem_available_bytes'))} / ${max('instance, mountpoint', of('nixpulse_filesystem_total_bytes'))}`,
            '{{instance}} {{mountpoint}}',
          ),
        ],
      },
      {
        ...{ title: 'Free inodes', kind: 'lines', width: 8, unit: 'percentunit', max: 1 },
        help: 'Where their number is fixed: a store of many small files runs out of them first.',
        queries: [
          query(
            max('instance, mountpoint', of('nixpulse_filesystem_free_inodes_ratio')),
            '{{instance}} {{mountpoint}}',
          ),
        ],
      },
    ],
  },
  {
    title: 'Diagnosis and guard',
    height: 7,
    panels: [
      {
        ...{ title: 'Hypotheses', kind: 'table', width: 8, unit: 'short', without: ['Value'] },
        help: 'What may be wrong with each machine, and how sure that is (nixpulse diagnose).',
        queries: [
          query(
            max('instance, hypothesis, state', of('nixpulse_hypothesis_state', 'state!="untested"')),
            'Value',
          ),
        ],
      },
      {
        ...{ title: 'Verdicts', kind: 'stacked', width: 4, unit: 'short' },
        help: 'Builds, clients and rebuilds, by whether they get on.',
        queries: [query(sum('state', max('instance, subject, state', of('nixpulse_verdicts'))), '{{state}}')],
      },
      {
        ...{ title: 'Guard', kind: 'table', width: 4, unit: 'short', without: ['Value'] },
        help: 'Which machines are guarded: armed, held, silent or ended.',
        queries: [query(max('instance, scope, state', of('nixpulse_guard_state')), 'Value')],
      },
      {
        ...{ title: 'Rules of the guard', kind: 'lines', width: 4, unit: 'percentunit', max: 1 },
        help: 'How much of the time that it takes a rule has held; at 100% it acts.',
        queries: [
          query(
            `${max('instance, rule', of('nixpulse_guard_rule_held_seconds'))} / ${max('instance, rule', of('nixpulse_guard_rule_for_seconds'))}`,
            '{{instance}} {{rule}}',
          ),
        ],
      },
      {
        ...{ title: 'What guards did', kind: 'bars', width: 4, unit: 'short' },
        help: 'Within an hour, dry runs not counted.',
        queries: [query(hourly('action', 'nixpulse_guard_actions_total', 'dry_run="false"'), '{{action}}')],
      },
    ],
  },
  {
    title: 'Caches and builders',
    height: 7,
    panels: [
      {
        ...{ title: 'Checks', kind: 'table', width: 12, unit: 'short', words: orNone },
        help: 'What the last check found: the local cache, the upstream ones, a package fetched, a derivation built elsewhere.',
        queries: [
          query(each('nix_cache_info_accessible'), 'cache'),
          query(each('nix_upstream_cache_accessible'), 'upstream'),
          query(each('nix_local_cache_hit'), 'hit'),
          query(each('nix_distributed_build_success'), 'builders'),
        ],
      },
      {
        ...{ title: 'Last check', kind: 'now', width: 4, unit: 'dtdurations', limits: [1200, 1800] },
        help: 'How long ago it ended; there is one every 15 minutes.',
        queries: [query(`time() - ${each('nix_build_cache_check_timestamp')}`, '{{instance}}')],
      },
      {
        ...{ title: 'Trouble', kind: 'table', width: 8, unit: 'short', without: ['Value', 'role'] },
        help: 'Caches that Nix cannot take from, builders that do not build, and why.',
        queries: [
          query(
            `${max('instance, cache, trouble', of('nix_cache_trouble'))} or ${max('instance, builder, trouble', of('nix_builder_trouble'))}`,
            'Value',
          ),
        ],
      },
      {
        ...{ title: 'Over a day', kind: 'lines', width: 6, unit: 'percentunit', max: 1 },
        help: 'Share of the last day in which the local cache served, and builders built.',
        queries: [
          query(each('instance:nix_local_cache_hit:avg1d'), '{{instance}} hits'),
          query(each('instance:nix_distributed_build_success:avg1d'), '{{instance}} built elsewhere'),
        ],
      },
      {
        ...{ title: 'Until a cache answers', kind: 'lines', width: 6, unit: 's' },
        help: 'For its nix-cache-info.',
        queries: [query(max('instance, cache', of('nix_cache_answer_seconds')), '{{instance}} {{cache}}')],
      },
      {
        ...{ title: 'Lost to caches', kind: 'lines', width: 6, unit: 's' },
        help: 'How long a cache that does not answer is waited for, with each path.',
        queries: [query(max('instance, cache', of('nix_cache_lost_seconds')), '{{instance}} {{cache}}')],
      },
      {
        ...{ title: 'Speed', kind: 'lines', width: 6, unit: 'Bps' },
        help: 'At which archives come from caches, and results from builders.',
        queries: [
          query(max('instance, cache', of('nix_cache_bytes_per_second')), '{{instance}} {{cache}}'),
          query(max('instance, builder', of('nix_builder_bytes_per_second')), '{{instance}} {{builder}}'),
        ],
      },
      {
        ...{ title: 'Slots in use', kind: 'lines', width: 6, unit: 'percentunit', max: 1 },
        help: 'Of those that each builder has, by the machine that uses them.',
        queries: [
          query(
            `${max('instance, builder', of('nix_builder_busy_slots'))} / ${max('instance, builder', of('nix_builder_slots'))}`,
            '{{instance}} {{builder}}',
          ),
        ],
      },
      {
        ...{ title: 'Waiting for builders', kind: 'lines', width: 6, unit: 'short' },
        help: 'Builds that wait to upload to a builder.',
        queries: [query(max('instance, builder', of('nix_builder_waiting')), '{{instance}} {{builder}}')],
      },
      {
        ...{ title: 'A small build', kind: 'lines', width: 6, unit: 's' },
        help: 'How long each builder takes for a trifle, copying counted in.',
        queries: [
          query(
            max('instance, builder', of('nix_builder_build_duration_seconds')),
            '{{instance}} {{builder}}',
          ),
        ],
      },
      {
        ...{ title: "Proxy's disk", kind: 'lines', width: 6, unit: 'bytes' },
        help: 'What the cache of a proxy takes, and what its file system has left.',
        queries: [
          query(each('nix_cache_proxy_disk_bytes'), '{{instance}} used'),
          query(each('nix_cache_proxy_disk_available_bytes'), '{{instance}} left'),
        ],
      },
    ],
  },
  {
    title: 'nixpulse itself',
    height: 6,
    panels: [
      {
        ...{ title: 'Versions', kind: 'table', width: 6, unit: 'short', without: ['Value'] },
        help: 'Which nixpulse exports, by machine.',
        queries: [query(max('instance, version', of('nixpulse_exporter_info')), 'Value')],
      },
      {
        ...{ title: 'Age of what is known', kind: 'lines', width: 6, unit: 's' },
        help: 'A part that gets old is read no more: something hangs.',
        queries: [
          query(
            max('instance, part', of('nixpulse_source_age_seconds', 'part=~"pressure|memory|disks|forest"')),
            '{{instance}} {{part}}',
          ),
        ],
      },
      {
        ...{ title: 'Late', kind: 'lines', width: 4, unit: 's' },
        help: 'How late it looked at the machine, the worst of ten seconds.',
        queries: [query(each('nixpulse_exporter_lateness_seconds'), '{{instance}}')],
      },
      {
        ...{ title: 'Its memory', kind: 'lines', width: 4, unit: 'bytes' },
        help: 'What the export holds.',
        queries: [query(each('nixpulse_exporter_resident_bytes'), '{{instance}}')],
      },
      {
        ...{ title: 'Its CPU', kind: 'lines', width: 4, unit: 'cores' },
        help: 'What the export takes; 1 is one CPU.',
        queries: [
          query(
            max('instance', `rate(${of('nixpulse_exporter_cpu_seconds_total')}[$__rate_interval])`),
            '{{instance}}',
          ),
        ],
      },
    ],
  },
];
