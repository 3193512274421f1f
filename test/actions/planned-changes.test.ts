import { beforeEach, expect, test } from 'vitest';
import { limit } from '../../src/actions/limit.ts';
import { lower } from '../../src/actions/lower.ts';
import { isChanging, plannedChanges } from '../../src/actions/planned-changes.ts';
import type { Intent } from '../../src/model/intents/intent.ts';
import { createFakeMachine, type FakeMachine, root, target, uid } from '../support/fake-machine.ts';
import { fakeNative } from '../support/fake-ports.ts';
import { setThreads } from '../support/threads.ts';

const directory = `/sys/fs/cgroup/system.slice/nix-daemon.service/nix-build-uid-${uid}`;
const targets = [target];
let machine: FakeMachine;

beforeEach(() => {
  machine = createFakeMachine();
  setThreads(machine, root, { more: [333] });
  setThreads(machine, 301, { nice: 19 });
  setThreads(machine, 302);
});

function plan(intent: Intent) {
  if (!isChanging(intent)) throw new Error('no change');
  return plannedChanges(intent, machine.context);
}

test('lower: each process once, and nothing is changed', async () => {
  expect(await plan({ type: 'lower', targets })).toEqual({
    changes: ['nice 19, idle I/O to 300', 'idle I/O to 301', 'nice 19, idle I/O to 302'],
    refusals: [],
    denied: false,
  });
  expect(machine.ports.priorities.asked).toEqual([]);
  expect(machine.ports.ownFiles.texts.size).toBe(0);
});

test('lower: a user is told what is kept, and who may not touch it what is missing', async () => {
  Object.assign(machine.ports, { native: fakeNative({ uid }) });
  expect((await plan({ type: 'lower', targets })).refusals).toEqual([
    'nice would stay as it is: without CAP_SYS_NICE it could not be taken back',
  ]);
  Object.assign(machine.ports, { native: fakeNative({ uid: 1000 }) });
  expect(await plan({ type: 'lower', targets })).toMatchObject({ changes: [], denied: true });
});

test('limit and restore: the files, with what is written into them', async () => {
  const { files } = machine.ports;
  files.set(`/proc/${root}/cgroup`, `0::/system.slice/nix-daemon.service/nix-build-uid-${uid}\n`);
  files.set('/proc/self/mountinfo', '35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n');
  files.set(`${directory}/memory.high`, 'max\n');
  const intent = { type: 'limit', targets, memoryHighBytes: 8192 } as const;
  expect((await plan(intent)).changes).toEqual([`memory.high = 8192 in ${directory}`]);
  expect(await plan({ type: 'restore', targets })).toEqual({
    changes: [],
    refusals: ['hello-1.0 is not lowered or limited by nixpulse'],
    denied: false,
  });
  await machine.run(limit(intent, machine.context));
  await machine.run(lower({ type: 'lower', targets }, machine.context));
  expect((await plan({ type: 'restore', targets })).changes).toEqual([
    'nice 0, its former I/O class to 300',
    'its former I/O class to 301',
    'nice 0, its former I/O class to 302',
    `memory.high = max in ${directory}`,
  ]);
});

test('limit without a cgroup and without systemd is refused', async () => {
  expect(await plan({ type: 'limit', targets, ioWeight: 1 })).toMatchObject({
    changes: [],
    refusals: [expect.stringMatching(/^hello-1.0 would not be limited: .*use-cgroups/)],
  });
});
