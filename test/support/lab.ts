/**
 * The lab for tests: a real nix-daemon, real builds, and their certain end.
 * Needs root and Debian; elsewhere `lab.missing` says why and the tests are skipped, except where CI is
 * set: there they must run, and not being able to fails.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { end, signal } from '../lab/end.ts';
import { processesWithNonce } from '../lab/truth.ts';
import { until } from '../lab/wait.ts';

export interface Lab {
  /** Directory with `workloads/`; null without a lab. */
  readonly directory: string | null;
  readonly missing: string | null;
}

/** Inside the namespaces of the newest Nix (`test/lab/newest`), not on the machine's own. */
export const newest = process.env.NIXPULSE_LAB_NIX === 'newest';

/** Brings the lab up (a fifth of a second when it is up already). `conf`: further lines of nix.conf. */
export function bringUpLab(conf = ''): Lab {
  const missing = whyNot();
  if (missing !== null) {
    if (process.env.CI) throw new Error(`the tests on a real Nix must run in CI, but ${missing}`);
    console.warn(`Skipping the tests on a real Nix: ${missing}.`);
    return { directory: null, missing };
  }
  const up = fileURLToPath(new URL('../lab/up.sh', import.meta.url));
  const env = { ...process.env, NIXPULSE_LAB_CONF: conf };
  const run = spawnSync('bash', [up], { encoding: 'utf8', timeout: 600_000, env });
  if (run.status !== 0) throw new Error(`${up} failed (${run.status ?? run.signal}):\n${run.stderr}`);
  return { directory: run.stdout.trim(), missing: null };
}

function whyNot(): string | null {
  if (process.platform !== 'linux') return 'they need Linux';
  if (process.getuid?.() !== 0) return 'they need root (build users, a daemon)';
  if (newest && process.env.NIXPULSE_NEWEST_MISSING)
    return `the newest Nix is not there: ${process.env.NIXPULSE_NEWEST_MISSING}`;
  if (!existsSync('/etc/debian_version')) return 'they need Debian (its nix-bin package)';
  if (process.env.NIXPULSE_LAB === 'off' && !process.env.CI) return 'NIXPULSE_LAB=off is set';
  return null;
}

export interface BuildOptions {
  /** Through the daemon (default), or by root in its own process. */
  readonly direct?: boolean;
  readonly sandbox?: boolean;
  readonly keepGoing?: boolean;
  /** Builds at once; default 8. */
  readonly jobs?: number;
  /** Default root. */
  readonly user?: 'root' | 'nixtester';
  /** Another client's nonce: the very same derivations, so that both want the same locks. */
  readonly nonce?: string;
  /** A program that becomes the client, with its arguments. */
  readonly within?: readonly string[];
  /** A program that calls `nix-build` with its own arguments. */
  readonly caller?: string;
  /** Gets what the client writes to stderr, as it comes. */
  readonly onStderr?: (bytes: Uint8Array) => void;
  /** Further variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface StartedBuild {
  readonly pid: number;
  readonly nonce: string;
  /** What the client wrote so far. */
  output(): string;
  ended(): boolean;
  /** Its exit code when all that it wrote is there; null of one that a signal ended. */
  readonly closed: Promise<number | null>;
  /** Ctrl-C; resolves when the client has ended. */
  interrupt(): Promise<void>;
  /** Ends the client and everything it started; resolves when nothing is left. */
  stop(): Promise<void>;
}

const running = new Set<StartedBuild>();

/** Starts `nix-build` on a workload, its arguments as `--argstr name value`. */
export function startBuild(
  lab: Lab,
  workload: string,
  args: Readonly<Record<string, string>> = {},
  options: BuildOptions = {},
): StartedBuild {
  const nonce = options.nonce ?? randomUUID();
  const file = `${lab.directory}/workloads/${workload}.nix`;
  const argv = [
    '--no-out-link',
    '-j',
    String(options.jobs ?? 8),
    '--option',
    'build-poll-interval',
    '1',
    file,
  ];
  for (const [name, value] of Object.entries(args)) argv.push('--argstr', name, value);
  if (options.sandbox !== undefined) argv.push('--option', 'sandbox', String(options.sandbox));
  if (options.keepGoing) argv.push('--keep-going');
  return startClient(lab, options.caller ?? 'nix-build', argv, { ...options, nonce });
}

/** Evaluates a workload. Always below a limit of address space: the machine is not ours alone. */
export function startEvaluation(
  lab: Lab,
  workload: string,
  args: Readonly<Record<string, string>>,
  /** The shell waits this long before it becomes the evaluator. */
  afterSec = 0,
): StartedBuild {
  const argv = ['--eval', `${lab.directory}/workloads/${workload}.nix`];
  for (const [name, value] of Object.entries(args)) argv.push('--argstr', name, value);
  const limited = ['-c', `sleep ${afterSec}; ulimit -v 4000000; exec nix-instantiate "$@"`, 'bash', ...argv];
  return startClient(lab, 'bash', limited, {});
}

/** Copies a store path elsewhere. */
export function startCopy(lab: Lab, path: string, to: string): StartedBuild {
  return startClient(lab, 'nix', ['copy', '--to', to, path], {});
}

/** Starts any command of Nix. */
export function startClient(
  lab: Lab,
  file: string,
  argv: readonly string[],
  options: BuildOptions,
): StartedBuild {
  const nonce = options.nonce ?? randomUUID();
  const user = options.user === 'nixtester' ? idsOf('nixtester') : null;
  const [program = file, ...before] = [...(options.within ?? []), file];
  const child = spawn(program, [...before, ...argv], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: user?.home ?? '/root',
      LANG: 'C.UTF-8',
      NIX_PATH: '',
      NIX_CONF_DIR: `${lab.directory}/etc`,
      NONCE: nonce,
      ...(options.direct ? {} : { NIX_REMOTE: 'daemon' }),
      ...options.environment,
    },
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new TextDecoder();
    stream.on('data', (bytes: Uint8Array) => {
      output = (output + decoder.decode(bytes, { stream: true })).slice(-100_000);
      if (stream === child.stderr) options.onStderr?.(bytes);
    });
  }
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${file} did not start`);
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const started: StartedBuild = {
    pid,
    nonce,
    output: () => output,
    ended,
    closed: new Promise((resolve) => child.once('close', resolve)),
    interrupt: async () => {
      signal(pid, 'SIGINT');
      await until('the end of an interrupted client', ended);
    },
    stop: async () => {
      await end(child, nonce);
      running.delete(started);
    },
  };
  running.add(started);
  return started;
}

/** Call it in `afterEach` or `afterAll`: nothing of a test survives it, however it ended. */
export async function stopAllBuilds(): Promise<void> {
  await Promise.all([...running].map((one) => one.stop()));
}

process.once('exit', () => {
  for (const one of running) {
    signal(one.pid, 'SIGKILL');
    for (const left of processesWithNonce(one.nonce)) signal(left.pid, 'SIGKILL');
  }
});

export function idsOf(user: string): { uid: number; gid: number; home: string } {
  const run = spawnSync('getent', ['passwd', user], { encoding: 'utf8' });
  const [, , uid, gid, , home] = run.stdout.trim().split(':');
  if (uid === undefined || gid === undefined || home === undefined) throw new Error(`no user ${user}`);
  return { uid: Number(uid), gid: Number(gid), home };
}
