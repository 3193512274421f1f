/** The program as the tests drive it: its forest sampler and derive in this process, and its launcher. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Derived, derive } from '../../src/model/derive.ts';
import type { Build, Client, Model } from '../../src/model/model.ts';
import type { ForestRaw } from '../../src/model/sample.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createNative } from '../../src/platform/native.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import type { Ports } from '../../src/platform/ports.ts';
import { createPriorities } from '../../src/platform/priorities.ts';
import { createSignals } from '../../src/platform/signals.ts';
import { createForestSources } from '../../src/samplers/build-tree.ts';
import { createFakeSpawn } from '../support/fake-spawn.ts';
import { idsOf } from '../support/lab.ts';
import { pause, until } from './wait.ts';

export interface Watch {
  /** Samples and derives now. What may block arrives between two ticks, as in the dashboard. */
  tick(): Model;
  /** Ticks once a second until the model answers. */
  tickUntil<T>(
    what: string,
    ask: (model: Model) => T | null | undefined | false,
    deadlineMs?: number,
  ): Promise<T>;
  readonly model: Model | null;
  /** The forest of this very moment, as actions read it. */
  readForest(): ForestRaw | null;
  close(): void;
}

export const tickMs = 1000;

export function realPorts(): Ports {
  const files = createFiles({ clock: systemClock });
  const native = createNative();
  return {
    files,
    clock: systemClock,
    spawn: createFakeSpawn(),
    signals: createSignals({ files, pid: native.pid }),
    priorities: createPriorities({ files, clock: systemClock, pid: native.pid }),
    ownFiles: createOwnFiles({ clock: systemClock }),
    native,
  };
}

export function openWatch(ports: Ports = realPorts()): Watch {
  const { buildTree, residentMemory, readNow } = createForestSources(ports);
  let before: Derived | null = null;
  const watch: Watch = {
    tick() {
      const parts = { ...buildTree.sample(), ...residentMemory.sample() };
      const { clock } = ports;
      before = derive({ version: 1, timeMs: clock.now(), monotonicMs: clock.monotonic(), ...parts }, before);
      return before.model;
    },
    tickUntil: (what, ask, deadlineMs = 30_000) =>
      until(what, () => ask(watch.tick()), {
        deadlineMs,
        everyMs: tickMs,
        detail: () => describeModel(watch.model),
      }),
    readForest: readNow,
    get model() {
      return before?.model ?? null;
    },
    close() {
      buildTree.close();
      residentMemory.close();
    },
  };
  return watch;
}

/** Ticks `count` times, `tickMs` apart from start to start. */
export async function ticks(watch: Watch, count: number, each: (model: Model) => void): Promise<void> {
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    await pause(Math.max(0, start + i * tickMs - performance.now()));
    each(watch.tick());
  }
}

export interface Snapshot {
  readonly status: number | null;
  readonly stderr: string;
  readonly model: Model;
}

const launcher = fileURLToPath(new URL('../../bin/nixpulse', import.meta.url));

/** `nixpulse snapshot --json --interval 1`, as somebody. `within`: a program that becomes it, with its arguments. */
export function snapshot(
  user: 'root' | 'nixtester' = 'root',
  within: readonly string[] = [],
): Promise<Snapshot> {
  const ids = user === 'root' ? null : idsOf(user);
  const [program = launcher, ...before] = [...within, launcher];
  const child = spawn(program, [...before, 'snapshot', '--json', '--interval', '1'], {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: ids?.home ?? '/root', LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
    ...(ids === null ? {} : { uid: ids.uid, gid: ids.gid }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      try {
        resolve({ status, stderr, model: JSON.parse(stdout) as Model });
      } catch {
        reject(new Error(`snapshot ended with ${status}, not with JSON:\n${stderr}${stdout.slice(0, 500)}`));
      }
    });
  });
}

export function buildOf(model: Model, pid: number): Build | undefined {
  return model.builds.find((build) => build.pid === pid);
}

export function clientOf(model: Model, pid: number): Client | undefined {
  return model.clients.find((client) => client.pid === pid);
}

function describeModel(model: Model | null): string {
  if (model === null) return 'no model yet';
  const { builds, clients, workers, daemon, problems } = model;
  const short = builds.map(({ tree, residentHistory, ...build }) => build);
  return JSON.stringify({ builds: short, clients, workers, daemon, problems }, null, 1);
}
