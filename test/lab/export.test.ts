/** What is exported, as a real Prometheus and a real node_exporter read it, while real builds run. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cacheCheckMetrics } from '../../src/format/metrics/cache-check-metrics.ts';
import { metricsText } from '../../src/format/metrics/metrics-text.ts';
import { durationsText } from '../../src/parse/durations-csv.ts';
import { cacheCheck, checkedBuilder, checkedCache } from '../support/cache-check.ts';
import { type Dashboard, dashboardFile, substituted } from '../support/grafana.ts';
import { bringUpLab, startBuild, startClient } from '../support/lab.ts';
import { type Exporting, startExporting } from './exporting.ts';
import { guarded } from './guarding.ts';
import { inTurn } from './in-turn.ts';
import { prometheusMissing, rulesDirectory } from './prometheus.ts';
import { until } from './wait.ts';

const lab = bringUpLab();
const missing = lab.missing ?? prometheusMissing();

const promtool = (words: readonly string[], input = '') =>
  spawnSync('promtool', words, { input, encoding: 'utf8', cwd: rulesDirectory });
const familiesOf = (text: string) =>
  [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type]) => [name, type]);
/** A check that tells of everything, and of something wrong of each kind. */
const found = {
  ...cacheCheck,
  caches: [
    ...cacheCheck.caches,
    {
      ...checkedCache,
      address: 'http://gone',
      role: 'other' as const,
      trouble: 'unreachable' as const,
      lostSec: 5,
    },
  ],
  builders: [checkedBuilder, { ...checkedBuilder, address: 'ssh-ng://far', trouble: 'login' as const }],
  proxyDisk: { path: '/var/cache/nginx', usedBytes: 5e9, files: 900, availableBytes: 1e9 },
};
/** A histogram is stored by its parts. */
const stored = (name: string, type: string | undefined) => (type === 'histogram' ? `${name}_count` : name);

/** Some seconds, of builds that were seen before. */
const known = ['estimate', '-A', 'system', '-j', '2'] as const;
const seenBefore = ['source', 'library', 'program', 'docs', 'fonts', 'icons', 'kernel', 'system'].map(
  (name) => ({
    ...{ host: '', name: `est-${name}`, endedMs: Date.now() - 86_400_000, seconds: 2 },
  }),
);

describe.skipIf(missing !== null)('a real Prometheus', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'nixpulse-export-log-'));
  const log = join(folder, 'log.json');
  // It only tells, and has its own state, where the export looks as well.
  const guard = guarded('dry-run = true', { memory: '', stuck: '' });
  inTurn(() => {
    exporting?.end();
    guard.end();
    rmSync(folder, { recursive: true, force: true });
  });
  let exporting: Exporting;
  beforeAll(async () => {
    writeFileSync(log, '');
    const state = join(guard.folder, 'state/nixpulse');
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, 'durations.csv'), durationsText(seenBefore));
    await guard.start();
    exporting = await startExporting(['--top', '3', '--log', log], guard.env);
  }, 60_000);

  let rest = '';
  /** A client whose log is followed. */
  function rebuild(workload: string, ...more: readonly string[]) {
    let pid = 0;
    // Debian's Nix has the daemon's pid in all ids; newer ones have that of the client or its worker.
    const asNewer = (text: string) =>
      text.replace(/"(id|parent)":(\d+)/g, (same, name: string, id: string) =>
        id === '0' ? same : `"${name}":${(BigInt(pid) << 32n) | (BigInt(id) & 0xffff_ffffn)}`,
      );
    const file = `${lab.directory}/workloads/${workload}.nix`;
    const words = ['--no-out-link', '--log-format', 'internal-json', '-v', file, ...more];
    const client = startClient(lab, 'nix-build', words, {
      onStderr(bytes) {
        const lines = (rest + Buffer.from(bytes).toString()).split('\n');
        rest = lines.pop() ?? '';
        if (lines.length > 0) appendFileSync(log, `${asNewer(lines.join('\n'))}\n`);
      },
    });
    pid = client.pid;
    return client;
  }

  test('finds every family over HTTP and in the file, with builds by state and by name', async () => {
    startBuild(lab, 'parallel', { secs: '60' });
    const { query } = exporting;
    const named = await until('a build by its name', async () => {
      const rows = await query('nixpulse_build_resident_bytes{job="nixpulse",derivation!=""}');
      return rows.length > 0 && rows;
    });
    expect(named.length).toBeLessThanOrEqual(3);
    await until(
      'the same builds by state',
      async () => (await query('sum(nixpulse_builds) by (job) >= 1')).length === 2,
    );
    const text = await (await exporting.get('/metrics')).text();
    expect(familiesOf(text).length).toBeGreaterThan(100);
    for (const job of ['nixpulse', 'node']) {
      let lacking: readonly string[] = [];
      await until(
        `every family in job ${job}`,
        async () => {
          // Anew each time: of a disk some are there in one look and not in the next.
          const now = familiesOf(await (await exporting.get('/metrics')).text());
          const rows = await query(
            `count by (__name__) (last_over_time({__name__=~"nix(pulse)?_.+",job="${job}"}[1m]))`,
          );
          const names = new Set(rows.map(({ metric }) => metric['__name__']));
          lacking = now.map(([name = '', type]) => stored(name, type)).filter((name) => !names.has(name));
          return lacking.length === 0;
        },
        { detail: () => `without ${lacking.join(', ')}` },
      );
    }
    expect(await query('node_textfile_scrape_error')).toMatchObject([{ value: 0 }]);
    expect(statSync(exporting.file).mode & 0o777).toBe(0o644);
    const said = () => exporting.told().map(({ text }) => text);
    expect(said()[0]).toBe('READY=1\n');
    await until('a sign of life for the watchdog', () => said().includes('WATCHDOG=1\n'));
    // The same machine, told by others.
    const [memory] = await query('nixpulse_memory_total_bytes{job="nixpulse"}');
    const [, kilobytes] = /^MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
    expect(memory?.value).toBe(Number(kilobytes) * 1024);
  });

  test('has the progress of a rebuild, and how long it and its builds took', async () => {
    const { query } = exporting;
    const client = rebuild(...known);
    const one = async (expression: string) =>
      (await query(`${expression} and on (job) up{job="nixpulse"}`))[0]?.value;
    await until('a rebuild under way', async () => (await one('nixpulse_rebuilds')) === 1);
    await until(
      'its builds',
      async () => ((await one('nixpulse_rebuild_derivations{state="running"}')) ?? 0) >= 1,
    );
    expect(await one('nixpulse_rebuild_start_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000 - 60);
    expect(await client.closed).toBe(0);
    await until(
      'its end',
      async () => (await one('nixpulse_rebuild_duration_seconds_count{result="done"}')) === 1,
    );
    const took = await one('nixpulse_rebuild_duration_seconds_sum{result="done"}');
    expect(took).toBeGreaterThan(3);
    expect(took).toBeLessThan(60);
    expect(await one('nixpulse_build_duration_seconds_count')).toBeGreaterThanOrEqual(1);
  });

  test('knows types and help, and has nothing to say against names', async () => {
    const text = await (await exporting.get('/metrics')).text();
    expect(promtool(['check', 'metrics'], text)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(promtool(['check', 'metrics'], readFileSync(exporting.file, 'utf8'))).toMatchObject({ status: 0 });
    // It does complain.
    expect(promtool(['check', 'metrics'], 'nixpulse_x_ms 1\n').status).not.toBe(0);
    const known = (await exporting.api('metadata')) as Record<string, { type: string; help: string }[]>;
    for (const [name = '', type] of familiesOf(text)) expect(known[name]?.[0]?.type, name).toBe(type);
  });

  test('takes the rules, whose own tests pass, and evaluates each', async () => {
    expect(promtool(['check', 'rules', 'nixpulse.rules.yml'])).toMatchObject({ status: 0 });
    const tested = promtool(['test', 'rules', 'nixpulse.test.yml']);
    expect(tested.status, tested.stdout + tested.stderr).toBe(0);
    // They fail where a rule does not fire.
    const broken = readFileSync(join(rulesDirectory, 'nixpulse.rules.yml'), 'utf8').replace('== 2', '== 3');
    writeFileSync(join(exporting.directory, 'nixpulse.rules.yml'), broken);
    const test = join(exporting.directory, 'nixpulse.test.yml');
    writeFileSync(test, readFileSync(join(rulesDirectory, 'nixpulse.test.yml')));
    expect(promtool(['test', 'rules', test]).status).not.toBe(0);
    const unhealthy = await until('an evaluation of every rule', async () => {
      const { groups } = (await exporting.api('rules')) as {
        groups: { rules: { name: string; health: string; lastError?: string }[] }[];
      };
      const rules = groups.flatMap((group) => group.rules);
      return (
        rules.length > 10 &&
        rules.every(({ health }) => health !== 'unknown') &&
        rules.filter(({ health }) => health !== 'ok')
      );
    });
    expect(unhealthy).toEqual([]);
  });

  test('the dashboard has data in every panel', async () => {
    writeFileSync(join(exporting.texts, 'nix_build_cache.prom'), metricsText(cacheCheckMetrics(found)));
    // One that fails, and one of which it can be said how long it takes.
    expect(await rebuild('fail', '-A', 'bad').closed).toBe(1);
    const again = rebuild(...known);
    const { panels, templating } = JSON.parse(readFileSync(dashboardFile, 'utf8')) as Dashboard;
    const asked = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
    expect(asked.length).toBeGreaterThan(50);
    const empty = async () => {
      const end = Date.now() / 1000;
      const found = await Promise.all(
        asked.map(async ({ title, expr }) => {
          const query = new URLSearchParams({
            query: substituted(expr),
            start: `${end - 90}`,
            end: `${end}`,
          });
          const { result } = (await exporting.api(`query_range?${query}&step=1`)) as { result: unknown[] };
          return result.length > 0 ? [] : [`${title}: ${expr}`];
        }),
      );
      return found.flat();
    };
    let lacking: readonly string[] = [];
    await until(
      'data of every query',
      async () => {
        lacking = await empty();
        return lacking.length === 0;
      },
      { detail: () => lacking.join('\n'), everyMs: 1000, deadlineMs: 45_000 },
    );
    const selector = /^label_values\((.*), instance\)$/.exec(templating.list[1]?.definition ?? '')?.[1] ?? '';
    const machines = await exporting.api(`label/instance/values?match[]=${encodeURIComponent(selector)}`);
    expect(machines).toHaveLength(2);
    expect(await again.closed).toBe(0);
  });

  test('a crowd of scrapes makes nobody look more often', async () => {
    const looks = async () =>
      Number(
        /^nixpulse_exporter_looks_total (\d+)$/m.exec(await (await exporting.get('/metrics')).text())?.[1],
      );
    const [before, beganMs] = [await looks(), Date.now()];
    for (let round = 0; round < 10; round += 1)
      await Promise.all(Array.from({ length: 40 }, async () => (await exporting.get('/metrics')).text()));
    // Pressure is read twice a second, and what is short calls a look now and then.
    expect((await looks()) - before).toBeLessThan(6 * ((Date.now() - beganMs) / 1000 + 1));
  });

  test('ends at SIGTERM; the file is gone, and Prometheus sees it down', async () => {
    expect(await exporting.stop()).toBe(143);
    expect(existsSync(exporting.file)).toBe(false);
    await until('the service manager to be told', () =>
      exporting.told().at(-1)?.text.startsWith('STOPPING=1\n'),
    );
    await expect(exporting.get('/metrics')).rejects.toThrow();
    await until('up to be 0', async () => (await exporting.query('up{job="nixpulse"} == 0')).length === 1);
    await until(
      'the series of the file to end',
      async () => (await exporting.query('nixpulse_exporter_info')).length === 0,
    );
    const pending = await until('the alert to be pending', async () => {
      const rows = await exporting.query('ALERTS{alertname="NixpulseExportMissing"}');
      return rows.length === 2 && rows;
    });
    expect(pending.map(({ metric }) => metric['alertstate'])).toEqual(['pending', 'pending']);
  });
});
