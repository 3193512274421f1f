/** A real Prometheus with the project's rules, a node_exporter with its textfile collector, and the exporter between them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { receiveAt, type Said } from './guarding.ts';
import { until } from './wait.ts';

const program = fileURLToPath(new URL('../../bin/nixpulse', import.meta.url));
export const rulesDirectory = fileURLToPath(new URL('../../dist/prometheus/', import.meta.url));

/** Null: it is all there. */
export function prometheusMissing(): string | null {
  const lacking = ['prometheus', 'promtool', 'prometheus-node-exporter'].filter(
    (name) => spawnSync(name, ['--version']).error !== undefined,
  );
  if (lacking.length === 0) return null;
  const missing = `${lacking.join(', ')} cannot be started`;
  if (process.env.CI) throw new Error(`the tests on a real Prometheus must run in CI, but ${missing}`);
  return missing;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export interface Exporting {
  readonly directory: string;
  readonly file: string;
  /** Of the exporter. */
  get(path: string): Promise<Response>;
  /** The instant vector of an expression: labels and values. */
  query(
    expression: string,
  ): Promise<readonly { readonly metric: Readonly<Record<string, string>>; readonly value: number }[]>;
  /** Of Prometheus' own API. */
  api(path: string): Promise<unknown>;
  /** What it told its service manager. */
  told(): readonly Said[];
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  end(): void;
}

/** Scraped every second, over HTTP as job `nixpulse` and by the file as job `node`. */
export async function startExporting(words: readonly string[]): Promise<Exporting> {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-export-'));
  const texts = join(directory, 'texts');
  mkdirSync(texts);
  const file = join(texts, 'nixpulse.prom');
  const [nodePort, prometheusPort] = await Promise.all([freePort(), freePort()]);
  const children: ChildProcess[] = [];
  const manager = await receiveAt(join(directory, 'notify'));
  const env = { ...process.env, NOTIFY_SOCKET: join(directory, 'notify'), WATCHDOG_USEC: '4000000' };
  const start = (name: string, ...more: readonly string[]) => {
    const child = spawn(name, more, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: name === program ? env : process.env,
    });
    children.push(child);
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err = (err + text).slice(-20_000);
    });
    return { child, err: () => err };
  };
  const end = () => {
    for (const child of children) child.kill('SIGKILL');
    manager.end();
    rmSync(directory, { recursive: true, force: true });
  };

  try {
    const file1s = ['--textfile', file, '--every', '1s', '--listen', '127.0.0.1:0'];
    const exporter = start(program, 'export', ...file1s, ...words);
    const ended = new Promise<number | null>((resolve) => exporter.child.once('exit', resolve));
    const port = await until('the exporter', () => /127\.0\.0\.1:(\d+)\/metrics/.exec(exporter.err())?.[1], {
      detail: exporter.err,
    });
    const collector = ['--collector.disable-defaults', '--collector.textfile'];
    const node = start(
      'prometheus-node-exporter',
      ...[
        ...collector,
        `--collector.textfile.directory=${texts}`,
        `--web.listen-address=127.0.0.1:${nodePort}`,
      ],
    );
    writeFileSync(join(directory, 'prometheus.yml'), configuration(Number(port), nodePort));
    const prometheus = start(
      'prometheus',
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    );
    const api = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/${path}`);
      const { status, data, error } = (await answer.json()) as {
        status: string;
        data: unknown;
        error?: string;
      };
      if (status !== 'success') throw new Error(error);
      return data;
    };
    const ready = () =>
      fetch(`http://127.0.0.1:${prometheusPort}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until('Prometheus', ready, { detail: () => prometheus.err() + node.err() });
    return {
      ...{ directory, file, api, end, told: manager.said },
      get: (path) => fetch(`http://127.0.0.1:${port}${path}`),
      async query(expression) {
        const { result } = (await api(`query?query=${encodeURIComponent(expression)}`)) as {
          result: { metric: Record<string, string>; value: [number, string] }[];
        };
        return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
      },
      stop() {
        exporter.child.kill('SIGTERM');
        return ended;
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

function configuration(port: number, nodePort: number): string {
  return `global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: ["${rulesDirectory}nixpulse.rules.yml"]
scrape_configs:
  - { job_name: nixpulse, static_configs: [{ targets: ["127.0.0.1:${port}"] }] }
  - { job_name: node, static_configs: [{ targets: ["127.0.0.1:${nodePort}"] }] }
`;
}
