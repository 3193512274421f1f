/** Builds of the lab's daemon that are there to be killed, and the moment in which one of them is gone. */
import { readFileSync } from 'node:fs';
import { buildsWithNonce, processesOfBuild, type TrueBuild, workerOf } from '../lab/truth.ts';
import { pause, until } from '../lab/wait.ts';
import { type Lab, startBuild } from '../support/lab.ts';

export interface Victims {
  /** Stands in the names of the builds and in the command line of each builder, and nowhere else. */
  readonly tag: string;
  /** The first build that has no process left; null when `patienceMs` passed. */
  nextDeath(patienceMs: number): Promise<Death | null>;
  stop(): Promise<void>;
}

export interface Death {
  readonly build: TrueBuild;
  /** The signal had reached its first process. */
  readonly struckAtMs: number;
  /** None of its processes was left. */
  readonly atMs: number;
}

interface Victim {
  readonly build: TrueBuild;
  readonly pids: readonly number[];
  struckAtMs: number | null;
}

/** The builder and all below it. */
const processesOfOne = 25;
const lookEveryMs = 1;

/** `admit`s the daemon's worker before it has builds: they are born in the freeze's cgroup. */
export async function startVictims(lab: Lab, count: number, admit: (pid: number) => void): Promise<Victims> {
  const tag = `fz${Math.random().toString(36).slice(2, 6).padEnd(4, '0')}`;
  const client = startBuild(
    lab,
    'victim',
    { tag, n: String(count) },
    { keepGoing: true, jobs: count, sandbox: true },
  );
  admit(await until("the client's worker", () => workerOf(client.pid), { everyMs: 5 }));
  const living = await until(
    `${count} victims`,
    () => {
      const found = buildsWithNonce(client.nonce).map((build): Victim => {
        return { build, pids: processesOfBuild(build).map(({ pid }) => pid), struckAtMs: null };
      });
      const whole = found.length === count && found.every(({ pids }) => pids.length >= processesOfOne);
      return whole ? found : null;
    },
    { deadlineMs: 60_000, everyMs: 200, detail: client.output },
  );
  const alive = new Set(living);
  return {
    tag,
    async nextDeath(patienceMs) {
      for (const until = performance.now() + patienceMs; performance.now() < until; ) {
        for (const victim of alive) {
          if (victim.struckAtMs === null && isStruck(victim.build.pid)) victim.struckAtMs = performance.now();
          if (victim.struckAtMs === null || victim.pids.some(lives)) continue;
          alive.delete(victim);
          return { build: victim.build, struckAtMs: victim.struckAtMs, atMs: performance.now() };
        }
        await pause(lookEveryMs);
      }
      return null;
    },
    stop: client.stop,
  };
}

const exiting = 0x4;
const pendingKill = 0x100n;

/** It has KILL before it, or is on its way out (PF_EXITING of field 9 of proc_pid_stat(5)), or out. */
function isStruck(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 7);
  if (stat === '' || fields[0] === 'Z' || (Number(fields[6]) & exiting) !== 0) return true;
  const pending = /^(?:SigPnd|ShdPnd):\t([0-9a-f]+)$/gm;
  return [...read(`/proc/${pid}/status`).matchAll(pending)].some(
    ([, mask]) => (BigInt(`0x${mask}`) & pendingKill) !== 0n,
  );
}

/** A zombie is dead: it holds nothing any more. */
function lives(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  const state = stat[stat.lastIndexOf(')') + 2];
  return stat !== '' && state !== 'Z' && state !== 'X';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
