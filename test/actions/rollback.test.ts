import { describe, expect, test } from 'vitest';
import type { ActionContext, IntentOf } from '../../src/actions/action.ts';
import { createRollback, createRollbackPlan } from '../../src/actions/rollback.ts';
import { fail, ok, type Result } from '../../src/base/problem.ts';
import type { Progress } from '../../src/model/intents/outcome.ts';
import { switchUnit } from '../../src/model/nix-store/rollback-plan.ts';
import type { ForestRaw } from '../../src/model/sample.ts';
import { generationReaders } from '../../src/nix-store/generations.ts';
import type { Native } from '../../src/platform/ports.ts';
import type { FakeEntry } from '../support/fake-files.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import type { FakeStream } from '../support/fake-spawn.ts';
import { switchTo, systemPath, systemProfilePath, systemTree } from '../support/generation-tree.ts';

type Rollback = IntentOf<'rollback'>;

const intent: Rollback = {
  type: 'rollback',
  profile: { kind: 'system', path: systemProfilePath },
  generation: 2,
  mode: 'switch',
};
const lockPath = '/run/nixos/switch-to-configuration.lock';

/** A machine with three generations, the last one the default and running; nix-env and the switch work. */
function machine(change: Readonly<Record<string, FakeEntry>> = {}, native: Partial<Native> = {}) {
  const ports = createFakePorts({ tree: { ...systemTree(), ...change }, native });
  const { files, spawn } = ports;
  const cancel = new AbortController();
  const progress: Progress[] = [];
  const forest = { processes: [] as Partial<ForestRaw['processes'][number]>[] };
  const world = {
    ports,
    files,
    spawn,
    cancel,
    progress,
    forest,
    /** What `nix-env` and `switch-to-configuration` do when they are run. */
    nixEnv: (number: number): FakeStream | Result<never> => {
      switchTo(files, number);
      return { exitCode: 0 };
    },
    activate: (path: string, mode: string): FakeStream | Result<never> => {
      if (mode === 'switch') files.set('/run/current-system', { link: path });
      return { exitCode: 0 };
    },
    probe: () => ok({ exitCode: 0, signal: null, stdout: '', stderr: '' }) as ReturnType<typeof spawn.onRun>,
    closure: (path: string) => `${path}\n`,
    lines: () => progress.flatMap(({ lines }) => lines ?? []),
    /** What changed something: `nix-env` and the switch. */
    steps: () =>
      spawn.calls
        .filter(({ file, args }) => file !== 'nix-store' && args.at(-1) !== 'true')
        .map(({ file }) => file),
  };
  spawn.onRun = (file, args) => {
    if (file === 'systemd-run') return world.probe();
    return ok({ exitCode: 0, signal: null, stdout: world.closure(args[1] ?? ''), stderr: '' });
  };
  spawn.onStream = (file, args) => {
    if (file === 'nix-env') return world.nixEnv(Number(args.at(-1)));
    if (file.endsWith('/activate')) return world.activate(file.replace(/\/activate$/, ''), 'switch');
    const at = args.findIndex((arg) => arg.endsWith('/bin/switch-to-configuration'));
    return world.activate((args[at] ?? '').replace(/\/bin\/[^/]*$/, ''), args[at + 1] ?? '');
  };
  const context: ActionContext = {
    ports,
    readForest: () => forest as unknown as ForestRaw,
    stateDirectory: '/nowhere',
    report: (moment) => progress.push(moment),
    cancelled: cancel.signal,
  };
  const run = (wanted: Partial<Rollback> = {}) =>
    createRollback(generationReaders())({ ...intent, ...wanted }, context);
  const plan = (wanted: Partial<Rollback> = {}) =>
    createRollbackPlan(generationReaders())({ ...intent, ...wanted }, context);
  return Object.assign(world, { run, plan });
}

describe('a rollback', () => {
  test('moves the profile, then activates by the store path', async () => {
    const world = machine();
    const { run, spawn, progress } = world;
    expect(await run()).toEqual({
      status: 'done',
      summary: 'generation 2 is active; the default was 3',
      details: [],
    });
    expect(spawn.calls.map(({ file, args }) => [file, ...args].join(' '))).toEqual([
      `nix-store -qR ${systemPath(2)}`,
      `nix-env -p ${systemProfilePath} --switch-generation 2`,
      `env -i NIXOS_INSTALL_BOOTLOADER= ${systemPath(2)}/bin/switch-to-configuration switch`,
    ]);
    // Half an activation is worse than one that nobody watches.
    expect(spawn.calls.map(({ lasting }) => lasting)).toEqual([false, false, true]);
    expect(progress.map(({ text }) => text).filter((text) => text !== undefined)).toEqual([
      'checks the closure of generation 2',
      `make generation 2 the default of ${systemProfilePath}`,
      'write the boot menu and activate generation 2 now',
    ]);
  });

  test('for the next boot', async () => {
    const world = machine();
    expect(await world.run({ mode: 'boot' })).toMatchObject({
      status: 'done',
      summary: 'generation 2 starts with the next boot; the default was 3',
    });
    expect(world.spawn.calls.at(-1)?.args.at(-1)).toBe('boot');
  });

  test('below systemd where there is one that works', async () => {
    const world = machine({ '/run/systemd/system/x': '' });
    expect(await world.run()).toMatchObject({ status: 'done' });
    expect(world.spawn.calls.map(({ file, args }) => `${file} ${args.at(-1)}`)).toEqual([
      `nix-store ${systemPath(2)}`,
      'systemd-run true',
      'nix-env 2',
      'systemd-run switch',
    ]);
  });

  test('directly where systemd-run does not work', async () => {
    const world = machine({ '/run/systemd/system/x': '' });
    world.probe = () => ok({ exitCode: 1, signal: null, stdout: '', stderr: 'Failed to connect to bus' });
    expect(await world.run()).toMatchObject({ status: 'done' });
    expect(world.steps()).toEqual(['nix-env', 'env']);
    expect(world.lines().join()).toContain('systemd-run does not work here');
  });

  test('streams what it runs and what that says', async () => {
    const world = machine();
    world.activate = () => ({ lines: ['2>activating the configuration...', 'ok'] });
    await world.run();
    expect(world.lines().slice(-3)).toEqual([
      `$ env -i NIXOS_INSTALL_BOOTLOADER= ${systemPath(2)}/bin/switch-to-configuration switch`,
      'activating the configuration...',
      'ok',
    ]);
  });

  test('the plan alone changes nothing and needs no root', async () => {
    const world = machine({ '/run/systemd/system/x': '' }, { uid: 1000 });
    const plan = await world.plan();
    expect('status' in plan ? plan : plan.map(({ file }) => file)).toEqual(['nix-env', 'systemd-run']);
    expect(world.steps()).toEqual([]);
    expect(await world.plan({ generation: 9 })).toMatchObject({ status: 'refused' });
  });
});

describe('exit codes of switch-to-configuration', () => {
  test.each([
    [2, 'incomplete', 'its activation script failed (2)', 'boot menu: written, generation 2 is its default'],
    [3, 'incomplete', 'systemd was not reloaded well (3)', 'boot menu: written, generation 2 is its default'],
    [
      4,
      'incomplete',
      'units failed (4): a.service, b.service',
      'boot menu: written, generation 2 is its default',
    ],
    [100, 'incomplete', 'needs a reboot', 'boot menu: written, generation 2 is its default'],
    [1, 'failed', 'ended with 1: a.service', 'boot menu: not known, it may or may not have been written'],
  ])('%d is %s', async (exitCode, status, text, menu) => {
    const world = machine();
    world.activate = () => ({
      lines: [
        '2>warning: the following units failed: a.service, b.service',
        '2>warning: the following units failed: a.service',
      ],
      exitCode,
    });
    const outcome = await world.run();
    expect(outcome.status).toBe(status);
    expect(outcome.summary).toContain(text);
    expect(outcome.details).toEqual(
      expect.arrayContaining([
        'default: generation 2',
        'running: generation 3 (unchanged)',
        menu,
        'the way back: sudo nixpulse rollback --to 3',
      ]),
    );
  });

  test('killed, and never started', async () => {
    const world = machine();
    world.activate = () => ({ exitCode: null, signal: 'SIGKILL' });
    const killed = await world.run();
    expect(killed).toMatchObject({ status: 'failed', summary: expect.stringContaining('was killed') });
    expect(killed.details).toContain('boot menu: not known, it may or may not have been written');

    const other = machine();
    other.activate = () => fail('gone', 'env');
    const never = await other.run();
    expect(never.summary).toBe('generation 2 was not activated: env: gone');
    expect(never.details).toContain('boot menu: not touched');
  });

  test('what is left of it says what runs now', async () => {
    const world = machine();
    const { activate } = world;
    world.activate = (path, mode) => ({ ...(activate(path, mode) as FakeStream), exitCode: 4 });
    const { summary, details } = await world.run();
    expect(summary).toBe('generation 2 is active, but units failed (4)');
    expect(details).toContain('running: generation 2');
  });
});

describe('refused before anything is changed', () => {
  const cases: [string, Readonly<Record<string, FakeEntry>>, Partial<Rollback>, RegExp][] = [
    ['no such generation', {}, { generation: 9 }, /there is no generation 9/],
    ['another store path by now', {}, { storePath: systemPath(7) }, /not what it was when it was chosen/],
    ['default and running', {}, { generation: 3 }, /default and running already/],
    [
      'no profile',
      {},
      { profile: { kind: 'system', path: '/nix/var/nix/profiles/x' } },
      /cannot be read.*gone/,
    ],
    ['dangling', { [`${systemProfilePath}-2-link`]: { link: '/nix/store/gone' } }, {}, /not sound: dangling/],
    [
      'unsound in part',
      { [`${systemPath(2)}/initrd`]: { link: '/gone' } },
      {},
      /initrd is missing from the store/,
    ],
    [
      'not to be seen',
      { [`${systemPath(2)}/etc`]: { hangs: true } },
      {},
      /could not be checked: etc: timeout/,
    ],
    [
      'a lock nobody can read',
      { [lockPath]: '', '/proc/locks': { problem: 'denied' } },
      {},
      /whether a switch runs/,
    ],
  ];
  test.each(cases)('%s', async (_what, change, wanted, why) => {
    const world = machine(change);
    const outcome = await world.run(wanted);
    expect(outcome.status).toBe('refused');
    expect(outcome.summary).toMatch(why);
    expect(world.steps()).toEqual([]);
  });

  test('a path of the closure is missing, or Nix does not answer', async () => {
    const world = machine();
    world.closure = (path) => `${path}\n${systemPath(9)}\n`;
    expect(await world.run()).toMatchObject({
      status: 'refused',
      summary: 'generation 2 is not sound: 1 of its 2 store paths are missing',
      details: [systemPath(9)],
    });
    world.spawn.onRun = () => fail('timeout', 'nix-store');
    expect(await world.run()).toMatchObject({
      status: 'refused',
      summary: 'the closure of generation 2 cannot be checked: nix-store: timeout',
    });
    expect(world.steps()).toEqual([]);
  });

  test('a switch holds its lock: by whom', async () => {
    const world = machine({
      [lockPath]: '',
      '/proc/locks':
        '1: FLOCK  ADVISORY  WRITE 4711 00:1a:99 0 EOF\n2: FLOCK  ADVISORY  WRITE 1 00:1a:98 0 EOF\n',
      '/proc/4711/cmdline': 'perl\0/nix/store/x/bin/switch-to-configuration\0switch\0',
    });
    world.files.setOwner(lockPath, { uid: 0, device: 0x1a, inode: 99 });
    expect(await world.run()).toMatchObject({
      status: 'refused',
      summary: 'a switch runs already: perl /nix/store/x/bin/switch-to-configuration switch (pid 4711)',
    });
    world.files.remove('/proc/4711/cmdline');
    expect((await world.run()).summary).toContain('pid 4711, which has ended');
    // Only waited for, or of another file: not held.
    world.files.set(
      '/proc/locks',
      '1: -> FLOCK  ADVISORY  WRITE 4711 00:1a:99 0 EOF\n2: FLOCK  ADVISORY  WRITE 1 00:1b:99 0 EOF\n',
    );
    expect(await world.run()).toMatchObject({ status: 'done' });
  });

  test('a switch without a lock, as old ones are', async () => {
    const world = machine();
    world.forest.processes.push({ pid: 99, comm: 'switch-to-confi', state: 'S' });
    expect((await world.run()).summary).toBe('a switch runs already: switch-to-confi (pid 99)');
    world.forest.processes[0] = { pid: 99, comm: 'switch-to-confi', state: 'Z' };
    expect((await world.run()).status).toBe('done');
  });

  test('a switch that waits for a unit: which one, and how to see why', async () => {
    const world = machine();
    const argv = ['systemctl', 'start', 'foo.service'];
    world.forest.processes.push(
      { pid: 99, ppid: 1, comm: 'switch-to-confi', state: 'S', facts: {} },
      { pid: 100, ppid: 99, comm: 'systemctl', state: 'S', facts: { argv } },
      { pid: 101, ppid: 1, comm: 'systemctl', state: 'S', facts: { argv: ['systemctl', 'start', 'bar'] } },
    );
    const outcome = await world.run();
    expect(outcome.summary).toBe(
      'a switch runs already: switch-to-confi (pid 99), which waits for foo.service',
    );
    expect(outcome.details).toContain('See why: systemctl status foo.service');
  });

  test('a switch of nixos-rebuild whose unit systemd has', async () => {
    const world = machine({ '/run/systemd/system/x': '' });
    const stderr = `Failed to start transient service unit: Unit ${switchUnit}.service was already loaded or has a fragment file.`;
    world.probe = () => ok({ exitCode: 1, signal: null, stdout: '', stderr });
    expect(await world.run()).toMatchObject({
      status: 'refused',
      summary: expect.stringContaining('it is left over, or has just begun'),
      details: expect.arrayContaining([`Left over: sudo systemctl reset-failed ${switchUnit}`]),
    });
    world.probe = () => fail('timeout', 'systemd-run');
    expect((await world.run()).summary).toMatch(/systemd does not answer/);
    expect(world.steps()).toEqual([]);
  });

  test('below another root directory', async () => {
    const world = machine();
    Object.assign(world.files, { live: false });
    expect(await world.run()).toMatchObject({ status: 'refused' });
    expect(world.steps()).toEqual([]);
  });
});

describe('not only half is forbidden', () => {
  test('a default that does not run is activated, the profile left alone', async () => {
    const world = machine({ '/run/current-system': { link: systemPath(1) } });
    expect(await world.run({ generation: 3 })).toMatchObject({ status: 'done' });
    expect(world.steps()).toEqual(['env']);
  });

  test('what runs and is no longer the default is the way back', async () => {
    const world = machine();
    switchTo(world.files, 1);
    expect(await world.run({ generation: 3 })).toMatchObject({
      status: 'done',
      summary: 'generation 3 is active; the default was 1',
    });
  });
});

describe('privilege', () => {
  test("the system is root's", async () => {
    const world = machine({}, { uid: 1000 });
    expect(await world.run()).toEqual({
      status: 'denied',
      summary: 'rolling back the system needs root: sudo nixpulse rollback --to 2',
      details: [],
    });
    expect((await world.run({ mode: 'boot' })).summary).toMatch(/--to 2 --boot$/);
    expect(world.spawn.calls).toEqual([]);
  });

  const path = '/home/ada/.local/state/nix/profiles/profile';
  const users = {
    [path]: { link: 'profile-2-link' },
    [`${path}-1-link`]: { link: systemPath(1) },
    [`${path}-2-link`]: { link: systemPath(2) },
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nada:x:1000:100::/home/ada:/bin/sh\n',
  } satisfies Record<string, FakeEntry>;
  const own = { profile: { kind: 'user', path }, generation: 1 } as const;

  test.each([0, 1001])('the profile of another one is not touched by uid %d', async (uid) => {
    const world = machine(users, { uid });
    world.files.setOwner(path, { uid: 1000 });
    expect(await world.run(own)).toMatchObject({
      status: 'denied',
      summary: `the profile belongs to ada: sudo -u ada nixpulse rollback --to 1 --profile ${path}`,
    });
    expect(world.steps()).toEqual([]);
  });

  test("one's own is moved without activation", async () => {
    const world = machine(users, { uid: 1000 });
    world.files.setOwner(path, { uid: 1000 });
    world.nixEnv = (number) => {
      world.files.set(path, { link: `profile-${number}-link` });
      return { exitCode: 0 };
    };
    expect(await world.run(own)).toEqual({
      status: 'done',
      summary: `generation 1 is the default of ${path}; the default was 2`,
      details: [],
    });
    expect(world.steps()).toEqual(['nix-env']);
    expect(await world.run({ ...own, generation: 1 })).toMatchObject({ status: 'refused' });
  });

  test('home-manager activates by its own script, and knows no next boot', async () => {
    const home = path.replace(/profile$/, 'home-manager');
    const tree = Object.fromEntries(
      Object.entries(users).map(([key, value]) => [key.replace(path, home), value]),
    );
    const world = machine({ ...tree, [home]: { link: 'home-manager-2-link' } }, { uid: 0 });
    const wanted = { profile: { kind: 'home-manager', path: home }, generation: 1 } as const;
    expect(await world.run({ ...wanted, mode: 'boot' })).toMatchObject({ status: 'refused' });
    world.activate = () => {
      world.files.set(home, { link: 'home-manager-3-link' });
      return { exitCode: 0 };
    };
    expect(await world.run(wanted)).toMatchObject({
      status: 'done',
      summary: 'generation 1 of home-manager is active, as generation 3',
    });
    expect(world.steps()).toEqual([`${systemPath(1)}/activate`]);
    world.activate = () => ({ exitCode: 1, lines: ['2>Existing file is in the way'] });
    expect(await world.run(wanted)).toMatchObject({
      status: 'failed',
      summary: 'generation 1 of home-manager is not active: its activate script ended with 1',
      details: expect.arrayContaining(['Existing file is in the way']),
    });
  });
});

describe('between the steps', () => {
  test('nix-env fails: nothing is activated', async () => {
    const world = machine();
    world.nixEnv = () => ({ exitCode: 1, lines: ['2>error: cannot lock profile'] });
    expect(await world.run()).toEqual({
      status: 'failed',
      summary: 'the profile could not be moved: nix-env ended with 1',
      details: [
        'error: cannot lock profile',
        'default: generation 3 (unchanged)',
        'running: generation 3 (unchanged)',
        'boot menu: not touched',
      ],
    });
    expect(world.steps()).toEqual(['nix-env']);
  });

  test('somebody switches the profile away meanwhile', async () => {
    const world = machine();
    world.nixEnv = () => {
      switchTo(world.files, 1);
      return { exitCode: 0 };
    };
    const outcome = await world.run();
    expect(outcome.status).toBe('failed');
    expect(outcome.summary).toMatch(/somebody switched the profile meanwhile: it is at generation 1/);
    expect(world.steps()).toEqual(['nix-env']);
  });

  test('the number comes to name something else meanwhile', async () => {
    const world = machine();
    world.nixEnv = (number) => {
      switchTo(world.files, number);
      world.files.set(`${systemProfilePath}-2-link`, { link: systemPath(8) });
      return { exitCode: 0 };
    };
    expect((await world.run()).status).toBe('failed');
    expect(world.steps()).toEqual(['nix-env']);
  });

  test('a switch begins between the two steps', async () => {
    const world = machine({ [lockPath]: '' });
    world.files.setOwner(lockPath, { uid: 0, device: 0x1a, inode: 99 });
    world.nixEnv = (number) => {
      switchTo(world.files, number);
      world.files.set('/proc/locks', '1: FLOCK  ADVISORY  WRITE 4711 00:1a:99 0 EOF\n');
      return { exitCode: 0 };
    };
    const outcome = await world.run();
    expect(outcome.status).toBe('incomplete');
    expect(outcome.summary).toMatch(/^generation 2 was not activated: a switch runs already/);
    expect(outcome.details).toEqual([
      'default: generation 2',
      'running: generation 3 (unchanged)',
      'boot menu: not touched',
      'the way back: sudo nixpulse rollback --to 3',
    ]);
    expect(world.steps()).toEqual(['nix-env']);
  });
});

describe('cancelled', () => {
  test('before anything is changed', async () => {
    const world = machine();
    world.closure = (path) => {
      world.cancel.abort();
      return `${path}\n`;
    };
    expect(await world.run()).toMatchObject({
      status: 'cancelled',
      summary: 'cancelled: nothing was changed',
    });
    expect(world.steps()).toEqual([]);
  });

  test('while the profile waits for its lock', async () => {
    const world = machine();
    world.nixEnv = () => {
      queueMicrotask(() => world.cancel.abort());
      return { endless: true };
    };
    expect(await world.run()).toMatchObject({
      status: 'cancelled',
      summary: 'cancelled: nothing was changed',
    });
    expect(world.spawn.calls.at(-1)).toMatchObject({ file: 'nix-env', cancelled: true });
  });

  test('after the profile has moved', async () => {
    const world = machine();
    world.nixEnv = (number) => {
      switchTo(world.files, number);
      world.cancel.abort();
      return { exitCode: 0 };
    };
    const outcome = await world.run();
    expect(outcome).toMatchObject({
      status: 'cancelled',
      summary: 'cancelled: the profile has moved, nothing is activated',
    });
    expect(outcome.details).toContain('the way back: sudo nixpulse rollback --to 3');
    expect(world.steps()).toEqual(['nix-env']);
  });

  test('not once the activation runs', async () => {
    const world = machine();
    const { activate } = world;
    world.activate = (path, mode) => {
      queueMicrotask(() => world.cancel.abort());
      return activate(path, mode);
    };
    expect(await world.run()).toMatchObject({ status: 'done' });
    expect(world.spawn.calls.every(({ cancelled }) => !cancelled)).toBe(true);
  });
});
