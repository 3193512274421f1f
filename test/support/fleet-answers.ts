/** Answers of a Prometheus about a few machines, as short as they can be written. */
import type { FleetAnswers, InstantSample } from '../../src/model/fleet/answers.ts';
import { type QueryId, queryIds } from '../../src/model/fleet/queries.ts';

export const evaluatedSec = 1_795_181_281;

export function sampleAt(
  instance: string,
  labels: Readonly<Record<string, string>>,
  value: number,
): InstantSample {
  return { labels: { instance, ...labels }, value, atSec: evaluatedSec };
}

type Rows = readonly (readonly [instance: string, labels: Readonly<Record<string, string>>, value: number])[];

/** What is not named here is empty. */
export function answersOf(
  rows: Partial<Record<QueryId, Rows>>,
  hasRules: boolean | null = true,
): FleetAnswers {
  const samples = Object.fromEntries(
    queryIds.map((id) => [
      id,
      (rows[id] ?? []).map(([instance, labels, value]) => sampleAt(instance, labels, value)),
    ]),
  ) as unknown as FleetAnswers['samples'];
  return { samples, hasRules, askedMs: 0 };
}

/** Told just now. */
export const now = (instance: string, agoSec = 2) =>
  [instance, { part: 'now' }, evaluatedSec - agoSec] as const;

const alert = (alertname: string, severity: string) => ({ alertname, severity });
const finding = (kind: string, level: string, state: string) => ({ hypothesis: 'any', kind, level, state });
const check = (name: string) => ({ __name__: name });

/** One of each state, and what is unknown. */
export const everyState: FleetAnswers = answersOf({
  told: [
    ...['calm-1', 'calm-2', 'db-1', 'web-1', 'web-2', 'web-3', 'build-1', 'build-2', 'cache-1'].map((name) =>
      now(`${name}.example.org:19977`),
    ),
    now('old-1.example.org:9100', 900),
    ['away-1.example.org:19977', { part: 'before' }, evaluatedSec - 1500],
    ['lost-1.example.org:19977', { part: 'down' }, 0],
  ],
  rebuilds: [
    ...['calm-1', 'db-1', 'web-1', 'web-2', 'cache-1'].flatMap(
      (name) =>
        [
          [`${name}.example.org:19977`, { part: 'rebuilds' }, 0],
          [`${name}.example.org:19977`, { part: 'running' }, 0],
        ] as const,
    ),
    ...['web-3', 'build-1'].flatMap(
      (name) =>
        [
          [`${name}.example.org:19977`, { part: 'rebuilds' }, 1],
          [`${name}.example.org:19977`, { part: 'running' }, 5],
          [`${name}.example.org:19977`, { part: 'builds' }, 57],
          [`${name}.example.org:19977`, { part: 'done' }, 34],
          [`${name}.example.org:19977`, { part: 'failed' }, name === 'web-3' ? 2 : 0],
          [`${name}.example.org:19977`, { part: 'start' }, evaluatedSec - 723],
        ] as const,
    ),
    ['build-2.example.org:19977', { part: 'running' }, 3],
  ],
  verdicts: [
    ['web-3.example.org:19977', { state: 'stuck' }, 1],
    ['web-3.example.org:19977', { state: 'working' }, 4],
    ['build-1.example.org:19977', { state: 'working' }, 1],
    ['build-2.example.org:19977', { state: 'slow' }, 1],
  ],
  pressure: [
    ...['calm-1', 'db-1', 'web-1', 'web-2', 'web-3', 'build-1', 'cache-1'].map(
      (name) => [`${name}.example.org:19977`, { part: 'all' }, 0] as const,
    ),
    ['web-1.example.org:19977', { resource: 'cpu' }, 2],
    ['web-1.example.org:19977', { resource: 'memory' }, 2],
    ['web-1.example.org:19977', { resource: 'io' }, 1],
    ['build-1.example.org:19977', { resource: 'cpu' }, 2],
  ],
  findings: [
    ['db-1.example.org:19977', finding('smart', 'critical', 'confirmed'), 4],
    ['db-1.example.org:19977', finding('space', 'warning', 'likely'), 2],
    ['web-2.example.org:19977', finding('build-stuck', 'warning', 'likely'), 2],
    ['build-1.example.org:19977', finding('of-next-year', 'warning', 'possible'), 1],
  ],
  alerts: [
    ['db-1.example.org:19977', { part: 'all' }, 5],
    ['db-1.example.org:19977', alert('NixpulseDiskFailing', 'critical'), 3],
    ['db-1.example.org:19977', alert('NodeHot', 'warning'), 2],
    ['db-1.example.org:9100', { part: 'all' }, 1],
    ['db-1.example.org:9100', alert('NixpulseDiskFailing', 'critical'), 3],
    ['away-1.example.org:19977', { part: 'all' }, 1],
    ['away-1.example.org:19977', alert('NixpulseExportMissing', 'warning'), 2],
    ['elsewhere:9115', { part: 'all' }, 1],
  ],
  caches: [
    ['cache-1.example.org:9100', { part: 'tried' }, evaluatedSec - 8000],
    ['cache-1.example.org:9100', { part: 'working' }, 1],
    ['cache-1.example.org:9100', check('nix_cache_info_accessible'), 0],
    ['cache-1.example.org:9100', check('nix_local_cache_hit'), 0],
    ['cache-1.example.org:9100', check('nix_distributed_build_success'), 0],
    ['calm-1.example.org:9100', { part: 'tried' }, evaluatedSec - 300],
    ['calm-1.example.org:9100', { part: 'working' }, 1],
    ['calm-1.example.org:9100', check('nix_local_cache_hit'), 0],
  ],
});
