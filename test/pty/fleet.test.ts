/** A thousand machines in a real Prometheus on a real terminal: what is asked, who comes first, and a visit over ssh. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  freePort,
  type Programs,
  type Prometheus,
  programs,
  prometheusMissing,
  rulesDirectory,
  startPrometheus,
} from '../lab/prometheus.ts';
import { runProgram, type SshTarget, startSshTarget, whyNoSshTarget } from '../lab/ssh-target.ts';
import { until } from '../lab/wait.ts';
import { type FleetWorld, serveWorld, simulatedMachines } from '../support/fleet-world.ts';
import { launcher, openPty } from '../support/pty.ts';

const missing = prometheusMissing();
const noNginx = spawnSync('nginx', ['-v']).error !== undefined;
if (noNginx && process.env['CI']) throw new Error('the tests of certificates need nginx in CI');
const count = 1000;
/** Beside them one that ssh knows, in trouble. */
const target = { instance: 'target:19977', kind: 'disk' } as const;
const machines = [...simulatedMachines(count), target];
const path = process.env['PATH'] ?? '';

/** What is asked, on its way to Prometheus. */
interface Counting {
  readonly url: string;
  /** Paths with their queries, and bytes of each answer, since the last call. */
  asked(): readonly { readonly path: string; readonly bytes: number }[];
  end(): void;
}

async function countingProxy(prometheus: Prometheus): Promise<Counting> {
  let asked: { path: string; bytes: number }[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    const one = { path: incoming.url ?? '', bytes: 0 };
    asked.push(one);
    const forward = request(`${prometheus.url}${one.path}`, { headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (piece: Buffer) => {
        one.bytes += piece.length;
      });
      answer.pipe(outgoing);
    });
    forward.once('error', () => outgoing.destroy());
    forward.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked() {
      const all = asked;
      asked = [];
      return all;
    },
    end() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe.skipIf(missing !== null)('a fleet', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nixpulse-fleet-'));
  let started: Programs;
  let world: FleetWorld;
  let prometheus: Prometheus;
  let counting: Counting;

  beforeAll(async () => {
    world = await serveWorld(machines);
    // What an alert waits for is not what is tested here.
    const rules = readFileSync(`${rulesDirectory}nixpulse.rules.yml`, 'utf8').replace(/^ +for: .*\n/gm, '');
    writeFileSync(join(folder, 'rules.yml'), rules);
    started = programs();
    const configuration = `global: { scrape_interval: 5s, scrape_timeout: 5s, evaluation_interval: 5s }
rule_files: ["${folder}/rules.yml"]
scrape_configs:
${world.scrape}`;
    prometheus = await startPrometheus(started, folder, configuration);
    counting = await countingProxy(prometheus);
    const holds = async (expression: string) => (await prometheus.query(expression)).length > 0;
    await until('all machines', () => holds(`count(nixpulse_rebuilds) > ${count}`), { deadlineMs: 60_000 });
    world.tell(machines.filter(({ kind }) => kind !== 'gone'));
    await until('one that is gone', () => holds(`count(nixpulse_rebuilds) < ${count + 1}`), {
      deadlineMs: 60_000,
    });
    await until(
      'alerts',
      () => holds('count(ALERTS{alertname="NixpulseDiskFailing",alertstate="firing"}) > 1'),
      {
        deadlineMs: 60_000,
      },
    );
  }, 240_000);
  afterAll(() => {
    counting?.end();
    started?.end();
    world?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (words: readonly string[] = [], more: Parameters<typeof openPty>[0] = {}) =>
    openPty({
      args: ['fleet', '--prometheus', counting.url, '--every', '1h', ...words],
      deadlineMs: 30_000,
      ...more,
    });

  test('shows who needs help first, for eight questions whose answers are bounded', async () => {
    counting.asked();
    using pty = open();
    const screen = await pty.waitForText('node-7.');
    const rows = screen
      .filter((line) => /^ .(?:node-\d+|target)\S* /.test(line))
      .map((line) => line.trim().split(/\s+/));
    expect(rows.slice(0, 7).map(([name, state]) => `${name?.split('.')[0]} ${state}`)).toEqual([
      'node-7 critical',
      'node-111 critical',
      'target critical',
      'node-222 warning',
      'node-444 warning',
      'node-666 gone',
      'node-555 gone',
    ]);
    expect(screen[0]).toContain(`${count + 1} machines`);
    const asked = counting.asked();
    expect(asked).toHaveLength(8);
    expect(new Set(asked.map((one) => one.path)).size).toBe(8);
    // Less than a kilobyte a machine.
    expect(asked.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(1000 * (count + 1));
    for (const { path: one } of asked) expect(one.length).toBeLessThan(2000);

    pty.press('r');
    let again = 0;
    await until('a second round', () => {
      again += counting.asked().length;
      return again === 8;
    });
    pty.press('q');
    expect(await pty.exited()).toMatchObject({ exitCode: 0 });
  });

  test('finds one among them, and fits a small screen', async () => {
    using pty = open([], { columns: 60, rows: 15 });
    await pty.waitForText('node-7.');
    pty.press('/', ...'slow', '<enter>');
    const screen = await pty.waitFor((lines) => lines.some((line) => line.includes('filter slow')));
    expect(screen.filter((line) => line.includes('node-'))).toHaveLength(1);
    expect(screen.join('\n')).toContain('node-333');
    pty.press('<ctrl-c>');
    expect(await pty.exited()).toMatchObject({ exitCode: 130 });
  });

  test('as one document, and as plain text', async () => {
    const json = await runProgram(['fleet', '--prometheus', prometheus.url, '--json'], { path });
    expect(json).toMatchObject({ status: 0, stderr: '' });
    const document = JSON.parse(json.stdout);
    expect(document).toMatchObject({
      version: 1,
      prometheus: `${prometheus.url}/`,
      hasRules: true,
      unnamed: 0,
    });
    expect(document.machines).toHaveLength(count + 1);
    const named = (name: string) => document.machines.find((one: { name: string }) => one.name === name);
    expect(named('node-7.example.org')).toMatchObject({
      ...{
        state: 'critical',
        findings: [],
        alerts: { named: [{ name: 'NixpulseMemoryCritical', severity: 'critical' }, {}] },
      },
      pressure: [
        { resource: 'memory', level: 'critical' },
        { resource: 'io', level: 'warning' },
      ],
      rebuild: { underWay: 0, running: 0, verdict: null },
      caches: { failed: [], working: 3 },
    });
    expect(named('node-222.example.org').rebuild).toMatchObject({
      verdict: 'stuck',
      builds: 57,
      done: 34,
      failed: 0,
    });
    expect(named('node-444.example.org').caches).toMatchObject({ failed: ['cache'], working: 2 });
    expect(named('node-555.example.org')).toMatchObject({
      state: 'gone',
      rebuild: null,
      pressure: null,
      findings: null,
    });
    expect(named('node-666.example.org').alerts.named).toEqual([
      { name: 'NixpulseExportStale', severity: 'warning' },
    ]);
    expect(named('node-666.example.org').ageSec).toBeGreaterThan(890);

    const text = await runProgram(['fleet', '--prometheus', prometheus.url], { path });
    expect(text.status).toBe(0);
    expect(text.stdout.split('\n')).toHaveLength(count + 4);
    expect(text.stdout).toMatch(
      /^1001 machines: 3 critical, 2 warning, 2 gone, 1 slow, 993 ok\nMACHINE +STATE /,
    );
  });

  test('a Prometheus that goes away is said, and the rows stay', async () => {
    const proxy = await countingProxy(prometheus);
    using pty = openPty({ args: ['fleet', '--prometheus', proxy.url, '--every', '1s'] });
    await pty.waitForText('node-7.');
    proxy.end();
    const screen = await pty.waitForText('refuses the connection; this is');
    expect(screen.join('\n')).toContain('node-7.example.org');
    pty.press('q');
    await pty.exited();
  });

  describe.skipIf(whyNoSshTarget() !== null)('a visit', () => {
    let there: SshTarget;
    beforeAll(async () => {
      // Its own nixpulse is that of this checkout.
      const terminals = 'mkdir $T/dev/pts && mount --bind /dev/pts $T/dev/pts && ln -s pts/ptmx $T/dev/ptmx';
      const plant = `${terminals}\nprogram nixpulse <<'E'\nexec ${launcher} demo "$@"\nE\n`;
      there = await startSshTarget({ plant, cache: 'http://cache.example' });
    }, 60_000);
    afterAll(() => there?.stop());
    const atTarget = (pty: ReturnType<typeof open>) => {
      pty.press('/', ...'target', '<enter>');
      return pty.waitFor(
        (lines) =>
          lines.some((line) => line.includes('filter target')) &&
          lines.some((line) => /^ .target /.test(line)),
      );
    };

    test('opens the dashboard of the machine, and comes back from it', async () => {
      using pty = open([], { env: { PATH: `${there.bin}:${path}`, SSH_AUTH_SOCK: '' } });
      await pty.waitForText('node-7.');
      await atTarget(pty);
      pty.press('<enter>');
      await pty.waitFor((lines) => lines.some((line) => line.includes('REPLAY')), 'its dashboard');
      // What is typed now is for the other one.
      pty.press('?');
      await pty.waitForText('play');
      pty.press('<escape>', 'q');
      const back = await pty.waitFor(
        (lines) => lines.some((line) => line.includes('filter target')),
        'the fleet again',
      );
      expect(back[1]).toBe('');
      pty.press('<escape>');
      await pty.waitForText('node-7.');
      pty.press('q');
      expect(await pty.exited()).toMatchObject({ exitCode: 0 });
    });

    test('is given up with Ctrl-C where nobody answers, and when we are ended', async () => {
      const sockets = new Set<Socket>();
      const mute = createTcpServer((socket) => void sockets.add(socket.resume().on('error', () => {})));
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const { port } = mute.address() as AddressInfo;
      const own = mkdtempSync(join(tmpdir(), 'nixpulse-mute-'));
      const config = `Host target\n  HostName 127.0.0.1\n  Port ${port}\n`;
      writeFileSync(join(own, 'config'), config);
      writeFileSync(join(own, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${own}/config "$@"\n`, {
        mode: 0o755,
      });
      try {
        using pty = open([], { env: { PATH: `${own}:${path}`, SSH_AUTH_SOCK: '' } });
        await pty.waitForText('node-7.');
        await atTarget(pty);
        pty.press('<enter>');
        await until('a connection', () => sockets.size === 1);
        pty.press('<ctrl-c>');
        await pty.waitFor((lines) => lines.some((line) => line.includes('filter target')), 'the fleet again');
        pty.press('<enter>');
        await until('another connection', () => sockets.size === 2);
        pty.kill('SIGTERM');
        expect(await pty.exited()).toMatchObject({ exitCode: 143 });
        await until('nobody visits', () => [...sockets].every(({ readyState }) => readyState !== 'open'));
      } finally {
        for (const socket of sockets) socket.destroy();
        mute.close();
        rmSync(own, { recursive: true });
      }
    });

    test('says why there was none', async () => {
      using pty = open([], { env: { PATH: `${there.bin}:${path}`, SSH_AUTH_SOCK: '' } });
      await pty.waitForText('node-7.');
      // Nobody resolves that name.
      pty.press('<enter>');
      await pty.waitFor((lines) => /node-7\.example\.org: .*resolve/.test(lines[1] ?? ''), 'the reason');
      pty.press('q');
      expect(await pty.exited()).toMatchObject({ exitCode: 0 });
    });
  });
});

describe.skipIf(missing !== null || noNginx)('who asks', () => {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-fleet-'));
  const at = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  /** bcrypt of `right`, as crypt(3) has it. */
  const hash = '$2b$05$abcdefghijklmnopqrstuu8xaCxxL82bnl.UY74PMksDxIJShppPC';
  let started: Programs;
  let prometheus: Prometheus;
  let nginx: ChildProcess;
  let secure = '';

  beforeAll(async () => {
    started = programs();
    const web = at('web.yml', `basic_auth_users: { ada: '${hash}' }\n`);
    prometheus = await startPrometheus(started, directory, '', [`--web.config.file=${web}`]);
    const key = join(directory, 'key.pem');
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
        ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', join(directory, 'cert.pem')],
      ],
      { stdio: 'ignore' },
    );
    const port = await freePort();
    const basic = Buffer.from('ada:right').toString('base64');
    const configuration = at(
      'nginx.conf',
      `daemon off; pid ${directory}/pid; error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${directory}/a; proxy_temp_path ${directory}/b; fastcgi_temp_path ${directory}/c;
  uwsgi_temp_path ${directory}/d; scgi_temp_path ${directory}/e;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${directory}/cert.pem; ssl_certificate_key ${key};
    location /prom/ {
      if ($http_authorization != "Bearer right-token") { return 401; }
      proxy_set_header Authorization "Basic ${basic}";
      proxy_pass ${prometheus.url}/;
    }
  }
}
`,
    );
    nginx = spawn('nginx', ['-c', configuration, '-e', 'stderr'], { stdio: 'ignore' });
    secure = `https://localhost:${port}/prom`;
    await until(
      'nginx',
      () =>
        new Promise<boolean>((resolve) => {
          const asking = request({ port, host: '127.0.0.1' }, () => resolve(true));
          asking.once('error', () => resolve(false));
          asking.end();
        }),
    );
  }, 60_000);
  afterAll(() => {
    nginx?.kill('SIGTERM');
    started?.end();
    rmSync(directory, { recursive: true, force: true });
  });

  const run = (...words: readonly string[]) =>
    runProgram(['fleet', '--json', '--prometheus', ...words], { path });
  const told = async (...words: readonly string[]) => {
    const { status, stdout, stderr } = await run(...words);
    return [status, stdout === '' ? stderr : JSON.parse(stdout).machines];
  };

  test('is known by name and password', async () => {
    const right = at('right', 'ada:right\n');
    expect(await told(prometheus.url, '--user-file', right)).toEqual([0, []]);
    const { host } = new URL(prometheus.url);
    const refused = [1, `nixpulse: ${host}: it wants another token or password (HTTP 401)\n`];
    expect(await told(prometheus.url, '--user-file', at('wrong', 'ada:wrong\n'))).toEqual(refused);
    expect(await told(prometheus.url)).toEqual(refused);
  });

  test('by a token, below a path, over a connection whose certificate is named', async () => {
    const ca = join(directory, 'cert.pem');
    const token = at('token', 'right-token\n');
    expect(await told(secure, '--token-file', token, '--ca-file', ca)).toEqual([0, []]);
    const [code, line] = await told(secure, '--token-file', at('other', 'other\n'), '--ca-file', ca);
    expect([code, line]).toEqual([
      1,
      expect.stringMatching(/^nixpulse: localhost:\d+: it wants another token/),
    ]);
    // Nobody else says who that is.
    expect(await told(secure, '--token-file', token)).toEqual([1, expect.stringMatching(/certificate/)]);
  });

  test('files that are of no use are told before anybody is asked', async () => {
    const none = join(directory, 'none');
    expect(await told(secure, '--token-file', none)).toEqual([2, `nixpulse: ${none}: no such file\n`]);
    const empty = at('empty', '');
    expect(await told(secure, '--token-file', empty)).toEqual([
      2,
      expect.stringContaining(`nixpulse: ${empty}: it is empty, or a pipe`),
    ]);
    expect(await told(secure, '--ca-file', empty)).toEqual([
      2,
      `nixpulse: ${empty}: it holds no certificate (PEM)\n`,
    ]);
  });
});
