/** Programs of Prometheus for tests: Debian's own, on ports of this machine, with what they said when they do not come up. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './wait.ts';

export const rulesDirectory = fileURLToPath(new URL('../../dist/prometheus/', import.meta.url));

/** Null: it is all there. */
export function prometheusMissing(...more: readonly string[]): string | null {
  const lacking = ['prometheus', 'promtool', 'prometheus-node-exporter', ...more].filter(
    (name) => spawnSync(name, ['--version']).error !== undefined,
  );
  if (lacking.length === 0) return null;
  const missing = `${lacking.join(', ')} cannot be started`;
  if (process.env.CI) throw new Error(`the tests on a real Prometheus must run in CI, but ${missing}`);
  return missing;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export interface Started {
  readonly child: ChildProcess;
  /** The end of what it has written to stderr. */
  readonly err: () => string;
}

/** Children that end together. */
export function programs() {
  const children: ChildProcess[] = [];
  return {
    start(name: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env): Started {
      const child = spawn(name, words, { stdio: ['ignore', 'ignore', 'pipe'], env });
      children.push(child);
      let err = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        err = (err + text).slice(-20_000);
      });
      return { child, err: () => err };
    },
    end() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}
export type Programs = ReturnType<typeof programs>;

/** Serves the files of a directory; resolves with its port at once. */
export async function startNodeExporter({ start }: Programs, texts: string): Promise<number> {
  const port = await freePort();
  start('prometheus-node-exporter', [
    ...['--collector.disable-defaults', '--collector.textfile'],
    `--collector.textfile.directory=${texts}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  return port;
}

export type Vector = readonly {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}[];

export interface Prometheus {
  readonly url: string;
  /** Of its own API. */
  api(path: string): Promise<unknown>;
  /** The instant vector of an expression: labels and values. */
  query(expression: string): Promise<Vector>;
}

/** `configuration`: its file's text; `words`: more of its options. Resolves when it answers. */
export async function startPrometheus(
  { start }: Programs,
  directory: string,
  configuration: string,
  words: readonly string[] = [],
): Promise<Prometheus> {
  const port = await freePort();
  const file = join(directory, 'prometheus.yml');
  writeFileSync(file, configuration);
  const { err } = start('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    ...words,
  ]);
  await until('Prometheus', () => isReady(port), { detail: err });
  const api = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as {
      status: string;
      data: unknown;
      error?: string;
    };
    if (status !== 'success') throw new Error(error);
    return data;
  };
  return {
    ...{ url: `http://127.0.0.1:${port}`, api },
    async query(expression) {
      const { result } = (await api(`query?query=${encodeURIComponent(expression)}`)) as {
        result: { metric: Record<string, string>; value: [number, string] }[];
      };
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
  };
}

/** Of Prometheus and Alertmanager; one that wants a password answers, too. */
export function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/-/ready`).then(
    ({ ok, status }) => ok || status === 401,
    () => false,
  );
}
