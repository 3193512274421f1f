/**
 * A Nix store of the test's own, beside that of the machine: other tests neither see nor disturb it, and
 * everything in it may be damaged or collected. Built in directly, by root, without build users: two
 * stores would lend the same one and kill each other's processes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ActionContext } from '../../src/actions/action.ts';
import type { Progress } from '../../src/model/intents/outcome.ts';
import type { Ports, Spawn } from '../../src/platform/ports.ts';
import { systemSpawn } from '../../src/platform/spawn.ts';
import type { Lab } from '../support/lab.ts';
import { realPorts } from './watch.ts';

type Environment = Readonly<Record<string, string>>;
export type Damage = 'flip' | 'truncate' | 'delete' | 'extra';

export interface NixStore {
  readonly directory: string;
  readonly environment: Environment;
  /** Output of a Nix command; throws with its errors when it fails. */
  nix(command: readonly string[], extra?: Environment): string;
  /** Builds attributes of `store.nix`; their paths in that order. */
  build(nonce: string, names: readonly string[], options?: readonly string[]): readonly string[];
  /** Starts a build; resolves with its exit code. */
  startBuild(nonce: string, name: string): Promise<number | null>;
  context(onReport?: (progress: Progress) => void, extra?: Environment): ActionContext & { cancel(): void };
  close(): void;
}

/** `options`: further lines of its nix.conf. */
export function openOwnStore(lab: Lab, options = ''): NixStore {
  const directory = mkdtempSync('/var/tmp/nixpulse-store-');
  chmodSync(directory, 0o755);
  for (const part of ['store', 'var', 'log', 'etc', 'state', 'home']) mkdirSync(`${directory}/${part}`);
  const conf = `build-users-group =\nsandbox = false\nsubstituters =\nrequire-sigs = false\n${options}`;
  writeFileSync(`${directory}/etc/nix.conf`, conf);
  const environment = {
    NIX_STORE_DIR: `${directory}/store`,
    NIX_STATE_DIR: `${directory}/var`,
    NIX_LOG_DIR: `${directory}/log`,
    NIX_CONF_DIR: `${directory}/etc`,
    NIX_REMOTE: 'local',
    NIX_PATH: '',
    HOME: `${directory}/home`,
  };
  return storeIn(lab, directory, environment, () => rmSync(directory, { recursive: true, force: true }));
}

/** The machine's own store, through its daemon. Only what the test built may be damaged in it. */
export function openSharedStore(lab: Lab): NixStore {
  const directory = mkdtempSync('/var/tmp/nixpulse-state-');
  mkdirSync(`${directory}/state`);
  const environment = { NIX_REMOTE: 'daemon', NIX_PATH: '', NIX_CONF_DIR: `${lab.directory}/etc` };
  return storeIn(lab, directory, environment, () => rmSync(directory, { recursive: true, force: true }));
}

function storeIn(lab: Lab, directory: string, environment: Environment, close: () => void): NixStore {
  const file = `${lab.directory}/workloads/store.nix`;
  const buildCommand = (nonce: string, names: readonly string[], options: readonly string[] = []) => [
    ...['nix-build', '--no-out-link', file, '--argstr', 'nonce', nonce],
    ...names.flatMap((name) => ['-A', name]),
    ...options,
  ];

  function nix([program = '', ...args]: readonly string[], extra: Environment = {}): string {
    const run = spawnSync(program, args, {
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 1 << 28,
      env: { ...process.env, ...environment, ...extra },
    });
    if (run.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${run.status}\n${run.stderr}`);
    return run.stdout;
  }

  return {
    directory,
    environment,
    nix,
    build: (nonce, names, options) =>
      nix(buildCommand(nonce, names, options))
        .trim()
        .split('\n'),
    startBuild: (nonce, name) =>
      new Promise((resolve) => {
        const [program = '', ...args] = buildCommand(nonce, [name]);
        const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...environment } });
        child.on('close', resolve);
      }),
    context(onReport = () => {}, extra = {}) {
      const abort = new AbortController();
      return {
        ports: within(realPorts(), { ...environment, ...extra }),
        readForest: () => null,
        stateDirectory: `${directory}/state`,
        report: onReport,
        cancelled: abort.signal,
        cancel: () => abort.abort(),
      };
    },
    close,
  };
}

/** Processes of the ports find this store; what an action sets itself comes first. */
function within(ports: Ports, environment: Environment): Ports {
  const of = (options?: { readonly environment?: Environment }) => ({
    environment: { ...environment, ...options?.environment },
  });
  const inside: Spawn = {
    run: (program, args, options) => systemSpawn.run(program, args, { ...options, ...of(options) }),
    stream: (program, args, options) => systemSpawn.stream(program, args, { ...options, ...of(options) }),
  };
  return { ...ports, spawn: inside };
}

export function damage(path: string, how: Damage): void {
  const script = fileURLToPath(new URL('./corrupt.sh', import.meta.url));
  const run = spawnSync('bash', [script, path, how], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
}
