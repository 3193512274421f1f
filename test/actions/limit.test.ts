import { beforeEach, describe, expect, test } from 'vitest';
import { limit } from '../../src/actions/limit.ts';
import { lower } from '../../src/actions/lower.ts';
import { loweredBuilds } from '../../src/actions/lowered-builds.ts';
import { restore } from '../../src/actions/restore.ts';
import { fail, ok } from '../../src/base/problem.ts';
import type { BuildTarget } from '../../src/model/intents/intent.ts';
import { createFakeMachine, type FakeMachine, root, target, uid } from '../support/fake-machine.ts';
import { fakeNative } from '../support/fake-ports.ts';
import { setThreads } from '../support/threads.ts';

const unitPath = '/system.slice/nix-daemon.service';
const directory = `/sys/fs/cgroup${unitPath}/nix-build-uid-${uid}`;
const result = { exitCode: 0, signal: null, stdout: '', stderr: '' };
let machine: FakeMachine;

beforeEach(() => {
  machine = createFakeMachine();
  machine.ports.files.set('/proc/meminfo', `MemTotal: ${8 * 1024 ** 2} kB\nMemFree: 0 kB\n`);
  machine.ports.files.set('/proc/self/mountinfo', '35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n');
  setThreads(machine, root);
});

const limitIt = (more: object = {}, targets = [target]) =>
  machine.run(limit({ type: 'limit', targets, ...more }, machine.context));
const restoreIt = (...targets: readonly BuildTarget[]) =>
  machine.run(restore({ type: 'restore', targets }, machine.context));
const recorded = () => loweredBuilds.load(machine.context);
function endIt(): void {
  for (const pid of [root, 301, 302]) machine.end(pid);
}
const textOf = (setting: string) => machine.ports.files.read(`${directory}/${setting}`);

describe('a cgroup of its own', () => {
  beforeEach(() => {
    const { files } = machine.ports;
    files.set(`/proc/${root}/cgroup`, `0::${unitPath}/nix-build-uid-${uid}\n`);
    files.set(`${directory}/memory.high`, 'max\n');
    files.set(`${directory}/io.weight`, 'default 100\n');
  });

  test('half of the memory there is, behind everybody at the disk', async () => {
    expect(await limitIt()).toEqual({
      status: 'done',
      summary: 'limited hello-1.0: held up past 4.0 GB of memory, I/O weight 1 of 100',
      details: [],
    });
    expect(textOf('memory.high')).toMatchObject({ value: `${4 * 1024 ** 3}\n` });
    expect(textOf('io.weight')).toMatchObject({ value: 'default 1\n' });
    expect(machine.ports.spawn.calls).toEqual([]);
  });

  test('only what is asked for, in whole pages', async () => {
    expect(await limitIt({ memoryHighBytes: 10_000_000 })).toMatchObject({ status: 'done' });
    expect(textOf('memory.high')).toMatchObject({ value: '9998336\n' });
    expect(textOf('io.weight')).toMatchObject({ value: 'default 100\n' });
  });

  test('what was before is recorded first, and put back', async () => {
    const asked: number[] = [];
    machine.ports.ownFiles.onReplace = () => void asked.push(machine.ports.priorities.asked.length);
    await limitIt();
    expect(asked).toEqual([0]);
    expect((await recorded())[0]?.cgroups).toEqual([
      { directory, setting: 'memory.high', before: 'max', set: String(4 * 1024 ** 3) },
      { directory, setting: 'io.weight', before: 'default 100', set: 'default 1' },
    ]);
    expect(await restoreIt(target)).toMatchObject({ status: 'done' });
    expect(textOf('memory.high')).toMatchObject({ value: 'max\n' });
    expect(textOf('io.weight')).toMatchObject({ value: 'default 100\n' });
    expect(await recorded()).toEqual([]);
  });

  test('limited twice and lowered: what was before the first is put back', async () => {
    await limitIt({ memoryHighBytes: 4096 });
    await limitIt({ memoryHighBytes: 8192, ioWeight: 5 });
    await machine.run(lower({ type: 'lower', targets: [target] }, machine.context));
    expect(textOf('io.weight')).toMatchObject({ value: 'default 1\n' });
    await restoreIt(target);
    expect(textOf('memory.high')).toMatchObject({ value: 'max\n' });
    expect(textOf('io.weight')).toMatchObject({ value: 'default 100\n' });
  });

  describe('whose controllers nobody has enabled', () => {
    const above = `/sys/fs/cgroup${unitPath}`;
    beforeEach(() => {
      const { files } = machine.ports;
      for (const setting of ['memory.high', 'io.weight']) files.remove(`${directory}/${setting}`);
      files.set(`${above}/cgroup.controllers`, 'cpu io memory pids\n');
      files.set(`${above}/cgroup.procs`, '');
    });

    test('has them enabled first, and the limits undone', async () => {
      expect(await limitIt()).toMatchObject({ status: 'done', details: [] });
      const { asked } = machine.ports.priorities;
      expect(asked).toEqual(['+memory', '+io', `memory.high ${4 * 1024 ** 3}`, 'io.weight default 1']);
      expect(await restoreIt(target)).toMatchObject({ status: 'done' });
      expect(textOf('memory.high')).toMatchObject({ value: 'max\n' });
      expect(textOf('io.weight')).toMatchObject({ value: 'default 100\n' });
    });

    test('as far as its unit has them', async () => {
      machine.ports.files.set(`${above}/cgroup.controllers`, 'cpu memory pids\n');
      expect(await limitIt()).toEqual({
        status: 'incomplete',
        summary: 'limited hello-1.0: held up past 4.0 GB of memory',
        details: ['no io.weight in its cgroup: its controller is not enabled there'],
      });
    });

    test.each(['processes above', 'a user'])('%s: it is not tried', async (what) => {
      if (what === 'a user') Object.assign(machine.ports, { native: fakeNative({ uid: 1000 }) });
      else machine.ports.files.set(`${above}/cgroup.procs`, '100\n');
      expect(await limitIt()).toMatchObject({ status: 'refused' });
      expect(machine.ports.priorities.asked).toEqual([]);
    });

    test('the kernel says no: nothing stays recorded', async () => {
      machine.ports.priorities.onSet = (asked) => fail('denied', asked);
      expect(await limitIt({ memoryHighBytes: 4096 })).toMatchObject({ status: 'failed' });
      expect(await recorded()).toEqual([]);
    });
  });

  test('a controller that is not there is said', async () => {
    machine.ports.files.remove(`${directory}/io.weight`);
    expect(await limitIt()).toEqual({
      status: 'incomplete',
      summary: 'limited hello-1.0: held up past 4.0 GB of memory',
      details: ['no io.weight in its cgroup: its controller is not enabled there'],
    });
  });

  test('memory that takes its time to be given back is limited all the same', async () => {
    const { files, priorities } = machine.ports;
    priorities.onSet = (asked) => {
      if (!asked.startsWith('memory.high')) return undefined;
      files.set(`${directory}/memory.high`, `${4 * 1024 ** 3}\n`);
      return fail('timeout', asked);
    };
    expect(await limitIt()).toMatchObject({ status: 'done' });
  });

  test('not permitted: nothing stays recorded', async () => {
    machine.ports.priorities.onSet = (asked) => fail('denied', asked);
    expect(await limitIt()).toMatchObject({ status: 'denied' });
    expect(await recorded()).toEqual([]);
  });

  test('not permitted: what was lowered before stays recorded', async () => {
    await machine.run(lower({ type: 'lower', targets: [target] }, machine.context));
    machine.ports.priorities.onSet = (asked) => fail('denied', asked);
    await limitIt({ memoryHighBytes: 4096 });
    expect((await recorded())[0]?.threads).toHaveLength(1);
    expect((await recorded())[0]?.cgroups.map(({ setting }) => setting)).not.toContain('memory.high');
  });

  test('what somebody has set anew since stays so', async () => {
    await limitIt();
    machine.ports.files.set(`${directory}/memory.high`, '4096\n');
    await restoreIt(target);
    expect(textOf('memory.high')).toMatchObject({ value: '4096\n' });
  });

  test('the next build of this user is not touched', async () => {
    await limitIt();
    endIt();
    machine.add({ pid: 500, ppid: 110, uid, comm: 'bash', facts: { rootMount: '/' } });
    expect(await restoreIt(target)).toMatchObject({ status: 'done' });
    expect(textOf('memory.high')).toMatchObject({ value: `${4 * 1024 ** 3}\n` });
  });
});

describe('the unit of the daemon', () => {
  const second: BuildTarget = { ...target, root: { pid: 500, startTime: 1500 }, uid: uid + 1, name: 'b-2' };
  let values: Record<string, string>;
  const set: string[][] = [];

  beforeEach(() => {
    values = { ControlGroup: unitPath, MemoryHigh: 'infinity', IOWeight: '[not set]' };
    set.length = 0;
    const { files, spawn } = machine.ports;
    machine.add({ pid: 500, ppid: 110, uid: uid + 1, comm: 'bash', facts: { rootMount: '/' } });
    files.set('/run/systemd/system/x', '');
    for (const pid of [root, 500]) files.set(`/proc/${pid}/cgroup`, `0::${unitPath}\n`);
    spawn.onRun = (_, args) => {
      const [, first, , , ...more] = args;
      if (first === 'show')
        return ok({
          ...result,
          stdout: Object.entries(values)
            .map((row) => row.join('='))
            .join('\n'),
        });
      set.push(more);
      for (const word of more) {
        const [property = '', value = ''] = word.split('=');
        values[property] = value === '' ? '[not set]' : value;
      }
      return ok(result);
    };
  });

  test('is limited for the time being, and said to be all of it', async () => {
    expect(await limitIt()).toEqual({
      status: 'done',
      summary:
        'limited nix-daemon.service and all it runs: held up past 4.0 GB of memory, I/O weight 1 of 100',
      details: [],
    });
    expect(machine.ports.spawn.calls.at(-1)?.args).toEqual([
      ...['--no-ask-password', '--runtime', 'set-property', 'nix-daemon.service'],
      ...[`MemoryHigh=${4 * 1024 ** 3}`, 'IOWeight=1'],
    ]);
    await restoreIt(target);
    expect(set.at(-1)).toEqual(['MemoryHigh=infinity', 'IOWeight=']);
  });

  test('stays limited for the other build, with what was before the first', async () => {
    await limitIt({ memoryHighBytes: 4096 });
    await limitIt({ memoryHighBytes: 8192 }, [second]);
    expect(await restoreIt(target)).toMatchObject({
      status: 'done',
      details: ['nix-daemon.service stays limited: b-2 is limited through it'],
    });
    expect(values['MemoryHigh']).toBe('8192');
    await restoreIt(second);
    expect(values['MemoryHigh']).toBe('infinity');
  });

  test('is limited again to what was asked for the one that stays', async () => {
    await limitIt({ memoryHighBytes: 4096 });
    machine.ports.clock.advance(1000);
    await limitIt({ memoryHighBytes: 8192, ioWeight: 7 }, [second]);
    await restoreIt(second);
    expect(values).toMatchObject({ MemoryHigh: '4096', IOWeight: '[not set]' });
    await restoreIt(target);
    expect(values['MemoryHigh']).toBe('infinity');
  });

  test('is as before when its build has ended', async () => {
    await limitIt({ memoryHighBytes: 4096 });
    endIt();
    expect(await restoreIt(target)).toMatchObject({ status: 'done' });
    expect(values['MemoryHigh']).toBe('infinity');
    expect(await recorded()).toEqual([]);
  });

  test.each<[string, () => void, string, RegExp]>([
    ['no systemd', () => machine.ports.files.remove('/run/systemd'), 'refused', /use-cgroups = true/],
    [
      'a user',
      () => Object.assign(machine.ports, { native: fakeNative({ uid: 1000 }) }),
      'denied',
      /needs root/,
    ],
    ['cgroup v1', () => machine.ports.files.set(`/proc/${root}/cgroup`, '1:cpu:/\n'), 'refused', /cgroup v2/],
    [
      'a systemctl that fails',
      () => {
        machine.ports.spawn.onRun = () =>
          ok({ ...result, exitCode: 1, stderr: 'Failed to connect to bus\n' });
      },
      'refused',
      /Failed to connect to bus/,
    ],
    ['a build that has ended', endIt, 'refused', /it has ended/],
    ['no memory to be read', () => machine.ports.files.remove('/proc/meminfo'), 'refused', /say how much/],
  ])('%s', async (_, change, status, words) => {
    change();
    expect(await limitIt()).toMatchObject({ status, summary: expect.stringMatching(words) });
    expect(await recorded()).toEqual([]);
    expect(set).toEqual([]);
  });

  test('systemd does not answer in time: what it may do yet is recorded, and put back', async () => {
    const { spawn } = machine.ports;
    const inTime = spawn.onRun;
    spawn.onRun = (file, args) => {
      const done = inTime(file, args);
      return args.includes('show') ? done : fail('timeout', 'systemctl');
    };
    expect(await limitIt({ memoryHighBytes: 4096 })).toMatchObject({ status: 'failed' });
    expect(values['MemoryHigh']).toBe('4096');
    expect(await recorded()).toHaveLength(1);
    spawn.onRun = inTime;
    await restoreIt(target);
    expect(values['MemoryHigh']).toBe('infinity');
  });

  test('systemd says no the second time: what was limited before stays recorded, and is put back', async () => {
    const { spawn } = machine.ports;
    const says = spawn.onRun;
    await limitIt({ memoryHighBytes: 4096 });
    spawn.onRun = (file, args) =>
      args.includes('show') ? says(file, args) : ok({ ...result, exitCode: 1, stderr: 'Access denied\n' });
    expect(await limitIt({ memoryHighBytes: 8192 })).toMatchObject({ status: 'failed' });
    spawn.onRun = says;
    await restoreIt(target);
    expect(values['MemoryHigh']).toBe('infinity');
  });

  test('systemd says no: nothing stays recorded', async () => {
    const { spawn } = machine.ports;
    const show = spawn.onRun;
    spawn.onRun = (file, args) =>
      args.includes('show') ? show(file, args) : ok({ ...result, exitCode: 1, stderr: 'Access denied\n' });
    expect(await limitIt()).toMatchObject({
      status: 'failed',
      summary: expect.stringContaining('Access denied'),
    });
    expect(await recorded()).toEqual([]);
  });
});
