/** Binary caches made by Nix and served by a real nginx, in every state that a cache may be in; and check-cache as a program. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { CacheCheck } from '../../src/model/cache-check/cache-check.ts';
import type { Lab } from '../support/lab.ts';
import { launcher } from '../support/pty.ts';
import { until } from './wait.ts';

/** Null: it is there. */
export function nginxMissing(): string | null {
  if (spawnSync('nginx', ['-v']).error === undefined) return null;
  if (process.env.CI)
    throw new Error('the tests on a real nginx must run in CI, but nginx cannot be started');
  return 'nginx cannot be started';
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Each is a server of its own. */
const kinds = [
  'good',
  'private',
  'redirecting',
  'trickling',
  'lying',
  'otherStore',
  'unsigned',
  'broken',
  'page',
  'failing',
  'harmonia',
  'slow',
] as const;
export type CacheKind = (typeof kinds)[number];

export interface Run {
  readonly exitCode: number | null;
  readonly check: (CacheCheck & { readonly failed: boolean }) | null;
  readonly errors: string;
}

export interface StartedRun {
  readonly child: ChildProcess;
  readonly ended: Promise<Run>;
}

export interface CacheWorld {
  readonly directory: string;
  readonly publicKey: string;
  /** Where the state of nixpulse is. */
  readonly state: string;
  /** Of the packages: `app` needs `lib`, and both are in no store when the world begins. */
  readonly paths: Readonly<Record<'app' | 'lib' | 'large', string>>;
  url(kind: CacheKind): string;
  start(words: readonly string[], options: RunOptions): StartedRun;
  run(words: readonly string[], options: RunOptions): Promise<Run>;
  /** In the store of the machine. */
  has(path: string): boolean;
  realise(path: string): void;
  remove(path: string): void;
  end(): void;
}

export interface RunOptions {
  readonly substituters: readonly string[];
  /** Further lines of nix.conf. */
  readonly conf?: string;
  /** Of `[check-cache]`. */
  readonly settings?: string;
  /** Through the daemon, whose settings count then. */
  readonly daemon?: true;
}

export async function makeCacheWorld(lab: Lab): Promise<CacheWorld> {
  const directory = mkdtempSync('/var/tmp/nixpulse-caches-');
  chmodSync(directory, 0o755);
  const at = (name: string) => join(directory, name);
  const ports = new Map<CacheKind, number>();
  for (const kind of kinds) ports.set(kind, await freePort());
  const url = (kind: CacheKind) => `http://127.0.0.1:${ports.get(kind)}`;
  const environment = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...{ HOME: at('home'), NIX_PATH: '', LANG: 'C.UTF-8', NIXPULSE_NODE: process.execPath },
    NIX_CONF_DIR: `${lab.directory}/etc`,
  };
  const command = (file: string, args: readonly string[]) => {
    const run = spawnSync(file, args, { encoding: 'utf8', env: { ...environment, NIX_REMOTE: 'daemon' } });
    if (run.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${run.status}\n${run.stderr}`);
    return run.stdout.trim();
  };
  mkdirSync(at('home'));
  command('nix-store', ['--generate-binary-cache-key', 'lab-1', at('key'), at('key.pub')]);
  writeFileSync(at('packages.nix'), packages(lab, randomUUID()));
  const [lib = '', app = '', large = ''] = command('nix-build', ['--no-out-link', at('packages.nix')]).split(
    '\n',
  );
  const copyTo = (name: string, more: string) =>
    command('nix', ['copy', '--to', `file://${at(name)}?${more}`, app, large]);
  copyTo('good', `secret-key=${at('key')}`);
  copyTo('plain', `secret-key=${at('key')}&compression=none`);
  copyTo('unsigned', 'compression=none');
  for (const path of [app, lib, large]) command('nix-store', ['--delete', path]);
  prepare(at);
  writeFileSync(at('nginx.conf'), configuration(at, ports));
  const nginx = spawn('nginx', ['-c', at('nginx.conf')], { stdio: 'ignore' });
  await until('nginx', () =>
    fetch(`${url('good')}/nix-cache-info`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const running = new Set<ChildProcess>();
  let runs = 0;

  function start(words: readonly string[], { substituters, conf = '', settings = '', daemon }: RunOptions) {
    runs += 1;
    const own = at(`run-${runs}`);
    mkdirSync(own);
    const key = readFileSync(at('key.pub'), 'utf8').trim();
    const lines = [
      `include ${lab.directory}/etc/nix.conf`,
      `substituters = ${substituters.join(' ')}`,
      `trusted-public-keys = ${key}`,
      ...['require-sigs = true', 'connect-timeout = 2', 'download-attempts = 1', conf],
    ];
    writeFileSync(join(own, 'nix.conf'), `${lines.join('\n')}\n`);
    writeFileSync(join(own, 'config.toml'), `[check-cache]\n${settings}\n`);
    const child = spawn(launcher, ['check-cache', '--json', '--config', join(own, 'config.toml'), ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environment,
        ...(daemon === true ? {} : { NIX_CONF_DIR: own }),
        NIX_REMOTE: daemon === true ? 'daemon' : '',
        XDG_STATE_HOME: at('state'),
        XDG_CACHE_HOME: at('home/.cache'),
      },
    });
    running.add(child);
    let [out, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const ended = new Promise<Run>((resolve) => {
      child.once('close', (exitCode) => {
        running.delete(child);
        resolve({ exitCode, errors, check: out === '' ? null : JSON.parse(out) });
      });
    });
    return { child, ended };
  }

  return {
    ...{ directory, url, start, paths: { app, lib, large }, state: at('state/nixpulse') },
    publicKey: readFileSync(at('key.pub'), 'utf8').trim(),
    run: (words, options) => start(words, options).ended,
    has: (path) =>
      spawnSync('nix-store', ['--check-validity', path], { env: { ...environment, NIX_REMOTE: 'daemon' } })
        .status === 0,
    realise: (path) => {
      const key = ['--option', 'trusted-public-keys', readFileSync(at('key.pub'), 'utf8').trim()];
      const run = spawnSync(
        'nix-store',
        ['--realise', path, '--option', 'substituters', url('good'), ...key],
        {
          encoding: 'utf8',
          env: { ...environment, NIX_REMOTE: '', XDG_CACHE_HOME: at('home/.cache') },
        },
      );
      if (run.status !== 0) throw new Error(run.stderr);
    },
    remove: (path) => void command('nix-store', ['--delete', path]),
    end() {
      for (const child of running) child.kill('SIGKILL');
      nginx.kill('SIGTERM');
      for (const path of [app, lib, large])
        spawnSync('nix-store', ['--delete', path], { env: { ...environment, NIX_REMOTE: 'daemon' } });
      rmSync(directory, { recursive: true, force: true });
    },
  };

  function prepare(at: (name: string) => string): void {
    for (const name of ['good', 'plain', 'unsigned']) {
      const info = 'StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n';
      writeFileSync(join(at(name), 'nix-cache-info'), info);
    }
    for (const name of ['lying', 'otherStore', 'broken', 'slow'])
      cpSync(at('plain'), at(name), { recursive: true });
    cpSync(at('plain'), at('harmonia'), { recursive: true });
    const change = (name: string, edit: (text: string) => string) => {
      for (const file of readdirSync(at(name)).filter((one) => one.endsWith('.narinfo')))
        writeFileSync(join(at(name), file), edit(readFileSync(join(at(name), file), 'utf8')));
    };
    change('lying', (text) => text.replace(/^NarSize: .*$/m, 'NarSize: 4711'));
    // As harmonia writes them: uncompressed, with the hash of the path behind it, and without a size of the file.
    change('harmonia', (text) => text.replace(/^(URL: .*)$/m, '$1?hash=abc').replace(/^File.*\n/gm, ''));
    writeFileSync(join(at('otherStore'), 'nix-cache-info'), 'StoreDir: /gnu/store\n');
    rmSync(join(at('broken'), 'nar'), { recursive: true });
    mkdirSync(at('page'));
    writeFileSync(join(at('page'), 'index.html'), '<html>Please log in</html>\n');
    writeFileSync(at('users'), 'ada:{PLAIN}secret\n');
  }
}

export function isInStore(path: string): boolean {
  return existsSync(path);
}

function packages(lab: Lab, nonce: string): string {
  return `let
  tools = import ${lab.directory}/workloads/tools.nix;
  make = pname: script: tools.mk { inherit pname; version = "1.0"; script = "# ${nonce}\\n" + script; };
  lib = make "lib" "mkdir $out; head -c 20000 /dev/urandom > $out/data";
  app = make "app" "mkdir $out; head -c 90000 /dev/urandom > $out/data; echo \${lib} > $out/needs";
  large = make "large" "head -c 2000000 /dev/urandom > $out";
in [ lib app large ]
`;
}

function configuration(at: (name: string) => string, ports: ReadonlyMap<CacheKind, number>): string {
  const server = (kind: CacheKind, lines: string) =>
    `  server { listen 127.0.0.1:${ports.get(kind)}; ${lines} }`;
  const root = (name: string) => `root ${at(name)};`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${at(`temporary-${name}`)};`,
  );
  return [
    ...['daemon off;', 'user root;', `pid ${at('nginx.pid')};`, `error_log ${at('error.log')};`, 'events {}'],
    ...['http {', '  access_log off;', ...temporary],
    server('good', root('good')),
    server('private', `${root('good')} auth_basic caches; auth_basic_user_file ${at('users')};`),
    server(
      'redirecting',
      `${root('good')} location /nar/ { return 307 http://127.0.0.1:${ports.get('good')}$uri; }`,
    ),
    server('trickling', `${root('plain')} location /nar/ { limit_rate 1k; }`),
    ...(['lying', 'otherStore', 'unsigned', 'broken', 'harmonia'] as const).map((kind) =>
      server(kind, root(kind)),
    ),
    server('page', `${root('page')} try_files /index.html =404;`),
    server('failing', 'return 502;'),
    server('slow', `${root('slow')} location /nar/ { limit_rate 15k; }`),
    '}',
  ].join('\n');
}
