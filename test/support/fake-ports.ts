/** All ports, fake: a Map of files, a clock advanced by hand, no process is ever started. */
import type { Native, Ports } from '../../src/platform/ports.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeFiles, type FakeEntry, type FakeFiles } from './fake-files.ts';
import { createFakeOwnFiles, type FakeOwnFiles } from './fake-own-files.ts';
import { createFakePriorities, type FakePriorities } from './fake-priorities.ts';
import { createFakeSignals, type FakeSignals } from './fake-signals.ts';
import { createFakeSpawn, type FakeSpawn } from './fake-spawn.ts';

export interface FakePorts extends Ports {
  readonly files: FakeFiles;
  readonly clock: FakeClock;
  readonly spawn: FakeSpawn;
  readonly signals: FakeSignals;
  readonly priorities: FakePriorities;
  readonly ownFiles: FakeOwnFiles;
}

export function createFakePorts(
  options: { tree?: Readonly<Record<string, FakeEntry>>; native?: Partial<Native>; clock?: FakeClock } = {},
): FakePorts {
  const files = createFakeFiles(options.tree);
  return {
    files,
    clock: options.clock ?? createFakeClock(),
    spawn: createFakeSpawn(),
    signals: createFakeSignals(),
    priorities: createFakePriorities(files),
    ownFiles: createFakeOwnFiles(),
    native: fakeNative(options.native),
  };
}

/** Rights as uid 0 has them all and others none, unless said. */
export function fakeNative({
  uid = 0,
  missing = () => (uid === 0 ? [] : ['root']),
  ...rest
}: Partial<Native> = {}): Native {
  const may: Native['may'] = (right) => missing(right).length === 0;
  return { uid, pid: 4242, ticksPerSec: 100, pageSizeBytes: 4096, missing, may, ...rest };
}

/** Lets promises that are ready settle, and those they lead to: slow fake reads take a few turns. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
