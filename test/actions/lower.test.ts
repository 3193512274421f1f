import { beforeEach, describe, expect, test } from 'vitest';
import { leftBehind } from '../../src/actions/change-registry.ts';
import { lower } from '../../src/actions/lower.ts';
import { loweredBuilds, restoreThese } from '../../src/actions/lowered-builds.ts';
import { restore } from '../../src/actions/restore.ts';
import { fail } from '../../src/base/problem.ts';
import { parseLowered } from '../../src/parse/lowered-file.ts';
import { idleIo } from '../../src/parse/priority.ts';
import { createFakeMachine, type FakeMachine, ownStat, root, target, uid } from '../support/fake-machine.ts';
import { fakeNative } from '../support/fake-ports.ts';
import { niceOf, setThreads } from '../support/threads.ts';

const file = '/state/lowered.json';
const bestEffort = (2 << 13) | 3;
const cgroup = `/sys/fs/cgroup/system.slice/nix-daemon.service/nix-build-uid-${uid}`;
let machine: FakeMachine;

beforeEach(() => {
  machine = createFakeMachine();
  setThreads(machine, root);
  setThreads(machine, 301, { nice: 5 });
  setThreads(machine, 302, { more: [312, 313] });
  for (const pid of [100, 110, 210]) setThreads(machine, pid);
  machine.ports.priorities.io?.set(301, bestEffort);
});

const lowerIt = () => machine.run(lower({ type: 'lower', targets: [target] }, machine.context));
const restoreIt = () => machine.run(restore({ type: 'restore', targets: [target] }, machine.context));
const recorded = () => loweredBuilds.load(machine.context);
const nices = () => [root, 301, 302].map((pid) => niceOf(machine, pid));
const ios = () => [root, 301, 302, 312].map((tid) => machine.ports.priorities.io?.get(tid) ?? 0);

function asUser(limits = 'Max nice priority         0                    0\n') {
  Object.assign(machine.ports, { native: fakeNative({ uid }) });
  for (const pid of [root, 301, 302]) machine.ports.files.set(`/proc/${pid}/limits`, limits);
}

function withCgroup(files: Readonly<Record<string, string>>) {
  const fake = machine.ports.files;
  fake.set(`/proc/${root}/cgroup`, `0::/system.slice/nix-daemon.service/nix-build-uid-${uid}\n`);
  fake.set('/proc/self/mountinfo', '35 24 0:30 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n');
  for (const [name, text] of Object.entries(files)) fake.set(`${cgroup}/${name}`, text);
}

function withAutogroup(nice = 0) {
  machine.ports.files.set('/proc/sys/kernel/sched_autogroup_enabled', '1\n');
  machine.ports.files.set(`/proc/${root}/autogroup`, `/autogroup-7 nice ${nice}\n`);
}

describe('lower', () => {
  test('every thread of it, and nobody else', async () => {
    expect(await lowerIt()).toEqual({
      status: 'done',
      summary: 'lowered hello-1.0: 3 processes at nice 19 and idle I/O',
      details: [],
    });
    expect(nices()).toEqual([19, 19, 19]);
    expect([312, 313].map((tid) => niceOf(machine, 302, tid))).toEqual([19, 19]);
    expect(ios()).toEqual([idleIo, idleIo, idleIo, idleIo]);
    expect([100, 110, 210].map((pid) => niceOf(machine, pid))).toEqual([0, 0, 0]);
  });

  test('what was before is recorded before anything is changed', async () => {
    const asked: number[] = [];
    machine.ports.ownFiles.onReplace = () => void asked.push(machine.ports.priorities.asked.length);
    await lowerIt();
    expect(asked[0]).toBe(0);
    const [row] = await recorded();
    expect(row).toMatchObject({ target, by: { pid: 4242, startTime: 777 }, lasting: false });
    expect(row?.threads.map(({ tid, nice, io }) => [tid, nice, io])).toEqual([
      [root, 0, 0],
      [301, 5, bestEffort],
      [302, 0, 0],
      [312, 0, 0],
      [313, 0, 0],
    ]);
  });

  test('what forks meanwhile is recorded and lowered too', async () => {
    machine.onRead = (reading) => {
      if (reading !== 1) return;
      machine.add({ pid: 401, ppid: 302, session: root, uid });
      setThreads(machine, 401, { nice: 2 });
    };
    expect(await lowerIt()).toMatchObject({ status: 'done' });
    expect(niceOf(machine, 401)).toBe(19);
    expect((await recorded())[0]?.threads.find(({ tid }) => tid === 401)?.nice).toBe(2);
  });

  test('a first thread that has ended before the others is no thread to lower', async () => {
    const path = `/proc/302/task/302/stat`;
    const text = machine.ports.files.read(path);
    if (text.ok) machine.ports.files.set(path, text.value.replace(') S', ') Z'));
    expect(await lowerIt()).toMatchObject({ status: 'done' });
    expect(niceOf(machine, 302)).toBe(0);
    expect(niceOf(machine, 302, 312)).toBe(19);
  });

  test('again: what was before stays what was before', async () => {
    await lowerIt();
    expect(await lowerIt()).toMatchObject({ status: 'done', summary: 'hello-1.0: lowered already' });
    expect((await recorded())[0]?.threads.map(({ nice }) => nice)).toEqual([0, 5, 0, 0, 0]);
  });

  test('a session competes as one: it is lowered too', async () => {
    withAutogroup();
    await lowerIt();
    expect(machine.ports.priorities.asked).toContain(`session ${root} 19`);
    expect((await recorded())[0]?.sessions).toMatchObject([{ pid: root, session: root, nice: 0 }]);
  });

  test('in a cgroup of its own the weights count', async () => {
    withCgroup({ 'cpu.weight': '100\n', 'io.weight': 'default 100\n8:0 50\n' });
    await lowerIt();
    const { files } = machine.ports;
    expect(files.read(`${cgroup}/cpu.weight`)).toMatchObject({ value: '1\n' });
    expect((await recorded())[0]?.cgroups).toEqual([
      { directory: cgroup, setting: 'cpu.weight', before: '100', set: '1' },
      { directory: cgroup, setting: 'io.weight', before: 'default 100', set: 'default 1' },
    ]);
    await restoreIt();
    expect(files.read(`${cgroup}/cpu.weight`)).toMatchObject({ value: '100\n' });
    expect(files.read(`${cgroup}/io.weight`)).toMatchObject({ value: 'default 100\n' });
  });

  test('without koffi there is no I/O class, and it is said', async () => {
    machine.ports.priorities.io = null;
    expect(await lowerIt()).toEqual({
      status: 'incomplete',
      summary: 'lowered hello-1.0: 3 processes at nice 19',
      details: ['no I/O class: it takes koffi'],
    });
    expect(nices()).toEqual([19, 19, 19]);
  });

  test('a thread that ends between two readings of it is none whose I/O class nobody can tell', async () => {
    const { priorities } = machine.ports;
    const { ioPriority } = priorities;
    priorities.ioPriority = function (thread) {
      return thread.tid === 312 ? fail('gone', '/proc/302/task/312') : ioPriority.call(this, thread);
    };
    expect(await lowerIt()).toMatchObject({
      status: 'done',
      summary: 'lowered hello-1.0: 3 processes at nice 19 and idle I/O',
    });
  });

  test('a user leaves nice alone, which he could not take back', async () => {
    asUser();
    withAutogroup();
    expect(await lowerIt()).toEqual({
      status: 'incomplete',
      summary: 'lowered hello-1.0: 3 processes at idle I/O',
      details: ['nice stays as it is: without CAP_SYS_NICE it could not be taken back'],
    });
    expect(nices()).toEqual([0, 5, 0]);
    expect(machine.ports.priorities.asked).toContain(`session ${root} 19`);
    expect(await restoreIt()).toMatchObject({ status: 'done' });
    expect(ios()).toEqual([0, bestEffort, 0, 0]);
  });

  test('a user whose limit lets him take it back lowers it', async () => {
    asUser('Max nice priority         20                   20\n');
    expect(await lowerIt()).toMatchObject({ status: 'done' });
    expect(nices()).toEqual([19, 19, 19]);
  });

  test.each(['gone', 'denied', "another's"] as const)('%s: nothing stays recorded', async (what) => {
    if (what === 'denied') machine.ports.priorities.onSet = (asked) => fail('denied', asked);
    else if (what === 'gone') for (const pid of [root, 301, 302]) machine.end(pid);
    else Object.assign(machine.ports, { native: fakeNative({ uid: 1000 }) });
    const outcome = await lowerIt();
    expect(outcome.status).toBe(what === 'gone' ? 'refused' : 'denied');
    expect(outcome.summary).toContain(what === 'gone' ? 'it has ended' : 'sudo nixpulse lower hello-1.0');
    expect(await recorded()).toEqual([]);
    expect(nices()).toEqual([0, 5, 0]);
  });

  test('that cannot be recorded is done all the same, and undone by who did it', async () => {
    machine.ports.ownFiles.failing.set(file, 'denied');
    const outcome = await lowerIt();
    expect(outcome).toMatchObject({ status: 'done' });
    expect(outcome.details.at(-1)).toBe(
      `what was before could not be recorded (${file}: not permitted): restore it before nixpulse ends`,
    );
    await restoreIt();
    expect(nices()).toEqual([0, 5, 0]);
  });

  test('what the kernel refuses for one thread is said, and not asked without end', async () => {
    machine.ports.priorities.onSet = (asked) => (asked === 'nice 312 19' ? fail('denied', asked) : undefined);
    expect(await lowerIt()).toMatchObject({ status: 'incomplete', details: ['the kernel refused 1 change'] });
    expect(machine.ports.priorities.asked.filter((asked) => asked === 'nice 312 19')).toHaveLength(1);
  });
});

describe('restore', () => {
  test('everything is as before, and forgotten', async () => {
    withAutogroup(-2);
    await lowerIt();
    machine.ports.clock.advance(12_000);
    expect(await restoreIt()).toMatchObject({
      status: 'done',
      summary: expect.stringMatching(/^restored hello-1.0 after 1\d s$/),
      details: [],
    });
    expect(nices()).toEqual([0, 5, 0]);
    expect(ios()).toEqual([0, bestEffort, 0, 0]);
    expect(machine.ports.priorities.asked).toContain(`session ${root} -2`);
    expect(await recorded()).toEqual([]);
  });

  test('what began since has what its parent had', async () => {
    await lowerIt();
    machine.add({ pid: 401, ppid: 301, session: root, uid }, { pid: 402, ppid: 401, session: 402, uid });
    for (const pid of [401, 402]) setThreads(machine, pid, { nice: 19, more: [pid + 10] });
    for (const tid of [401, 411, 402, 412]) machine.ports.priorities.io?.set(tid, idleIo);
    await restoreIt();
    expect([401, 402].map((pid) => niceOf(machine, pid))).toEqual([5, 5]);
    expect(niceOf(machine, 402, 412)).toBe(5);
    expect(machine.ports.priorities.io?.get(402)).toBe(bestEffort);
  });

  test('what was that low before stays so, with what it starts', async () => {
    setThreads(machine, 302, { nice: 19 });
    machine.ports.priorities.io?.set(302, idleIo);
    await lowerIt();
    machine.add({ pid: 403, ppid: 302, session: root, uid }, { pid: 404, ppid: root, session: root, uid });
    for (const pid of [403, 404]) setThreads(machine, pid, { nice: 19 });
    await restoreIt();
    expect([302, 403].map((pid) => niceOf(machine, pid))).toEqual([19, 19]);
    expect([root, 404].map((pid) => niceOf(machine, pid))).toEqual([0, 0]);
  });

  test('what somebody has set anew since stays so', async () => {
    await lowerIt();
    setThreads(machine, 302, { nice: 10, more: [312, 313] });
    await restoreIt();
    expect(niceOf(machine, 302)).toBe(10);
  });

  test('nobody is touched who has the pid of something that was lowered', async () => {
    await lowerIt();
    machine.end(302);
    machine.add({ pid: 302, startTime: 9000, uid: 1000 });
    setThreads(machine, 302, { nice: 19 });
    await restoreIt();
    expect(niceOf(machine, 302)).toBe(19);
  });

  test('of what has ended nothing is left to do', async () => {
    await lowerIt();
    for (const pid of [root, 301, 302]) machine.end(pid);
    expect(await restoreIt()).toMatchObject({ status: 'done' });
    expect(await recorded()).toEqual([]);
  });

  test('what nixpulse did not lower is refused', async () => {
    expect(await restoreIt()).toEqual({
      status: 'refused',
      summary: 'hello-1.0 is not lowered or limited by nixpulse',
      details: [],
    });
  });

  test('not permitted: it stays recorded', async () => {
    await lowerIt();
    machine.ports.priorities.onSet = (asked) => fail('denied', asked);
    expect(await restoreIt()).toMatchObject({
      status: 'denied',
      summary: expect.stringContaining('sudo nixpulse restore hello-1.0'),
    });
    expect(await recorded()).toHaveLength(1);
  });
});

describe('a nixpulse that died in between', () => {
  test('leaves a record, of which the next one puts back what it finds', async () => {
    let changes = 0;
    machine.ports.priorities.onSet = () => {
      changes += 1;
      if (changes > 3) throw new Error('killed');
      return undefined;
    };
    await expect(lowerIt()).rejects.toThrow('killed');
    machine.ports.priorities.onSet = () => undefined;
    machine.ports.files.set('/proc/4242/stat', ownStat({ startTime: 888 }));
    const left = leftBehind(await recorded(), machine.ports.files);
    expect(left).toHaveLength(1);
    const again = (targets: readonly (typeof target)[]) =>
      restore({ type: 'restore', targets }, machine.context);
    expect(await machine.run(restoreThese(again, machine.context, left))).toMatchObject({ status: 'done' });
    expect(nices()).toEqual([0, 5, 0]);
    expect(ios()).toEqual([0, bestEffort, 0, 0]);
    expect(await recorded()).toEqual([]);
  });

  test('one that waits to be asked for its end is dead as well', async () => {
    await lowerIt();
    machine.ports.files.set('/proc/4242/stat', ownStat().replace(') S', ') Z'));
    expect(leftBehind(await recorded(), machine.ports.files)).toHaveLength(1);
  });

  test('of another boot nothing counts', async () => {
    await lowerIt();
    machine.ports.files.set('/proc/sys/kernel/random/boot_id', 'the-next\n');
    expect(await recorded()).toEqual([]);
  });
});

test('two who write at the same time lose nothing', async () => {
  const { ownFiles } = machine.ports;
  const other = { ...target, root: { pid: 500, startTime: 1500 } };
  let once = true;
  ownFiles.onReplace = (path, text) => {
    // Another one wrote right after us, and did not know of ours.
    if (!once || path !== file) return;
    once = false;
    const parsed = JSON.parse(text);
    const row = { ...parsed.builds[0], target: other };
    queueMicrotask(() => ownFiles.texts.set(file, JSON.stringify({ ...parsed, builds: [row] })));
  };
  await lowerIt();
  expect((await recorded()).map(({ target }) => target.root.pid).sort()).toEqual([root, 500]);
});

test('what a command lowers is to last', async () => {
  const context = { ...machine.context, lasting: true };
  await machine.run(lower({ type: 'lower', targets: [target] }, context));
  expect((await recorded())[0]?.lasting).toBe(true);
});

describe('lowered.json', () => {
  const thread = { pid: 300, tid: 300, startTime: 1, nice: 0, io: null };
  const row = {
    ...{ target, by: { pid: 2, startTime: 1 }, threads: [thread], sessions: [], cgroups: [], units: [] },
    loweredAtMs: 1,
  };
  const setting = { directory: cgroup, setting: 'memory.high', before: 'max', set: '4096' };
  const unit = { unit: 'nix-daemon.service', property: 'MemoryHigh', before: 'infinity', set: '4096' };
  const rowsOf = (more: object) =>
    parseLowered(JSON.stringify({ version: 1, bootId: 'x', builds: [{ ...row, ...more }] }))?.builds.length;

  test.each<[string, object, number]>([
    ['as it is written', {}, 1],
    ['a cgroup and a unit', { cgroups: [setting], units: [unit] }, 1],
    ['no thread', { threads: [{ ...thread, tid: 1 }] }, 0],
    ['a nice beyond', { threads: [{ ...thread, nice: 40 }] }, 0],
    ['another file of the cgroup', { cgroups: [{ ...setting, setting: 'cgroup.kill' }] }, 0],
    ['an odd value', { cgroups: [{ ...setting, before: '1; rm' }] }, 0],
    ['an option in place of a unit', { units: [{ ...unit, unit: '--now.service' }] }, 0],
    ['another property', { units: [{ ...unit, property: 'ExecStart' }] }, 0],
    ['nobody who did it', { by: null }, 0],
    ['no time', { loweredAtMs: '1' }, 0],
  ])('%s', (_, more, count) => expect(rowsOf(more)).toBe(count));

  test.each(['', '[]', '{"version":2}', '{"version":1,"bootId":"","builds":[]}'])('%j is none', (text) => {
    expect(parseLowered(text)).toBeNull();
  });
});

test('a command that dies in the middle of it has made nothing that lasts', async () => {
  machine.ports.priorities.onSet = () => {
    throw new Error('killed');
  };
  const context = { ...machine.context, lasting: true };
  await expect(machine.run(lower({ type: 'lower', targets: [target] }, context))).rejects.toThrow('killed');
  expect(await recorded()).toMatchObject([{ lasting: false }]);
});
