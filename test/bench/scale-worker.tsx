/**
 * The whole dashboard (samplers, derive, recorder, state, screen and its writer) at 300x100 on a tree that somebody
 * else changes (`scale.ts`): for each line of JSON on stdin what it cost, in CPU time of all threads, on stdout.
 */
import { createInterface } from 'node:readline';
import { useEffect } from 'react';
import { App } from '../../components/app/app.tsx';
import { useApp } from '../../hooks/app-context.ts';
import { fail } from '../../src/base/problem.ts';
import { createFiles } from '../../src/platform/files.ts';
import type { Files } from '../../src/platform/ports.ts';
import type { State } from '../../src/state/state.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { startBenchDashboard } from './bench-dashboard.ts';

/** A second passes, or keys are pressed. */
export interface ScaleOrder {
  readonly keys?: string;
  /** An escape is known only after a while. */
  readonly waitMs?: number;
  /** Pids that ended since. */
  readonly gone?: readonly number[];
}

export interface ScaleAnswer {
  readonly cpuMs: number;
  /** To the terminal. */
  readonly bytes: number;
  readonly builds: number;
  readonly clients: number;
  readonly rows: number;
  /** Since the start. */
  readonly events: number;
  readonly recordedBytes: number;
  readonly dropped: number;
}

const [root = '/', state = '/'] = process.argv.slice(2);
const clock = createFakeClock();
const gone = new Set<number>();

/**
 * Not as a root of `createFiles`, which looks at every folder of a path for links that lead out: that would be a third
 * of all. What is kept open of a process that has ended says so, as /proc does and a deleted file does not.
 */
function below(directory: string, real: Files): Files {
  return {
    live: true,
    read: (path) => real.read(directory + path),
    list: (path) => real.list(directory + path),
    link: (path) => real.link(directory + path),
    readSlow: (path, options) => real.readSlow(directory + path, options),
    linkSlow: (path, options) => real.linkSlow(directory + path, options),
    listSlow: (path, options) => real.listSlow(directory + path, options),
    ownerSlow: (path, options) => real.ownerSlow(directory + path, options),
    spaceSlow: (path, options) => real.spaceSlow(directory + path, options),
    keep(path) {
      const kept = real.keep(directory + path);
      const owner = Number(/^\/proc\/(\d+)\//.exec(path)?.[1]);
      const read = () => (gone.has(owner) ? fail('gone', path) : kept.read());
      return { read, close: kept.close };
    },
  };
}

let events = 0;
let shown: State | undefined;
function Witness() {
  const { store } = useApp();
  useEffect(() => {
    shown = store.getState();
    return store.subscribe((now, before) => {
      shown = now;
      if (now.model.events === before.model.events) return;
      const known = new Set(before.model.events);
      for (const event of now.model.events) if (!known.has(event)) events += 1;
    });
  }, [store]);
  return null;
}

const dashboard = startBenchDashboard({
  files: below(root, createFiles({ clock })),
  clock,
  state,
  writer: 'scale',
  columns: 300,
  rows: 100,
  screen: (
    <>
      <Witness />
      <App />
    </>
  ),
});
const { stdin, settled } = dashboard;
void dashboard.ended.then((code) => process.exit(code));

/** What React and timers left behind runs between two ticks, as it does in the dashboard. */
async function drawn(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function carryOut({ keys, waitMs = 0, gone: ended = [] }: ScaleOrder): Promise<ScaleAnswer> {
  for (const one of ended) gone.add(one);
  // Of a key too: what one thread used is told in steps of the kernel's tick.
  const before = process.cpuUsage();
  const bytesBefore = dashboard.writtenBytes;
  if (keys === undefined) {
    for (let half = 0; half < 2; half += 1) {
      clock.advance(500);
      await settled();
      await drawn();
    }
  } else {
    stdin.write(keys);
    await drawn();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    await drawn();
  }
  const { user, system } = process.cpuUsage(before);
  return {
    cpuMs: (user + system) / 1000,
    bytes: dashboard.writtenBytes - bytesBefore,
    builds: shown?.model.builds.length ?? 0,
    clients: shown?.model.clients.length ?? 0,
    rows: shown?.rows.length ?? 0,
    events,
    recordedBytes: shown?.health.recorder.writtenBytes ?? 0,
    dropped: shown?.health.recorder.dropped ?? 0,
  };
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  void carryOut(JSON.parse(line)).then((answer) => process.stdout.write(`${JSON.stringify(answer)}\n`));
});
lines.on('close', () => stdin.write('q'));
