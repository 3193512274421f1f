/** Commands of Nix whose log is followed: by themselves, and by the watcher beside the process table. */
import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { Follower } from '../../../src/followers/follower.ts';
import { createStreamBuffer } from '../../../src/followers/stream-buffer.ts';
import { foldLog } from '../../../src/logs/fold.ts';
import { newLogState } from '../../../src/logs/log-state.ts';
import type { Model } from '../../../src/model/model.ts';
import type { FollowedRebuild } from '../../../src/model/rebuild/followed.ts';
import type { Rebuild } from '../../../src/model/rebuild/rebuild.ts';
import { endLog, newLogReader, readLog } from '../../../src/parse/read-log.ts';
import { createKernelLog } from '../../../src/platform/kernel-log.ts';
import { createProcSources } from '../../../src/watch/sources.ts';
import { createWatcher } from '../../../src/watch/watcher.ts';
import { type BuildOptions, type Lab, type StartedBuild, startClient } from '../../support/lab.ts';
import { until } from '../wait.ts';
import { realPorts } from '../watch.ts';

export interface LoggedOptions extends BuildOptions {
  /** As Nix prints it for people; default: the machine log. */
  readonly text?: boolean;
}

export interface Logged extends StartedBuild {
  readonly follower: Follower;
  /** What it wrote, read and folded at once, when it has ended. */
  over(): Promise<Rebuild>;
}

/** Any command; options of the log are added. */
export function startLogged(
  lab: Lab,
  program: string,
  argv: readonly string[],
  options: LoggedOptions = {},
): Logged {
  const pieces: Uint8Array[] = [];
  const words = [...argv, ...(options.text ? [] : ['--log-format', 'internal-json', '-v'])];
  const id = `command ${randomUUID()}`;
  const early: Uint8Array[] = [];
  let push = (bytes: Uint8Array): void => void early.push(bytes);
  const started = startClient(lab, program, words, {
    ...options,
    onStderr(bytes) {
      pieces.push(bytes);
      push(bytes);
    },
  });
  const origin = { kind: 'command', words: [program, ...words], pid: started.pid } as const;
  const buffer = createStreamBuffer({ id, origin, writers: 'one' });
  // The buffer keeps what it is given.
  push = (bytes) => buffer.push(Uint8Array.from(bytes));
  early.forEach(push);
  const ended = started.closed.then((exitCode) => {
    buffer.end(exitCode);
    return exitCode;
  });
  return {
    ...started,
    follower: { take: buffer.take, close() {} },
    over: async () => alone(Buffer.concat(pieces), await ended),
  };
}

/** Attributes of a workload; extra words go to nix-build as they are. */
export function startLoggedBuild(
  lab: Lab,
  workload: string,
  attributes: readonly string[],
  words: readonly string[] = [],
  options: LoggedOptions = {},
): Logged {
  const argv = ['--no-out-link', '-j', '8', '--option', 'build-poll-interval', '1'];
  argv.push(`${lab.directory}/workloads/${workload}.nix`, ...attributes.flatMap((name) => ['-A', name]));
  return startLogged(lab, 'nix-build', [...argv, ...words], options);
}

function alone(bytes: Uint8Array, exitCode: number | null): Rebuild {
  const read = readLog(newLogReader, bytes);
  const events = [...read.events, ...endLog(read.reader, exitCode).events];
  const [rebuild] = foldLog(newLogState('one'), events, Date.now()).rebuilds;
  if (rebuild === undefined) throw new Error('nothing was heard');
  return rebuild;
}

export interface Following {
  readonly model: Model;
  look(): Model;
  /** Of a client that was heard already. */
  followed(client: Logged): FollowedRebuild;
  /** As the last look left it; null before anything was heard. */
  rebuild(client: Logged): Rebuild | null;
  /** Looks several times a second until there is an answer. */
  lookUntil<T>(
    what: string,
    ask: (model: Model) => T | null | undefined | false,
    deadlineMs?: number,
  ): Promise<T>;
  /** Looks until all have ended, and once more. */
  lookToEnd(each?: (model: Model) => void): Promise<Model>;
}

const everyMs = 250;

/** The watcher of dashboard and recorder, on the machine's own processes; ends with the test. */
export function follow(...clients: readonly Logged[]): Following {
  const ports = realPorts();
  const { sources, logs } = createProcSources({ ...ports, kernelLog: createKernelLog() });
  const watcher = createWatcher({ clock: ports.clock, sources });
  for (const { follower } of clients) logs.add(follower);
  onTestFinished(async () => {
    await watcher.close();
  });
  const look = (): Model => {
    watcher.look();
    return watcher.model;
  };
  const find = (client: Logged) =>
    watcher.model.rebuilds.find(({ origin }) => origin.kind === 'command' && origin.pid === client.pid);
  return {
    get model() {
      return watcher.model;
    },
    look,
    followed(client) {
      const one = find(client);
      if (one === undefined) throw new Error('nothing was heard of it');
      return one;
    },
    rebuild: (client) => find(client)?.rebuild ?? null,
    lookUntil: (what, ask, deadlineMs = 30_000) =>
      until(what, () => ask(look()), {
        everyMs,
        deadlineMs,
        detail: () => clients.map((client) => client.output().slice(-4000)).join('\n---\n'),
      }),
    async lookToEnd(each = () => {}) {
      const isOver = () => clients.every((client) => find(client)?.over === true);
      await until(
        'the end of what is followed',
        () => {
          each(look());
          return isOver();
        },
        { everyMs, deadlineMs: 60_000, detail: () => clients.map((one) => one.output()).join('\n---\n') },
      );
      return look();
    },
  };
}
