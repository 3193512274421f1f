/** Builds of the lab's daemon that are there to be killed, and the moment in which one of them is gone. */
import { readFileSync } from 'node:fs';
import { buildsWithNonce, processesOfBuild, type TrueBuild, workerOf } from '../lab/truth.ts';
import { pause, until } from '../lab/wait.ts';
import { type Lab, startBuild } from '../support/lab.ts';

export interface Victims {
  /** Stands in the names of the builds and in the command line of each builder, and nowhere else. */
  readonly tag: string;
  /** The first build that has no process left, and when that was; null when `patienceMs` passed. */
  nextDeath(patienceMs: number): Promise<{ readonly build: TrueBuild; readonly atMs: number } | null>;
  stop(): Promise<void>;
}

interface Victim {
  readonly build: TrueBuild;
  readonly pids: readonly number[];
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
        return { build, pids: processesOfBuild(build).map(({ pid }) => pid) };
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
          if (!victim.pids.some(lives)) {
            alive.delete(victim);
            return { build: victim.build, atMs: performance.now() };
          }
        }
        await pause(lookEveryMs);
      }
      return null;
    },
    stop: client.stop,
  };
}

/** A zombie is dead: it holds nothing any more. */
function lives(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const state = stat[stat.lastIndexOf(')') + 2];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}
