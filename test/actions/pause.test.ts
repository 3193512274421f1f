import { describe, expect, test } from 'vitest';
import { leftBehind } from '../../src/actions/change-registry.ts';
import { pause } from '../../src/actions/pause.ts';
import { pausedBuilds, resumeAll, stillPaused } from '../../src/actions/paused-builds.ts';
import { resume } from '../../src/actions/resume.ts';
import { fail, ok } from '../../src/base/problem.ts';
import type { ProcessRaw } from '../../src/model/sample.ts';
import { parsePaused } from '../../src/parse/paused-file.ts';
import {
  createFakeMachine,
  daemonForest,
  type FakeMachine,
  forest,
  ownStat,
  root,
  target,
  uid,
} from '../support/fake-machine.ts';

const file = '/state/paused.json';
const intent = { type: 'pause', targets: [target] } as const;
const states = (machine: FakeMachine, ...pids: number[]) => pids.map((pid) => machine.process(pid).state);
const processesNow = ({ context }: FakeMachine) => context.readForest()?.processes ?? [];
const warning = 'its memory stays; Nix may still end it (max-silent-time, timeout)';

function pauseIt(machine: FakeMachine) {
  return machine.run(pause(intent, machine.context));
}
function resumeIt(machine: FakeMachine) {
  return machine.run(resume({ type: 'resume', targets: [target] }, machine.context));
}

describe('pause', () => {
  test('stops all of it and warns', async () => {
    const machine = createFakeMachine([...daemonForest(), { pid: 400, uid }]);
    expect(await pauseIt(machine)).toEqual({
      status: 'done',
      summary: 'paused hello-1.0: 4 processes stand still',
      details: [warning],
    });
    expect(states(machine, root, 301, 302, 400)).toEqual(['T', 'T', 'T', 'T']);
    expect(states(machine, 100, 110, 210)).toEqual(['S', 'S', 'S']);
  });

  test('is recorded before the first signal', async () => {
    const machine = createFakeMachine();
    const sent: number[] = [];
    machine.ports.ownFiles.onReplace = () => void sent.push(machine.ports.signals.sent.length);
    await pauseIt(machine);
    expect(sent[0]).toBe(0);
    const [paused] = await pausedBuilds.load(machine.context);
    expect(paused?.target).toEqual(target);
    expect(paused?.processes.map(({ pid }) => pid)).toEqual([root, 301, 302]);
    expect(paused?.by).toEqual({ pid: 4242, startTime: 777 });
  });

  describe('what proves the builder has not been read yet', () => {
    const direct = { ...target, uid: 1000, user: null };
    const chroot = '/nix/store/1nq4bclzv4cgrbmq6vj95qd6xh2z8pds-firefox-130.0.drv.chroot';
    const single = () =>
      createFakeMachine([
        { pid: 700, comm: 'nix-build', uid: 1000, facts: { argv: ['nix-build'] } },
        { pid: root, ppid: 700, uid: 1000, facts: {} },
        { pid: 301, ppid: root, session: root, uid: 1000 },
      ]);
    const pauseDirect = (machine: FakeMachine) =>
      machine.run(pause({ type: 'pause', targets: [direct] }, machine.context));

    test('it is waited for, and recorded before the first signal', async () => {
      const machine = single();
      const sent: number[] = [];
      machine.ports.ownFiles.onReplace = () => void sent.push(machine.ports.signals.sent.length);
      machine.onRead = (reading) => {
        if (reading < 5) expect(machine.ports.signals.sent).toEqual([]);
        if (reading === 5) machine.change(root, { facts: { rootMount: chroot } });
      };
      expect(await pauseDirect(machine)).toMatchObject({ status: 'done' });
      expect(states(machine, root, 301)).toEqual(['T', 'T']);
      expect(sent[0]).toBe(0);
      expect((await pausedBuilds.load(machine.context))[0]?.processes).toHaveLength(2);
    });

    test('not for ever: then it says so, and nothing is recorded', async () => {
      const machine = single();
      expect(await pauseDirect(machine)).toMatchObject({
        status: 'refused',
        summary: expect.stringContaining('was not paused: not yet: what proves process 300'),
      });
      expect(machine.ports.signals.sent).toEqual([]);
      expect(await pausedBuilds.load(machine.context)).toEqual([]);
    });
  });

  test('meets what forks while it stops', async () => {
    const machine = createFakeMachine();
    machine.onRead = (reading) => {
      if (reading === 2) machine.add({ pid: 401, uid }, { pid: 402, ppid: 401, session: 401, uid });
    };
    await pauseIt(machine);
    expect(states(machine, 401, 402)).toEqual(['T', 'T']);
    const [paused] = await pausedBuilds.load(machine.context);
    expect(paused?.processes.map(({ pid }) => pid)).toContain(402);
  });

  test('what sits in uninterruptible sleep has its signal and is not waited for', async () => {
    const machine = createFakeMachine();
    machine.onSignal = ({ pid }) => (pid === 302 ? ok(undefined) : undefined);
    machine.change(302, { state: 'D' });
    expect(await pauseIt(machine)).toMatchObject({ status: 'done' });
    expect(machine.ports.signals.pids('STOP')).toContain(302);
  });

  test('what will not stop is said', async () => {
    const machine = createFakeMachine();
    machine.onSignal = ({ pid }) => (pid === 302 ? ok(undefined) : undefined);
    const outcome = await pauseIt(machine);
    expect(outcome.status).toBe('incomplete');
    expect(outcome.details[0]).toBe('hello-1.0: 1 process of it would not stop');
  });

  test('that cannot be recorded is done all the same, and said', async () => {
    const machine = createFakeMachine();
    machine.ports.ownFiles.failing.set(file, 'denied');
    const outcome = await pauseIt(machine);
    expect(outcome).toMatchObject({ status: 'done' });
    expect(outcome.details.at(-1)).toBe(
      `it could not be recorded (${file}: not permitted): resume it before nixpulse ends`,
    );
  });

  test.each(['gone', 'denied'] as const)('%s: nothing stays recorded', async (what) => {
    const machine = createFakeMachine();
    if (what === 'denied') machine.onSignal = ({ pid }) => fail('denied', `process ${pid}`);
    else for (const pid of [root, 301, 302]) machine.end(pid);
    const outcome = await pauseIt(machine);
    expect(outcome.status).toBe(what === 'gone' ? 'refused' : 'denied');
    expect(outcome.summary).toContain(what === 'gone' ? 'it has ended' : 'sudo nixpulse pause hello-1.0');
    expect(await pausedBuilds.load(machine.context)).toEqual([]);
  });

  test('a build with a cgroup of its own is frozen, and thawed', async () => {
    const machine = createFakeMachine();
    const { files, signals } = machine.ports;
    const directory = `/sys/fs/cgroup/system.slice/nix-daemon.service/nix-build-uid-${uid}`;
    files.set(`/proc/${root}/cgroup`, `0::/system.slice/nix-daemon.service/nix-build-uid-${uid}\n`);
    files.set(
      '/proc/self/mountinfo',
      '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n',
    );
    files.set(`${directory}/cgroup.events`, 'populated 1\nfrozen 0\n');
    signals.onControlCgroup = (path, order) => {
      files.set(`${path}/cgroup.events`, `populated 1\nfrozen ${order === 'freeze' ? 1 : 0}\n`);
      return ok(undefined);
    };
    const recorded: boolean[] = [];
    machine.ports.ownFiles.onReplace = (_, text) => void recorded.push(text.includes(`"${directory}"`));
    expect(await pauseIt(machine)).toMatchObject({ status: 'done' });
    // Also by the first record: whoever dies right after the freeze has left what thaws it.
    expect(recorded[0]).toBe(true);
    expect(signals.sent).toEqual([]);
    const [paused] = await pausedBuilds.load(machine.context);
    expect(paused?.cgroup).toBe(directory);
    expect(
      stillPaused([paused as NonNullable<typeof paused>], forest(processesNow(machine)), files),
    ).toHaveLength(1);
    expect(await resumeIt(machine)).toMatchObject({ status: 'done' });
    expect(signals.cgroupOrders).toEqual([
      { directory, order: 'freeze' },
      { directory, order: 'thaw' },
    ]);
  });

  test.each([
    ['another user’s cgroup', `0::/nix-build-uid-${uid + 1}\n`],
    ['a cgroup outside of our namespace', `0::/../nix-build-uid-${uid}\n`],
    ['cgroup v1', `4:memory:/nix-build-uid-${uid}\n`],
    ['the daemon’s cgroup', '0::/system.slice/nix-daemon.service\n'],
  ])('%s is left alone', async (_, text) => {
    const machine = createFakeMachine();
    machine.ports.files.set(`/proc/${root}/cgroup`, text);
    machine.ports.files.set('/proc/self/mountinfo', '35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n');
    machine.ports.signals.onControlCgroup = () => ok(undefined);
    await pauseIt(machine);
    expect(machine.ports.signals.cgroupOrders).toEqual([]);
    expect(states(machine, root)).toEqual(['T']);
  });
});

describe('resume', () => {
  test('continues all of it and forgets it', async () => {
    const machine = createFakeMachine();
    await pauseIt(machine);
    machine.ports.clock.advance(90_000);
    expect(await resumeIt(machine)).toMatchObject({
      status: 'done',
      summary: 'resumed hello-1.0 after 90 s: 3 processes go on',
    });
    expect(states(machine, root, 301, 302)).toEqual(['S', 'S', 'S']);
    expect(machine.ports.ownFiles.texts.has(file)).toBe(false);
  });

  test('what was stopped by others is resumed too', async () => {
    const machine = createFakeMachine();
    for (const pid of [root, 301, 302]) machine.change(pid, { state: 'T' });
    expect(await resumeIt(machine)).toMatchObject({ status: 'done' });
  });

  test('a build that Nix ended meanwhile is refused and forgotten', async () => {
    const machine = createFakeMachine();
    await pauseIt(machine);
    for (const pid of [root, 301, 302]) machine.end(pid);
    expect(await resumeIt(machine)).toMatchObject({
      status: 'refused',
      summary: 'hello-1.0 was not resumed: it has ended',
    });
    expect(machine.ports.ownFiles.texts.has(file)).toBe(false);
  });

  test('a recorded escapee is resumed though its root is gone', async () => {
    const machine = createFakeMachine([...daemonForest(), { pid: 400, uid }]);
    await pauseIt(machine);
    for (const pid of [root, 301, 302]) machine.end(pid);
    expect(await resumeIt(machine)).toMatchObject({ status: 'done' });
    expect(states(machine, 400)).toEqual(['S']);
  });

  test('one that is not paused is no success', async () => {
    expect(await resumeIt(createFakeMachine())).toMatchObject({
      status: 'refused',
      summary: 'hello-1.0 is not paused',
    });
  });

  test('what cannot be continued is denied', async () => {
    const machine = createFakeMachine();
    await pauseIt(machine);
    machine.onSignal = ({ pid }) => fail('denied', `process ${pid}`);
    expect(await resumeIt(machine)).toMatchObject({ status: 'denied' });
    expect(await pausedBuilds.load(machine.context)).toHaveLength(1);
  });
});

describe('what was paused', () => {
  async function paused(): Promise<FakeMachine> {
    const machine = createFakeMachine();
    await pauseIt(machine);
    return machine;
  }
  const there = async (machine: FakeMachine, processes: readonly ProcessRaw[] = processesNow(machine)) =>
    stillPaused(await pausedBuilds.load(machine.context), forest(processes), machine.ports.files).length;

  test('is offered while it stands still', async () => {
    expect(await there(await paused())).toBe(1);
  });

  test('is no more when it runs again or ended', async () => {
    const machine = await paused();
    const running = processesNow(machine).map((one) => ({ ...one, state: 'S' as const }));
    expect(await there(machine, running)).toBe(0);
    expect(await there(machine, [])).toBe(0);
  });

  test('is no more when its pids are somebody else, stopped or not', async () => {
    const machine = await paused();
    const others = processesNow(machine).map((one) => ({ ...one, startTime: one.startTime + 1 }));
    expect(await there(machine, others)).toBe(0);
  });

  test('of another boot does not count', async () => {
    const machine = await paused();
    machine.ports.files.set('/proc/sys/kernel/random/boot_id', 'next-boot\n');
    expect(await pausedBuilds.load(machine.context)).toEqual([]);
  });

  test('is left behind once the nixpulse that did it is gone', async () => {
    const machine = await paused();
    const records = await pausedBuilds.load(machine.context);
    expect(leftBehind(records, machine.ports.files)).toEqual([]);
    machine.ports.files.remove('/proc/4242/stat');
    expect(leftBehind(records, machine.ports.files)).toEqual(records);
  });

  test('is resumed on exit', async () => {
    const machine = await paused();
    const again = (targets: readonly (typeof target)[]) =>
      resume({ type: 'resume', targets }, machine.context);
    expect(await machine.run(resumeAll(again, machine.context, 'own'))).toMatchObject({ status: 'done' });
    expect(states(machine, root)).toEqual(['S']);
    expect(await machine.run(resumeAll(again, machine.context, 'own'))).toBeNull();
  });

  test('by another nixpulse is left to it', async () => {
    const machine = await paused();
    machine.ports.files.set('/proc/4242/stat', ownStat({ startTime: 888 }));
    const never = () => Promise.reject(new Error('resumed'));
    expect(await machine.run(resumeAll(never, machine.context, 'own'))).toBeNull();
  });
});

describe('paused.json', () => {
  const row = {
    target,
    processes: [{ pid: 300, startTime: 1300 }],
    cgroup: null,
    pausedAtMs: 1,
    by: { pid: 4242, startTime: 777 },
  };
  const text = (builds: unknown, more: object = {}) =>
    JSON.stringify({ version: 1, bootId: 'x', builds, ...more });

  test('is read as it was written', () => {
    expect(parsePaused(text([row]))).toEqual({ bootId: 'x', builds: [{ ...row, lasting: false }] });
  });

  test.each([
    ['', null],
    ['{', null],
    ['null', null],
    ['[]', null],
    [text([row], { version: 2 }), null],
    [text([row], { bootId: '' }), null],
    [text({}), null],
    [text([null, 5, 'x', {}, { ...row, by: null }]), 0],
    [text([{ ...row, processes: [{ pid: 1, startTime: 0 }] }]), 0],
    [text([{ ...row, processes: [{ pid: -300, startTime: 1 }] }]), 0],
    [text([{ ...row, processes: [{ pid: '300', startTime: 1 }] }]), 0],
    [text([{ ...row, processes: [{ pid: 300.5, startTime: 1 }] }]), 0],
    [text([{ ...row, cgroup: 5 }]), 0],
    [text([{ ...row, target: { root: { pid: 0, startTime: 0 }, uid: null } }]), 0],
    [text([{ ...row, target: { ...target, uid: 'root' } }, row]), 1],
  ])('hostile: %s', (hostile, builds) => {
    expect(parsePaused(hostile)?.builds.length ?? null).toBe(builds);
  });
});
