/** Drives the forest sampler and derive over a made-up tree, and says where a model contradicts itself or the tree. */
import { type Derived, derive } from '../../src/model/derive.ts';
import type { Model } from '../../src/model/model.ts';
import { createFiles } from '../../src/platform/files.ts';
import type { Files, Ports } from '../../src/platform/ports.ts';
import { createForestSources } from '../../src/samplers/build-tree.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakePorts, fakeNative } from './fake-ports.ts';
import { kernelLike } from './hostile-files.ts';
import type { ProcTree } from './proc-tree.ts';

export interface ForestRun {
  readonly clock: FakeClock;
  /** A second later: reads, derives, and waits until every fact asked for is back. */
  tick(): Promise<Model>;
  close(): void;
}

export function treeFiles(tree: ProcTree): Files {
  return kernelLike(createFiles({ root: tree.root, clock: createFakeClock() }));
}

export function runForest(files: Files, options: { readonly uid?: number } = {}): ForestRun {
  const clock = createFakeClock();
  const ports: Ports = {
    ...createFakePorts(),
    files,
    clock,
    native: fakeNative({ uid: options.uid ?? 0, pid: 1 }),
  };
  const { buildTree, residentMemory, settled } = createForestSources(ports);
  let before: Derived | null = null;
  return {
    clock,
    async tick() {
      clock.advance(1000);
      const parts = { ...buildTree.sample(), ...residentMemory.sample() };
      before = derive({ version: 1, timeMs: clock.now(), monotonicMs: clock.monotonic(), ...parts }, before);
      await settled();
      return before.model;
    },
    close() {
      buildTree.close();
      residentMemory.close();
    },
  };
}

/** Start times that each pid ever had, and the pids that belong to each build: what a model may say. */
export interface Truth {
  readonly startTimes: ReadonlyMap<number, ReadonlySet<number>>;
  /** Builder root's pid to all pids of the build. */
  readonly builds: ReadonlyMap<number, ReadonlySet<number>>;
  readonly names: ReadonlyMap<number, string>;
}

/** Everything in the model that is wrong, in words; empty when it is sound. */
export function contradictions(model: Model, truth: Truth): string[] {
  const found: string[] = [];
  const say = (wrong: boolean, text: string) => wrong && found.push(text);
  const counted = new Map<number, number>();
  const known = (who: string, { pid, startTime }: { pid: number; startTime: number }) =>
    say(!truth.startTimes.get(pid)?.has(startTime), `${who}: no process ${pid}:${startTime}`);
  for (const build of model.builds) {
    const who = `build ${build.pid} (${build.name})`;
    known(who, build);
    const states = Object.values(build.states).reduce((sum, n) => sum + n, 0);
    say(
      build.tree.length !== build.processes,
      `${who}: ${build.processes} processes, ${build.tree.length} in its tree`,
    );
    say(states !== build.processes, `${who}: ${states} states, ${build.processes} processes`);
    say(build.tree.filter((one) => one.escapee).length !== build.escapees, `${who}: escapees`);
    const resident = build.tree.reduce((sum, one) => sum + (one.residentBytes ?? 0), 0);
    say(build.residentBytes !== null && build.residentBytes !== resident, `${who}: sum of resident memory`);
    say((build.cpuPercent ?? 0) < 0 || (build.cpuPercent ?? 0) > 10_000, `${who}: ${build.cpuPercent} % CPU`);
    say((build.readBytesPerSec ?? 0) < 0 || (build.writeBytesPerSec ?? 0) < 0, `${who}: negative I/O`);
    say((build.ageSec ?? 0) < 0 || build.idleSec < 0, `${who}: negative time`);
    const own = [...truth.builds.values()].find((pids) => pids.has(build.pid));
    const name = [...truth.builds].find(([, pids]) => pids.has(build.pid))?.[0];
    say(
      build.name !== null && name !== undefined && truth.names.get(name) !== build.name,
      `${who}: wrong name`,
    );
    for (const process of build.tree) {
      known(who, process);
      say(own !== undefined && !own.has(process.pid), `${who}: counts ${process.pid}, which is not its own`);
      say(own === undefined, `${who}: is no build`);
      say(
        (process.command?.length ?? 0) > 20_000,
        `${who}: a command of ${process.command?.length} characters`,
      );
      counted.set(process.pid, (counted.get(process.pid) ?? 0) + 1);
    }
  }
  for (const [pid, times] of counted) say(times > 1, `process ${pid} is counted ${times} times`);
  for (const client of model.clients) known(`client ${client.pid}`, client);
  for (const worker of model.workers) known(`worker ${worker.pid}`, worker);
  return [...found, ...notFinite(model, 'model')];
}

/** JSON has no NaN and no infinity: what is unknown is null. */
function notFinite(value: unknown, path: string): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path} is ${value}`];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => notFinite(inner, `${path}.${key}`));
}

/** Truth of a tree as it stands; merge two of them when pids are reused between. */
export function truthOf(tree: ProcTree, forest: ReturnType<ProcTree['addNixForest']>, before?: Truth): Truth {
  const startTimes = new Map([...(before?.startTimes ?? [])].map(([pid, times]) => [pid, new Set(times)]));
  for (const pid of tree.pids()) {
    startTimes.set(pid, (startTimes.get(pid) ?? new Set()).add(tree.process(pid).startTime));
  }
  return {
    startTimes,
    builds: new Map(forest.builds.map((build) => [build.pid, new Set(build.pids)])),
    names: new Map(forest.builds.map((build) => [build.pid, build.name])),
  };
}
