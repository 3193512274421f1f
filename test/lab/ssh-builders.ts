/**
 * Builders on this machine: Debian's sshd as a child process, through which Nix of this machine serves stores of its own,
 * and an ssh that knows hosts for each way in which one goes wrong.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import { systemClock } from '../../src/platform/clock.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import type { Spawn } from '../../src/platform/ports.ts';
import { systemSpawn } from '../../src/platform/spawn.ts';
import type { ProbeContext } from '../../src/probes/probe.ts';
import { idsOf } from '../support/lab.ts';
import { allProcesses, commandLine } from './truth.ts';
import { until } from './wait.ts';
import { realPorts } from './watch.ts';

/**
 * - `one`, `two`: all is well. `bare`: a sandbox without /bin/sh. `stranger`: its daemon does not trust who comes.
 * - `renamed`: has another host key than is known. `locked`: does not know our key. `closed`: nobody listens.
 * - `silent`: takes connections, and never says a word.
 */
export type Host = 'one' | 'two' | 'bare' | 'stranger' | 'renamed' | 'locked' | 'closed' | 'silent';

export interface SshBuilders {
  /** A builder's address in the settings. */
  address(host: Host): string;
  /** Paths in the store behind it. */
  paths(host: 'one' | 'two' | 'bare' | 'stranger'): readonly string[];
  /**
   * A probe's, whose Nix has these lines of builders and works in the machine's store by itself; through the daemon it
   * connects as that does, which knows none of these hosts but `localhost`.
   */
  context(lines: readonly string[], options?: ContextOptions): ProbeContext & { cancel(): void };
  readonly directory: string;
  /** Those of `silent` are closed. */
  hangUp(): void;
  /** How many of our ssh run. */
  connections(): number;
  stop(): void;
}

/** Where Nix locks slots of builders. */
export const loads = '/nix/var/nix/current-load';

export interface ContextOptions {
  /** Default root. */
  readonly user?: 'nixtester';
  readonly daemon?: boolean;
}

const settings = `build-users-group =
sandbox = true
sandbox-fallback = false
substituters =
require-sigs = false
experimental-features = nix-command
`;

export async function startSshBuilders(): Promise<SshBuilders> {
  // No folder above a store may be writable by everybody.
  const directory = mkdtempSync('/var/lib/nixpulse-builders-');
  chmodSync(directory, 0o755);
  const at = (name: string) => join(directory, name);
  for (const name of ['bin', 'shell', 'bare', 'here', 'state', 'one', 'two', 'three']) mkdirSync(at(name));
  for (const key of ['host', 'other', 'id', 'unknown'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)]);
  writeFileSync(at('shell/nix.conf'), `${settings}sandbox-paths = /bin/sh=/bin/busybox\n`);
  writeFileSync(at('bare/nix.conf'), settings);
  const servers = await Promise.all([listen(), listen(), listen(), listen(), listen()]);
  const [usual = 0, bare = 0, stranger = 0, closed = 0, silent = 0] = servers.map(portOf);
  for (const server of servers.slice(0, 4)) server.close();
  const sockets: Socket[] = [];
  servers.at(-1)?.on('connection', (socket) => {
    sockets.push(socket.on('error', () => {}));
  });
  writeFileSync(
    at('sshd_config'),
    `Port ${usual}
Port ${bare}
Port ${stranger}
ListenAddress 127.0.0.1
HostKey ${at('host')}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile ${at('id.pub')}
Match LocalPort ${usual}
  SetEnv NIX_CONF_DIR=${at('shell')}
Match LocalPort ${bare}
  SetEnv NIX_CONF_DIR=${at('bare')}
Match LocalPort ${stranger}
  ForceCommand exec setpriv --reuid nixtester --regid nixtester --init-groups env HOME=/home/nixtester NIX_REMOTE=unix://${at('socket')} nix-daemon --stdio
`,
  );
  const host = (name: Host, port: number, more = '') => `Host ${name}
  HostName 127.0.0.1
  Port ${port}
  User root
  ${more}
  IdentityFile ${at('id')}
  UserKnownHostsFile ${at('known')}
  IdentitiesOnly yes
  StrictHostKeyChecking yes
`;
  writeFileSync(
    at('config'),
    [
      host('one', usual),
      host('two', usual),
      host('bare', bare),
      host('stranger', stranger),
      host('renamed', usual, `UserKnownHostsFile ${at('known-otherwise')}`),
      host('locked', usual, `IdentityFile ${at('unknown')}`).replace(`  IdentityFile ${at('id')}\n`, ''),
      host('closed', closed),
      host('silent', silent),
    ].join(''),
  );
  const keyOf = (name: string) =>
    readFileSync(at(`${name}.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ');
  const known = (name: string) =>
    [usual, bare, stranger].map((port) => `[127.0.0.1]:${port} ${keyOf(name)}\n`).join('');
  writeFileSync(at('known'), known('host'));
  writeFileSync(at('known-otherwise'), known('other'));
  writeFileSync(at('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${at('config')} "$@"\n`, { mode: 0o755 });
  mkdirSync('/run/sshd', { recursive: true });
  // Since OpenSSH 9.8 it shuts out for a while who could not log in, and all of its hosts are one.
  const patient = ['-f', at('sshd_config'), '-o', 'PerSourcePenalties=no'];
  const knowsIt = spawnSync('/usr/sbin/sshd', ['-t', ...patient]).status === 0;
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', ...(knowsIt ? patient : patient.slice(0, 2))], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // Of `stranger`, with a store that nobody else has.
  const daemon = spawn('nix-daemon', ['--daemon'], {
    stdio: 'ignore',
    detached: true,
    env: {
      ...process.env,
      NIX_REMOTE: at('three'),
      NIX_CONF_DIR: at('shell'),
      NIX_DAEMON_SOCKET_PATH: at('socket'),
    },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until('sshd', () => said.split('Server listening').length > 3, { detail: () => said });
  await until('the daemon', () => existsSync(at('socket')));

  const store = (name: Host) => (['one', 'two', 'bare'].includes(name) ? `?remote-store=${at(name)}` : '');
  return {
    directory,
    address: (name) => `ssh-ng://${name}${store(name)}`,
    paths: (name) => storePaths(join(at(name === 'stranger' ? 'three' : name), 'nix/store')),
    connections: () => allProcesses().filter(({ pid }) => commandLine(pid)?.includes(at('config'))).length,
    hangUp() {
      for (const socket of sockets.splice(0)) socket.destroy();
    },
    context: (lines, options) => contextIn(directory, lines, options),
    stop() {
      end(child);
      if (daemon.pid !== undefined) process.kill(-daemon.pid, 'SIGKILL');
      servers.at(-1)?.close();
      for (const name of existsSync(loads) ? readdirSync(loads) : [])
        if (name.includes(basename(directory))) rmSync(join(loads, name));
      execFileSync('chmod', ['-R', 'u+w', directory]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** `directory`: that of builders, wherever they run. */
export function contextIn(
  directory: string,
  lines: readonly string[],
  { user, daemon = user !== undefined }: ContextOptions = {},
): ProbeContext & { cancel(): void } {
  const at = (name: string) => join(directory, name);
  const own = settings.replace('users-group =', 'users-group = nixbld');
  writeFileSync(at('here/nix.conf'), `${own}builders = ${lines.join('; ')}\n`);
  const environment = {
    PATH: `${at('bin')}:${process.env.PATH}`,
    NIX_REMOTE: daemon ? 'daemon' : 'local',
    NIX_CONF_DIR: at('here'),
    // Of a system's settings a client tells the daemon nothing.
    ...(daemon ? { NIX_USER_CONF_FILES: at('here/nix.conf') } : {}),
    NIX_PATH: '',
    SSH_AUTH_SOCK: '',
  };
  const abort = new AbortController();
  const ports = realPorts();
  return {
    ports: {
      ...ports,
      spawn: within(environment, user),
      ownFiles: createOwnFiles({ clock: systemClock }),
      native: user === undefined ? ports.native : { ...ports.native, uid: idsOf(user).uid },
    },
    cancelled: abort.signal,
    stateDirectory: at('state'),
    progress() {},
    cancel: () => abort.abort(),
  };
}

/** Valid or not, and locks of ours; without those that Nix leaves of others, and what is no path. */
export function storePaths(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return execFileSync('ls', [directory], { encoding: 'utf8' })
    .split('\n')
    .filter(
      (name) =>
        /^[0-9a-z]{32}-/.test(name) &&
        (!name.endsWith('.lock') || (directory === '/nix/store' && name.includes('nixpulse-check-'))),
    );
}

function within(environment: Readonly<Record<string, string>>, user?: string): Spawn {
  const of = (options?: { readonly environment?: Readonly<Record<string, string>> }) => ({
    environment: { ...environment, ...options?.environment },
  });
  const as: readonly string[] =
    user === undefined
      ? []
      : ['setpriv', '--reuid', user, '--regid', user, '--init-groups', 'env', `HOME=/home/${user}`];
  const words = (file: string, args: readonly string[]) => {
    const [first = file, ...rest] = [...as, file, ...args];
    return [first, rest] as const;
  };
  return {
    run: (file, args, options) => systemSpawn.run(...words(file, args), { ...options, ...of(options) }),
    stream: (file, args, options) => systemSpawn.stream(...words(file, args), { ...options, ...of(options) }),
  };
}

/** Sessions end with their clients. */
function end(child: ChildProcess): void {
  child.kill('SIGTERM');
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server.unref()));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
