/**
 * Runs `nixpulse recover` as a program in a terminal, on a machine of which directories are the test's own: mounted in a
 * namespace of each run, so that they outlast a run that is killed.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Lab } from '../support/lab.ts';
import { launcher, openPty, type Pty } from '../support/pty.ts';

export interface WorldOptions {
  /** Mounted over, empty at first: `/run`. */
  readonly own?: readonly string[];
  /** File systems of their own, in memory, as large as mount(8) takes it: `64m`. */
  readonly small?: Readonly<Record<string, string>>;
  /** Scripts by name, before all others: `journalctl`. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Processes of its own, too, which outlast a run: no other is seen or ended. */
  readonly apart?: true;
}

export interface World {
  /** Of the test, gone after it. */
  readonly directory: string;
  /** Where a directory of the world lies outside of it. */
  placeOf(path: string): string;
  program(name: string, script: string): void;
  /** Shell in it, as root; its output. */
  shell(script: string): string;
  /** Runs it in a terminal of 80 columns. */
  recover(...args: readonly string[]): Pty;
}

export function createWorld(
  lab: Lab,
  { own = [], small = {}, programs = {}, environment = {}, apart }: WorldOptions,
): World {
  const directory = mkdtempSync('/var/tmp/nixpulse-recover-');
  chmodSync(directory, 0o755);
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const placeOf = (path: string) => `${directory}/own${path}`;
  const all = [...own, ...Object.keys(small)];
  for (const path of all) mkdirSync(placeOf(path), { recursive: true });
  for (const [path, size] of Object.entries(small)) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', placeOf(path)]);
    onTestFinished(() => void spawnSync('umount', ['--lazy', placeOf(path)]));
  }
  for (const part of ['bin', 'home', 'state']) mkdirSync(`${directory}/${part}`);

  function program(name: string, script: string): void {
    writeFileSync(`${directory}/bin/${name}`, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  }
  for (const [name, script] of Object.entries(programs)) program(name, script);

  const env = {
    PATH: `${directory}/bin:/usr/local/bin:/usr/bin:/bin:${dirname(process.execPath)}`,
    ...{ HOME: `${directory}/home`, XDG_STATE_HOME: `${directory}/state`, NIX_PATH: '', LANG: 'C.UTF-8' },
    ...{ NIX_CONF_DIR: `${lab.directory}/etc`, NIX_REMOTE: 'daemon', NIXPULSE_NODE: process.execPath },
    ...environment,
  };
  const binds = all.map((path) => `mkdir -p '${path}'; mount --bind '${placeOf(path)}' '${path}'`);
  const namespace = ['--mount', '--propagation', 'private'];
  const planted = (script: string) => ['bash', '-c', ['set -e', ...binds, script].join('\n'), 'bash'];
  const init =
    apart === true ? startInit(['unshare', ...namespace, ...pidNamespace, ...planted(reaper)], env) : null;
  const inside = (words: readonly string[]): readonly [string, ...string[]] =>
    init === null
      ? ['unshare', ...namespace, ...planted('exec "$@"'), ...words]
      : ['nsenter', `--target=${init}`, '--mount', '--pid', ...words];

  return {
    directory,
    placeOf,
    program,
    shell(script) {
      const [file, ...args] = inside(['bash', '-euc', script]);
      const run = spawnSync(file, args, { encoding: 'utf8', env, timeout: 60_000 });
      if (run.status !== 0) throw new Error(`${run.status}: ${run.stderr}`);
      return run.stdout;
    },
    recover(...args) {
      const [file, ...words] = inside([launcher, 'recover', ...args]);
      const pty = openPty({ ...{ columns: 80, rows: 60, deadlineMs: 30_000, env }, file, args: words });
      onTestFinished(() => pty.close());
      return pty;
    },
  };
}

const pidNamespace = ['--pid', '--fork', '--kill-child', '--mount-proc'];
/** Its pid 1: takes in what nobody waits for. */
const reaper = 'echo ready; while :; do wait -n 2>/dev/null || sleep 0.2; done';

/** Its pid, seen from here. All ends with it. */
function startInit([file = '', ...args]: readonly string[], env: Readonly<Record<string, string>>): number {
  const output = `${mkdtempSync('/var/tmp/nixpulse-init-')}/output`;
  const to = openSync(output, 'w');
  const child = spawn(file, args, { stdio: ['ignore', to, to], env, cwd: '/' });
  closeSync(to);
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(dirname(output), { recursive: true, force: true });
  });
  for (let round = 0; round < 200 && !readFileSync(output, 'utf8').includes('ready'); round += 1)
    spawnSync('sleep', ['0.05']);
  const [pid] = childrenOf(child.pid ?? 0);
  if (pid === undefined) throw new Error(`no namespace: ${readFileSync(output, 'utf8')}`);
  return pid;
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** What a run printed, when it has ended: as it came, without colours and without lines that were drawn over. */
export async function endOf(pty: Pty): Promise<{ readonly exitCode: number; readonly text: string }> {
  const { exitCode } = await pty.exited();
  return { exitCode, text: pty.screen().join('\n').trimEnd() };
}

/** As a power cut would end it. */
export async function kill(pty: Pty): Promise<void> {
  // nsenter waits for what it has started, and would leave it behind.
  const isOutside = readFileSync(`/proc/${pty.pid}/comm`, 'utf8').trim() === 'nsenter';
  // What nixpulse itself has started may be there to outlast it.
  const started = isOutside ? childrenOf(pty.pid) : [];
  for (const pid of started) process.kill(pid, 'SIGKILL');
  if (started.length === 0) pty.kill('SIGKILL');
  await pty.exited();
}
