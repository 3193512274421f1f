/**
 * Machines that nobody has, as one target tells of them: the families of a real export, with the values of a machine that
 * is idle, builds, is short of memory, and so on. Prometheus keeps their `instance` with `honor_labels`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type MetricFamily, type MetricSample, metricsText } from '../../src/format/metrics/metrics-text.ts';
import { modelMetrics } from '../../src/format/metrics/model-metrics.ts';
import { queries } from '../../src/model/fleet/queries.ts';
import { everyMetric } from './metric-models.ts';

export type Kind = 'idle' | 'building' | 'memory' | 'disk' | 'stuck' | 'slow' | 'caches' | 'gone' | 'old';

export interface SimulatedMachine {
  readonly instance: string;
  readonly kind: Kind;
}

/** Of ten machines eight are idle or build; those in trouble are spread among them. */
export function simulatedMachines(count: number): readonly SimulatedMachine[] {
  const rare: Readonly<Record<number, Kind>> = {
    7: 'memory',
    111: 'disk',
    222: 'stuck',
    333: 'slow',
    444: 'caches',
    555: 'gone',
    666: 'old',
  };
  return Array.from({ length: count }, (_, at) => ({
    instance: `node-${at}.example.org:19977`,
    kind: rare[at] ?? (at % 5 === 0 ? 'building' : 'idle'),
  }));
}

const asked = new Set(
  Object.values(queries)
    .join(' ')
    .match(/nixpulse_\w+/g),
);
const template = modelMetrics(everyMetric, 0);

type Row = readonly [labels: Readonly<Record<string, string>>, value: number];

/** `sec`: now, Unix s. What is not named here has the value of the export. */
function valuesOf(kind: Kind, sec: number): Readonly<Record<string, readonly Row[]>> {
  const builds = kind === 'building' || kind === 'stuck' || kind === 'slow';
  const level = (memory: number): readonly Row[] => [
    [{ resource: 'memory' }, memory],
    [{ resource: 'io' }, memory === 0 ? 0 : 1],
    [{ resource: 'cpu' }, builds ? 2 : 0],
  ];
  const verdict = kind === 'stuck' || kind === 'slow' ? kind : 'working';
  const found = { hypothesis: 'disk', kind: 'smart', level: 'critical', state: 'confirmed' };
  const state = (name: string, value: number): Row => [{ state: name }, value];
  return {
    nixpulse_timestamp_seconds: [[{}, kind === 'old' ? sec - 900 : sec]],
    nixpulse_pressure_level: level(kind === 'memory' ? 2 : 0),
    nixpulse_verdicts: builds ? [[{ subject: 'build', state: verdict }, 1]] : [],
    nixpulse_findings: kind === 'disk' ? [[found, 1]] : [],
    nixpulse_rebuilds: [[{}, builds ? 1 : 0]],
    nixpulse_nix_running: [[{}, builds ? 5 : 0]],
    nixpulse_rebuild_builds: builds ? [[{}, 57]] : [],
    nixpulse_rebuild_start_timestamp_seconds: builds ? [[{}, sec - 723]] : [],
    nixpulse_rebuild_derivations: builds
      ? [state('done', 30), state('elsewhere', 4), state('running', 5), state('failed', 0)]
      : [],
  };
}

function checksOf(kind: Kind, sec: number): readonly MetricFamily[] {
  const gauge = (name: string, value: number): MetricFamily => ({
    ...{ name, help: 'A check of caches.', type: 'gauge' },
    samples: [{ labels: {}, value }],
  });
  return [
    gauge('nix_cache_info_accessible', kind === 'caches' ? 0 : 1),
    gauge('nix_local_cache_hit', 1),
    gauge('nix_upstream_cache_accessible', 1),
    gauge('nix_distributed_build_success', -1),
    gauge('nix_build_cache_check_timestamp', sec - 300),
  ];
}

/** `whole`: all that an export tells, not only what a fleet asks for. */
export function familiesOf(machine: SimulatedMachine, sec: number, whole = false): readonly MetricFamily[] {
  const values = valuesOf(machine.kind, sec);
  const named = template.flatMap((family): MetricFamily[] => {
    const rows = values[family.name];
    if (rows === undefined) return whole || asked.has(family.name) ? [family] : [];
    return [{ ...family, samples: rows.map(([labels, value]): MetricSample => ({ labels, value })) }];
  });
  return [...named, ...checksOf(machine.kind, sec)].map((family) => ({
    ...family,
    samples: family.samples.map((sample) => ({
      ...sample,
      labels: { instance: machine.instance, ...sample.labels },
    })),
  }));
}

/** Families of all machines, each once: the text format has no other. */
export function worldText(machines: readonly SimulatedMachine[], sec: number, whole = false): string {
  const together = new Map<string, MetricFamily & { readonly samples: MetricSample[] }>();
  for (const machine of machines) {
    for (const family of familiesOf(machine, sec, whole)) {
      const one = together.get(family.name);
      if (one === undefined) together.set(family.name, { ...family, samples: [...family.samples] });
      else one.samples.push(...family.samples);
    }
  }
  return metricsText([...together.values()]);
}

export interface FleetWorld {
  /** A target of a job `fleet`. */
  readonly scrape: string;
  /** From now on. */
  tell(machines: readonly SimulatedMachine[]): void;
  end(): void;
}

export async function serveWorld(machines: readonly SimulatedMachine[], whole = false): Promise<FleetWorld> {
  let told = machines;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(worldText(told, Date.now() / 1000, whole));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    scrape: `  - { job_name: fleet, honor_labels: true, static_configs: [{ targets: ["127.0.0.1:${port}"] }] }\n`,
    tell(now) {
      told = now;
    },
    end() {
      server.closeAllConnections();
      server.close();
    },
  };
}
