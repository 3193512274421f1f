/** Many cheap sleeping processes, and their certain end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { pause } from '../lab/wait.ts';

export interface Sleepers {
  readonly count: number;
  stop(): Promise<void>;
}

/** Should the bench die without a word, they end by themselves. */
const longestSec = 3600;
const kilobytesEach = 250;

/** Starts so many that the machine has about `total` processes. */
export async function startSleepers(total: number): Promise<Sleepers> {
  const count = Math.max(0, total - processCount());
  const availableKb = Number(/^MemAvailable:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]);
  if (availableKb < count * kilobytesEach * 1.5) throw new Error(`too little memory for ${count} sleepers`);
  const sleep = existsSync('/bin/busybox') ? '/bin/busybox sleep' : 'sleep';
  const script = `i=0; while [ $i -lt ${count} ]; do ${sleep} ${longestSec} & i=$((i+1)); done; wait`;
  // A session of their own: one signal to the group ends them all.
  const shell = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  const kill = () => killGroup(shell);
  process.once('exit', kill);
  const deadline = Date.now() + 180_000;
  while (childrenOf(shell) < count) {
    if (Date.now() > deadline || shell.exitCode !== null) {
      kill();
      throw new Error(`only ${childrenOf(shell)} of ${count} sleepers came to be`);
    }
    await pause(100);
  }
  return {
    count,
    async stop() {
      kill();
      process.off('exit', kill);
      for (const deadline = Date.now() + 60_000; Date.now() < deadline && alive(shell); ) await pause(50);
    },
  };
}

export function processCount(): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;
}

function childrenOf({ pid }: ChildProcess): number {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').length - 1;
}

function alive(shell: ChildProcess): boolean {
  try {
    return shell.pid !== undefined && process.kill(-shell.pid, 0);
  } catch {
    return false;
  }
}

function killGroup(shell: ChildProcess): void {
  try {
    if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
  } catch {
    // Ended already.
  }
}
