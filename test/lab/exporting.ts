/** A real Prometheus with the project's rules, a node_exporter with its textfile collector, and the exporter between them. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { receiveAt, type Said } from './guarding.ts';
import {
  type Prometheus,
  programs,
  rulesDirectory,
  startNodeExporter,
  startPrometheus,
} from './prometheus.ts';
import { until } from './wait.ts';

const program = fileURLToPath(new URL('../../bin/nixpulse', import.meta.url));

export interface Exporting extends Prometheus {
  readonly directory: string;
  /** What node_exporter reads. */
  readonly texts: string;
  readonly file: string;
  /** Of the exporter. */
  get(path: string): Promise<Response>;
  /** What it told its service manager. */
  told(): readonly Said[];
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  end(): void;
}

/** Scraped every second, over HTTP as job `nixpulse` and by the file as job `node`. `more`: of its environment. */
export async function startExporting(
  words: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<Exporting> {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-export-'));
  const texts = join(directory, 'texts');
  mkdirSync(texts);
  const file = join(texts, 'nixpulse.prom');
  const started = programs();
  const manager = await receiveAt(join(directory, 'notify'));
  const notify = { NOTIFY_SOCKET: join(directory, 'notify'), WATCHDOG_USEC: '4000000' };
  const env = { ...process.env, ...more, ...notify };
  const end = () => {
    started.end();
    manager.end();
    rmSync(directory, { recursive: true, force: true });
  };

  try {
    const file1s = ['--textfile', file, '--every', '1s', '--listen', '127.0.0.1:0'];
    const exporter = started.start(program, ['export', ...file1s, ...words], env);
    const ended = new Promise<number | null>((resolve) => exporter.child.once('exit', resolve));
    const port = await until('the exporter', () => /127\.0\.0\.1:(\d+)\/metrics/.exec(exporter.err())?.[1], {
      detail: exporter.err,
    });
    const nodePort = await startNodeExporter(started, texts);
    const prometheus = await startPrometheus(started, directory, configuration(Number(port), nodePort));
    return {
      ...prometheus,
      ...{ directory, texts, file, end, told: manager.said },
      get: (path) => fetch(`http://127.0.0.1:${port}${path}`),
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
rule_files: ["${rulesDirectory}*.rules.yml"]
scrape_configs:
  - { job_name: nixpulse, static_configs: [{ targets: ["127.0.0.1:${port}"] }] }
  - { job_name: node, static_configs: [{ targets: ["127.0.0.1:${nodePort}"] }] }
`;
}
