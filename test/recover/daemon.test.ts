import { beforeEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Model } from '../../src/model/model.ts';
import { daemonProcedure } from '../../src/recover/daemon.ts';
import { createFakeMachine, daemonForest, type FakeMachine, ownStat } from '../support/fake-machine.ts';
import { activating, buildOf, evaluating } from '../support/model-fixture.ts';
import { planned, recoverContext, stepOf, type TestedContext } from '../support/recover-context.ts';

const step = (id: string) => stepOf(daemonProcedure.steps, id);
let machine: FakeMachine;
let context: TestedContext;
let model: Model;
/** What systemd has of the unit, and what was set. */
let unit: Record<string, string>;
let ran: string[];
/** Of `nix store ping`: null hangs. */
let ping: { readonly exitCode: number; readonly lines: readonly string[] } | null;

beforeEach(() => {
  machine = createFakeMachine(daemonForest());
  model = emptyModel;
  ran = [];
  unit = {
    ControlGroup: '/system.slice/x',
    MemoryHigh: 'infinity',
    CPUWeight: '[not set]',
    IOWeight: '[not set]',
  };
  ping = { exitCode: 0, lines: [] };
  const { files, spawn } = machine.ports;
  files.set('/run/systemd/system/x', '');
  files.set('/proc/meminfo', 'MemTotal: 16777216 kB\nMemFree: 1 kB\nMemAvailable: 2 kB\n');
  files.set('/proc/210/stat', ownStat());
  spawn.onRun = (file, args) => {
    ran.push([file, ...args].join(' '));
    if (file !== 'systemctl') return ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
    for (const word of args) {
      const [name = '', value = ''] = word.split('=');
      if (args.includes('set-property') && name in unit) unit[name] = value;
    }
    const stdout = Object.entries(unit)
      .map((pair) => pair.join('='))
      .join('\n');
    return ok({ exitCode: 0, signal: null, stdout, stderr: '' });
  };
  spawn.onStream = () => (ping === null ? { endless: true } : ping);
  context = recoverContext(machine, { look: async () => model });
});

const asUser = (uid = 1000) => {
  const { ports } = machine;
  const native = { ...ports.native, uid, may: () => false };
  return recoverContext(machine, { look: async () => model, ports: { ...ports, native } });
};

describe('stopping everything', () => {
  test('is needless where nothing runs, and leaves an activation alone', async () => {
    expect(await planned(step('stop'), context)).toBe('needless: nothing of Nix runs');
    model = {
      ...emptyModel,
      clients: [{ ...activating, command: 'nixos-rebuild switch' }],
    };
    expect(await planned(step('stop'), context)).toBe(
      'needless: nixos-rebuild switch activates: it is left alone',
    );
  });

  test('names what is stopped, and takes the word', async () => {
    model = {
      ...emptyModel,
      clients: [{ ...evaluating, pid: 7, command: 'nix build .#a' }],
      builds: [buildOf({ pid: 9 })],
    };
    expect(await planned(step('stop'), context)).toBe(
      'todo stop\nnix build .#a (pid 7)\n1 build with all processes, and what they have done is lost',
    );
    expect(await step('stop').plan(context)).toMatchObject({ intent: { type: 'cancel', everything: true } });
    expect(await step('stop').plan(asUser(4711))).toMatchObject({ state: 'impossible', denied: true });
  });
});

describe('a build that has ended and is not waited for', () => {
  test('needs no stopping, and does not keep its worker', async () => {
    const states = { R: 0, S: 0, D: 0, Z: 1, T: 0 };
    model = { ...emptyModel, builds: [buildOf({ pid: 300, processes: 1, states })] };
    expect(await planned(step('stop'), context)).toBe('needless: nothing of Nix runs');
    for (const pid of [301, 302, 210]) machine.end(pid);
    machine.end(300, 'zombie');
    machine.ports.files.remove('/proc/210/stat');
    expect(await machine.run(planned(step('workers'), context))).toMatch(/^todo kill/);
  });
});

describe('workers that nobody waits for', () => {
  const plan = () => machine.run(planned(step('workers'), context));

  test('are none while their clients live, or they build', async () => {
    expect(await plan()).toBe('needless: there are none');
    machine.ports.files.remove('/proc/210/stat');
    expect(await plan()).toBe('needless: there are none');
  });

  test('are killed, those that were shown', async () => {
    for (const pid of [300, 301, 302, 210]) machine.end(pid);
    machine.ports.files.remove('/proc/210/stat');
    expect(await plan()).toBe('todo kill\nnix-daemon, pid 110, for pid 210, which is gone');
    machine.add({ pid: 111, ppid: 100, comm: 'nix-daemon', facts: { argv: ['nix-daemon', '211'] } });
    expect(await machine.run(step('workers').act?.(context) ?? Promise.reject())).toMatchObject({
      ...{ status: 'done', summary: '1 worker ended' },
    });
    expect([machine.has(110), machine.has(111), machine.has(100)]).toEqual([false, true, true]);
  });

  test('that end by themselves are left to it', async () => {
    for (const pid of [300, 301, 302, 210]) machine.end(pid);
    machine.ports.files.remove('/proc/210/stat');
    machine.ports.clock.after(500, () => machine.end(110));
    expect(await plan()).toBe('needless: there are none');
  });
});

describe('the limits of the unit', () => {
  test('are set where nobody has set any, with the way back', async () => {
    expect(await planned(step('limits'), context)).toBe(
      [
        'todo yes',
        'systemctl set-property --runtime nix-daemon.service MemoryHigh=12884901888 CPUWeight=20 IOWeight=20',
        'held up past 12.0 GB of memory, not ended',
        'undone with: systemctl set-property --runtime nix-daemon.service MemoryHigh=infinity CPUWeight= IOWeight=',
      ].join('\n'),
    );
    expect(await step('limits').act?.(context)).toMatchObject({ status: 'done', summary: '3 limits set' });
    expect(await planned(step('limits'), context)).toBe(
      'needless: it is: MemoryHigh=12884901888 IOWeight=20 CPUWeight=20',
    );
  });

  test('that somebody has set stay', async () => {
    unit['MemoryHigh'] = '4294967296';
    const text = await planned(step('limits'), context);
    expect(text).toContain('nix-daemon.service CPUWeight=20 IOWeight=20\nundone with');
  });

  test('take systemd and root', async () => {
    expect(await planned(step('limits'), asUser())).toBe('impossible: it takes root');
    machine.ports.files.remove('/run/systemd');
    expect(await planned(step('limits'), context)).toBe('impossible: systemd does not run here');
    machine.ports.files.set('/run/systemd/system/x', '');
    machine.ports.spawn.onRun = () => fail('gone', 'systemctl');
    expect(await planned(step('limits'), context)).toMatch(/^impossible: systemctl: is gone/);
  });
});

describe('the daemon', () => {
  const ask = () => machine.run(planned(step('answers'), context));

  test('is well where it answers', async () => {
    expect(await ask()).toBe('needless: it answers');
    expect(await machine.run(daemonProcedure.fits(context))).toBeNull();
  });

  test('that says no, or nothing at all, is not', async () => {
    ping = { exitCode: 1, lines: ['2>error: cannot connect to socket'] };
    expect(await ask()).toBe('impossible: it does not answer: cannot connect to socket');
    ping = null;
    expect(await ask()).toBe('impossible: it does not answer: no answer within 10 s');
    expect(await machine.run(daemonProcedure.fits(context))).toBe(
      'the daemon does not answer: no answer within 10 s',
    );
  });

  test('of another root directory is not asked: it is another one', async () => {
    const { ports } = machine;
    const elsewhere = { ...context, ports: { ...ports, files: { ...ports.files, live: false } } };
    expect(await machine.run(planned(step('answers'), elsewhere))).toMatch(/^impossible: it cannot be asked/);
  });

  test('is restarted once, where systemd runs', async () => {
    expect(await step('restart').plan(context)).toMatchObject({ intent: { type: 'restart-daemon' } });
    expect(step('restart').once).toBe(true);
    machine.ports.files.remove('/run/systemd');
    expect(await step('restart').plan(context)).toMatchObject({ state: 'impossible' });
  });
});
