/** Machines that node_exporter tells of, a real Prometheus, a real Alertmanager with the project's example, and who is notified. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheCheckMetrics } from '../../src/format/metrics/cache-check-metrics.ts';
import { metricsText } from '../../src/format/metrics/metrics-text.ts';
import type { CacheCheck } from '../../src/model/cache-check/cache-check.ts';
import {
  freePort,
  isReady,
  type Prometheus,
  programs,
  rulesDirectory,
  startNodeExporter,
  startPrometheus,
} from './prometheus.ts';
import { until } from './wait.ts';

export interface Notification {
  /** `now` or `today`. */
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

export interface Alerting extends Prometheus {
  /** What has been sent, the oldest first. */
  notifications(): readonly Notification[];
  /** Names of the alerts that Alertmanager holds back, because others are told. */
  heldBack(): Promise<readonly string[]>;
  /** A check of that machine ended. */
  checked(machine: string, check: CacheCheck): void;
  end(): void;
}

/** Nothing is waited for: of the rules, `for`; of Alertmanager, to gather and to send again what changed. */
const atOnce = (rules: string) => rules.replaceAll(/for: \d+[mh]/g, 'for: 0s');
const hurried = (configuration: string) =>
  configuration.replaceAll(/(group_wait|group_interval): \S+/g, '$1: 2s');

export async function startAlerting(machines: Readonly<Record<string, CacheCheck>>): Promise<Alerting> {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-alerts-'));
  const started = programs();
  const sent: Notification[] = [];
  const receiver = await receiverOf(sent);
  const end = () => {
    started.end();
    receiver.server.close();
    rmSync(directory, { recursive: true, force: true });
  };
  const checked = (machine: string, check: CacheCheck) => {
    const now = { ...check, endedMs: Date.now() };
    const file = join(directory, machine, 'nix_build_cache.prom');
    writeFileSync(`${file}.new`, metricsText(cacheCheckMetrics(now)));
    renameSync(`${file}.new`, file);
  };
  try {
    const targets: string[] = [];
    for (const [machine, check] of Object.entries(machines)) {
      mkdirSync(join(directory, machine));
      checked(machine, check);
      const port = await startNodeExporter(started, join(directory, machine));
      targets.push(`{ targets: ["127.0.0.1:${port}"], labels: { instance: ${machine} } }`);
    }
    const port = await startAlertmanager(started, directory, receiver.port);
    for (const name of ['nixpulse', 'nix-cache'])
      writeFileSync(
        join(directory, `${name}.rules.yml`),
        atOnce(readFileSync(join(rulesDirectory, `${name}.rules.yml`), 'utf8')),
      );
    const configuration = `global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: ["${directory}/*.rules.yml"]
alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:${port}"] }] }] }
scrape_configs: [{ job_name: node, static_configs: [${targets.join(', ')}] }]
`;
    const prometheus = await startPrometheus(started, directory, configuration);
    return { ...prometheus, notifications: () => sent, heldBack: () => heldBack(port), checked, end };
  } catch (error) {
    end();
    throw error;
  }
}

async function startAlertmanager(
  { start }: ReturnType<typeof programs>,
  directory: string,
  receiverPort: number,
): Promise<number> {
  const port = await freePort();
  const file = join(directory, 'alertmanager.yml');
  const example = readFileSync(join(rulesDirectory, 'alertmanager.yml'), 'utf8');
  writeFileSync(file, hurried(example).replaceAll('127.0.0.1:9099', `127.0.0.1:${receiverPort}`));
  const { err } = start('prometheus-alertmanager', [
    `--config.file=${file}`,
    `--storage.path=${join(directory, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    // By itself.
    '--cluster.listen-address=',
  ]);
  await until('Alertmanager', () => isReady(port), { detail: err });
  return port;
}

async function heldBack(port: number): Promise<readonly string[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`);
  const alerts = (await answer.json()) as {
    readonly labels: Readonly<Record<string, string>>;
    readonly status: { readonly inhibitedBy: readonly string[] };
  }[];
  return alerts
    .filter(({ status }) => status.inhibitedBy.length > 0)
    .map(({ labels }) => labels['alertname'] ?? '')
    .toSorted();
}

async function receiverOf(sent: Notification[]): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      sent.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}
