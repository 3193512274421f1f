import { describe, expect, test } from 'vitest';
import { kill } from '../../src/actions/kill.ts';
import { fail, ok } from '../../src/base/problem.ts';
import type { BuildTarget } from '../../src/model/intents/intent.ts';
import {
  createFakeMachine,
  daemonForest,
  type FakeMachine,
  root,
  target,
  uid,
} from '../support/fake-machine.ts';

function perform(machine: FakeMachine, targets: readonly BuildTarget[] = [target]) {
  return machine.run(kill({ type: 'kill', targets, reason: null }, machine.context));
}

/** What Nix does: reaps the builder, ends the worker's run and with it the client. */
function nixReacts(machine: FakeMachine, { client = true }: { client?: boolean } = {}): void {
  machine.onRead = () => {
    if (!machine.has(root) && client) machine.end(210);
  };
}

describe('kill', () => {
  test('ends all of it, root first, and says what it brought', async () => {
    const machine = createFakeMachine([...daemonForest(), { pid: 400, uid, residentBytes: 3 * 2 ** 30 }]);
    nixReacts(machine);
    machine.ports.files.set('/proc/meminfo', 'MemTotal: 8000000 kB\nMemAvailable: 1000000 kB\n');
    machine.onSignal = () => {
      machine.ports.files.set('/proc/meminfo', 'MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\n');
      return undefined;
    };
    expect(await perform(machine)).toEqual({
      status: 'done',
      summary: 'killed hello-1.0: 4 processes ended in 10 ms, 3.0 GB were resident, 2.9 GB came back',
      details: ['nix-build x.nix ended with it'],
    });
    expect(machine.ports.signals.pids('KILL')).toEqual([root, 301, 302, 400]);
    for (const pid of [100, 110]) expect(machine.has(pid), `process ${pid}`).toBe(true);
  });

  test('no signal goes to anything else', async () => {
    const machine = createFakeMachine([
      ...daemonForest(),
      { pid: 500, ppid: 110, uid: uid + 1 },
      { pid: 600, uid: 1000 },
    ]);
    await perform(machine);
    expect(new Set(machine.ports.signals.sent.map(({ process }) => process.pid))).toEqual(
      new Set([root, 301, 302]),
    );
  });

  describe('what proves the builder has not been read yet', () => {
    const direct = { ...target, uid: 1000, user: null };
    const single = () =>
      createFakeMachine([
        { pid: 700, comm: 'nix-build', uid: 1000, facts: { argv: ['nix-build'] } },
        { pid: root, ppid: 700, uid: 1000, facts: {} },
        { pid: 301, ppid: root, session: root, uid: 1000 },
      ]);

    test('it is waited for, and nothing is signalled before', async () => {
      const machine = single();
      machine.onRead = (reading) => {
        if (reading < 5) expect(machine.ports.signals.pids('KILL')).toEqual([]);
        if (reading === 5)
          machine.change(root, {
            facts: { rootMount: '/nix/store/1nq4bclzv4cgrbmq6vj95qd6xh2z8pds-firefox-130.0.drv.chroot' },
          });
      };
      expect(await perform(machine, [direct])).toMatchObject({ status: 'done' });
      expect(machine.progress).toContain('reads what proves the builder');
      expect(machine.ports.signals.pids('KILL')).toEqual([root, 301]);
    });

    test('not for ever: then it says so', async () => {
      const machine = single();
      const outcome = await perform(machine, [direct]);
      expect(outcome.status).toBe('refused');
      expect(outcome.summary).toContain('was not touched: not yet: what proves process 300');
      expect(machine.ports.signals.sent).toEqual([]);
    });

    test('cancelled meanwhile, the same', async () => {
      const machine = single();
      machine.onRead = (reading) => {
        if (reading === 3) machine.abort();
      };
      expect(await perform(machine, [direct])).toMatchObject({ status: 'refused' });
      expect(machine.ports.signals.sent).toEqual([]);
    });
  });

  test('repeats until what was forked meanwhile is gone too', async () => {
    const machine = createFakeMachine();
    let next = 400;
    machine.onRead = (reading) => {
      if (reading > 0 && reading < 20) machine.add({ pid: next++, uid });
    };
    const outcome = await perform(machine);
    expect(outcome).toMatchObject({ status: 'done' });
    expect(machine.has(next - 1)).toBe(false);
    expect(next).toBeGreaterThan(415);
  });

  test('never meets the next build of the same user', async () => {
    const machine = createFakeMachine();
    machine.onRead = (reading) => {
      if (reading !== 2) return;
      machine.add({ pid: 400, ppid: 110, uid, comm: 'bash' }, { pid: 401, ppid: 400, session: 400, uid });
      machine.add({ pid: 402, uid });
    };
    expect(await perform(machine)).toMatchObject({ status: 'done' });
    for (const pid of [400, 401, 402]) expect(machine.has(pid), `process ${pid}`).toBe(true);
  });

  test('a zombie root that nobody reaps does not count', async () => {
    const machine = createFakeMachine();
    machine.onSignal = ({ pid }) => {
      if (pid !== root) return undefined;
      machine.end(root, 'zombie');
      return ok(undefined);
    };
    expect(await perform(machine)).toMatchObject({ status: 'done' });
  });

  test('a dead leader whose threads live counts', async () => {
    const machine = createFakeMachine();
    machine.change(302, { state: 'Z', threads: 3 });
    await perform(machine);
    expect(machine.ports.signals.pids('KILL')).toContain(302);
  });

  test('groups of the build are signalled whole', async () => {
    const machine = createFakeMachine();
    const groups: number[] = [];
    machine.ports.signals.onSendGroup = ({ pid }) => {
      groups.push(pid);
      return ok(undefined);
    };
    await perform(machine);
    expect(new Set(groups)).toEqual(new Set([root]));
  });

  test('what sits in uninterruptible sleep is named, and not waited for without end', async () => {
    const machine = createFakeMachine();
    machine.change(302, { state: 'D' });
    const outcome = await perform(machine);
    expect(outcome).toMatchObject({
      status: 'incomplete',
      summary: expect.stringMatching(/2 processes ended in .*, 1 process would not go/),
    });
    expect(outcome.details[0]).toBe(
      'hello-1.0: cc1plus (302) in uninterruptible sleep, ends when the disk answers',
    );
    expect(machine.progress).toContain('waits for 1 process');
  });

  test('given up where a reading takes long, it names what is left or nothing', async () => {
    const machine = createFakeMachine();
    machine.onRead = (reading) => {
      if (reading > 0) machine.ports.clock.advance(6000);
    };
    const outcome = await machine.run(
      kill({ type: 'kill', targets: [target], reason: null }, machine.context),
    );
    expect(outcome).toMatchObject({ status: 'done', summary: expect.stringContaining('killed hello-1.0') });
    expect(outcome.details.filter((line) => /: ?$/.test(line))).toEqual([]);
  });

  test('one that ended between question and answer is refused', async () => {
    const machine = createFakeMachine();
    for (const pid of [root, 301, 302]) machine.end(pid);
    expect(await perform(machine)).toEqual({
      status: 'refused',
      summary: 'hello-1.0 had already ended',
      details: [],
    });
    expect(machine.ports.signals.sent).toEqual([]);
  });

  test('a pid that was given to somebody else is not signalled', async () => {
    const machine = createFakeMachine();
    for (const pid of [root, 301, 302]) machine.end(pid);
    machine.add({ pid: root, startTime: 77_777, comm: 'postgres', uid: 70 });
    expect(await perform(machine)).toMatchObject({ status: 'refused' });
    expect(machine.ports.signals.sent).toEqual([]);
  });

  test('a user is told which privilege is missing, and nothing is tried twice', async () => {
    const machine = createFakeMachine();
    machine.onSignal = ({ pid }) => fail('denied', `process ${pid}`);
    expect(await perform(machine)).toEqual({
      status: 'denied',
      summary:
        'hello-1.0: not permitted: its processes are nixbld1’s; run it as root: sudo nixpulse kill hello-1.0',
      details: [],
    });
    expect(machine.ports.signals.sent).toHaveLength(1);
  });

  test('where no process can be read nothing is signalled', async () => {
    const machine = createFakeMachine();
    const context = { ...machine.context, readForest: () => null };
    const outcome = await machine.run(kill({ type: 'kill', targets: [target], reason: null }, context));
    expect(outcome.status).toBe('refused');
  });

  test('several builds in one run; the one that had ended does not spoil it', async () => {
    const second: BuildTarget = {
      root: { pid: 500, startTime: 1500 },
      uid: uid + 1,
      name: 'zlib-1.3',
      user: 'nixbld2',
    };
    const third: BuildTarget = {
      root: { pid: 600, startTime: 1600 },
      uid: uid + 2,
      name: 'gone-1',
      user: null,
    };
    const machine = createFakeMachine([
      ...daemonForest(),
      { pid: 500, ppid: 110, uid: uid + 1 },
      { pid: 501, ppid: 500, session: 500, uid: uid + 1 },
    ]);
    const outcome = await perform(machine, [target, second, third]);
    expect(outcome).toMatchObject({
      status: 'done',
      summary: expect.stringContaining('killed hello-1.0 and zlib-1.3: 5 processes ended'),
    });
    expect(outcome.details).toContain('gone-1 had already ended');
  });

  test('a client with --keep-going goes on, and is not waited for', async () => {
    const machine = createFakeMachine();
    machine.change(210, { facts: { argv: ['nix-build', '--keep-going', 'x.nix'] } });
    const outcome = await perform(machine);
    expect(outcome.details).toEqual(['nix-build --keep-going x.nix goes on (--keep-going)']);
  });

  test('a client that does not end is said to be there', async () => {
    const outcome = await perform(createFakeMachine());
    expect(outcome.details).toEqual(['nix-build x.nix has not ended yet']);
  });

  test('can be given up midway', async () => {
    const machine = createFakeMachine();
    machine.onSignal = () => ok(undefined);
    machine.onRead = (reading) => {
      if (reading === 5) machine.abort();
    };
    const outcome = await perform(machine);
    expect(outcome.summary).toContain('3 processes would not go');
    expect(machine.ports.clock.monotonic()).toBeLessThan(4000);
  });
});
