/**
 * What is asked of a Prometheus about all machines at once: instant queries, each added up by `instance`, so that an answer
 * has a few series a machine whatever a machine tells. The names are those of docs/export.md, and `nix_*` of check-cache.
 */

export const queryIds = ['told', 'rebuilds', 'verdicts', 'pressure', 'findings', 'alerts', 'caches'] as const;
export type QueryId = (typeof queryIds)[number];

/** Measures of the check of caches: which of the machine's ways to get a path worked when it was last tried. */
export const cacheChecks = {
  nix_cache_info_accessible: 'cache',
  nix_upstream_cache_accessible: 'upstream',
  nix_local_cache_hit: 'hit',
  nix_distributed_build_success: 'builders',
} as const;
/** When that was, Unix s. */
export const checkTime = 'nix_build_cache_check_timestamp';
export type FleetCheck = (typeof cacheChecks)[keyof typeof cacheChecks];

/** Those of a machine that are named: the worst, as the queries weigh them. */
const mostNamed = 4;

/** One vector of several: each part has the label `part`, so that none hides another. */
function together(parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts)
    .map(([part, expression]) => `label_replace(${expression}, "part", "${part}", "", "")`)
    .join(' or ');
}

const checks = `min by (instance, __name__) ({__name__=~"${Object.keys(cacheChecks).join('|')}"})`;
/** The same machine may be told twice under one name, by two jobs: it is no second rebuild. */
const derivations = (states: string) =>
  `max by (instance) (sum by (instance, job) (nixpulse_rebuild_derivations{state=~"${states}"}))`;
const findings = (level: string, states: string, weight: number) =>
  `(max by (instance, hypothesis, kind, level, state) (nixpulse_findings{level="${level}",state=~"${states}"} > 0) * 0 + ${weight})`;
const alerts = (severities: string, weight: number) =>
  `(count by (instance, alertname, severity) (ALERTS{alertstate="firing"${severities}}) * 0 + ${weight})`;

export const queries: Readonly<Record<QueryId, string>> = {
  // `before`: within the last hour, and no more. `down`: its address does not answer.
  told: together({
    now: 'max by (instance) (nixpulse_timestamp_seconds)',
    before:
      'max by (instance) (last_over_time(nixpulse_timestamp_seconds[1h])) unless max by (instance) (nixpulse_timestamp_seconds)',
    down: 'max by (instance) (up{job="nixpulse"} == 0)',
  }),
  rebuilds: together({
    rebuilds: 'max by (instance) (nixpulse_rebuilds)',
    running: 'max by (instance) (nixpulse_nix_running)',
    builds: 'max by (instance) (nixpulse_rebuild_builds)',
    done: derivations('done|elsewhere'),
    failed: derivations('failed'),
    start: 'min by (instance) (nixpulse_rebuild_start_timestamp_seconds)',
  }),
  verdicts: 'max by (instance, state) (nixpulse_verdicts{state=~"working|slow|waiting|stuck|paused"} > 0)',
  pressure: `${together({ all: 'max by (instance) (nixpulse_pressure_level)' })} or topk by (instance) (${mostNamed}, max by (instance, resource) (nixpulse_pressure_level > 0))`,
  findings: `topk by (instance) (${mostNamed}, ${[
    findings('critical', 'likely|confirmed', 4),
    findings('critical', 'possible', 3),
    findings('warning', 'likely|confirmed', 2),
    findings('warning', 'possible', 1),
  ].join(' or ')})`,
  alerts: `${together({ all: 'count by (instance) (ALERTS{alertstate="firing"})' })} or topk by (instance) (${mostNamed}, ${alerts(',severity="critical"', 3)} or ${alerts(',severity="warning"', 2)} or ${alerts('', 1)})`,
  // By name only what failed: of a thousand machines nearly all work. -1 is not set up.
  caches: `${together({
    tried: `max by (instance) (${checkTime})`,
    working: `count by (instance) (${checks} == 1)`,
  })} or ${checks} == 0`,
};

/** One of our own rules: where it is not loaded, that no alert fires means nothing. */
export const knownAlert = 'NixpulseExportMissing';
