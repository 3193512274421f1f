/** The watcher's part that follows the daemon's log beside the process table, driven by a test. */

import { type DerivedSample, deriveSample } from '../../../src/diagnose/derive-sample.ts';
import { createLogPathFollower } from '../../../src/followers/log-path.ts';
import { createLogsSource } from '../../../src/followers/logs-source.ts';
import { emptyModel } from '../../../src/model/empty-model.ts';
import type { Model } from '../../../src/model/model.ts';
import type { FollowedRebuild } from '../../../src/model/rebuild/followed.ts';
import { createStreamFiles } from '../../../src/platform/stream-files.ts';
import { createForestSources } from '../../../src/samplers/build-tree.ts';
import { until } from '../wait.ts';
import { realPorts } from '../watch.ts';

export interface Following {
  /** Looks twice a second until the model answers. */
  until<T>(
    what: string,
    ask: (model: Model) => T | null | undefined | false,
    deadlineMs?: number,
  ): Promise<T>;
  readonly model: Model;
  close(): void;
}

export function openFollowing(): Following {
  const ports = realPorts();
  const { files, clock, native } = ports;
  const { buildTree, residentMemory } = createForestSources(ports);
  const logs = createLogsSource(clock);
  logs.add(
    createLogPathFollower({
      files,
      streamFiles: createStreamFiles(),
      clock,
      uid: native.uid,
      keepsSmall: true,
    }),
  );
  const sources = [buildTree, residentMemory, logs];
  let derived: DerivedSample | null = null;
  const model = () => derived?.model ?? emptyModel;
  function look(): Model {
    const parts = Object.assign({}, ...sources.map((source) => source.sample()));
    const times = { timeMs: clock.now(), monotonicMs: clock.monotonic() };
    derived = deriveSample({ version: 1, ...times, ...parts }, derived);
    logs.looked?.(derived.model);
    return derived.model;
  }
  return {
    until: (what, ask, deadlineMs = 30_000) =>
      until(what, () => ask(look()), { deadlineMs, everyMs: 500, detail: () => described(model()) }),
    get model() {
      return model();
    },
    close() {
      for (const source of sources) source.close();
    },
  };
}

function described({ rebuilds, builds, clients, workers, logPath }: Model): string {
  const told = rebuilds.map(({ id, client, over, lostBytes, rebuild }) => ({
    ...{ id, client, over, lostBytes },
    running: [...rebuild.running.values()].map(({ name, lines }) => `${name} ${lines}`),
    finished: [...rebuild.finished.values()].map(({ name, state, lines }) => `${name} ${state} ${lines}`),
  }));
  const seen = builds.map(({ name, pid, phase }) => ({ name, pid, phase }));
  return JSON.stringify({ logPath, told, seen, clients: clients.map(({ pid }) => pid), workers }, null, 1);
}

/** Of the client that was started with this pid. */
export function rebuildOf(model: Model, clientPid: number): FollowedRebuild | undefined {
  return model.rebuilds.find(({ client }) => client?.pid === clientPid);
}
