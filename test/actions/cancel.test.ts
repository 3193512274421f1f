import { describe, expect, test } from 'vitest';
import type { IntentOf } from '../../src/actions/action.ts';
import { cancel } from '../../src/actions/cancel.ts';
import { fail, ok } from '../../src/base/problem.ts';
import type { ProcessRaw } from '../../src/model/sample.ts';
import {
  createFakeMachine,
  daemonForest,
  type FakeMachine,
  type Made,
  ownStat,
  root,
  target,
  uid,
} from '../support/fake-machine.ts';

const client = { process: { pid: 210, startTime: 1210 }, command: 'nix-build x.nix' };

function perform(machine: FakeMachine, intent: Partial<IntentOf<'cancel'>> = {}) {
  const whole = { type: 'cancel', clients: [client], orphans: [], everything: false, ...intent } as const;
  return machine.run(cancel(whole, machine.context));
}

/** The worker of a client that has gone ends its builders, and then itself. */
function workerReacts(machine: FakeMachine): void {
  let readings = 0;
  machine.onRead = () => {
    if (machine.has(210)) return;
    readings += 1;
    if (readings === 3) for (const pid of [302, 301, root, 110]) if (machine.has(pid)) machine.end(pid);
  };
}

function rebuilder(pid: number, comm: string, ppid = 200): Made {
  return { pid, ppid, session: 200, comm, facts: { argv: [comm, 'switch'] } };
}

function ignores(...signals: readonly string[]) {
  return ({ pid }: ProcessRaw, signal: string) =>
    pid === 210 && signals.includes(signal) ? ok(undefined) : undefined;
}

describe('cancel', () => {
  test('is a Ctrl-C: INT to the client alone, and Nix does the rest', async () => {
    const machine = createFakeMachine();
    workerReacts(machine);
    expect(await perform(machine)).toEqual({
      status: 'done',
      summary: expect.stringMatching(/^cancelled nix-build x\.nix with 1 build in \d+ ms$/),
      details: [],
    });
    expect(machine.ports.signals.sent).toEqual([{ process: client.process, signal: 'INT' }]);
  });

  test('Nix first and alone, its callers once it has cleaned up, nothing else', async () => {
    const machine = createFakeMachine([
      ...daemonForest().filter(({ pid }) => pid !== 210),
      rebuilder(210, 'nixos-rebuild'),
      rebuilder(211, 'nixos-rebuild', 210),
      rebuilder(212, 'nix', 211),
      rebuilder(213, 'nix', 212),
      rebuilder(214, 'git', 212),
    ]);
    const { clock } = machine.ports;
    const cleanMs = clock.monotonic() + 400;
    const callersAt: number[] = [];
    machine.onSignal = ({ pid }, signal) => {
      expect([pid, signal]).not.toEqual([210, 'TERM']);
      if (pid !== 212) callersAt.push(clock.monotonic());
      return pid === 212 ? ok(undefined) : undefined;
    };
    machine.onRead = () => {
      if (clock.monotonic() > cleanMs) for (const pid of [302, 301, root, 213, 212]) remove(pid);
    };
    const remove = (pid: number) => machine.has(pid) && machine.end(pid);
    expect(await perform(machine)).toMatchObject({ status: 'done', details: [] });
    expect(machine.ports.signals.sent.map(({ process, signal }) => `${signal} ${process.pid}`)).toEqual([
      'INT 212',
      'INT 211',
      'INT 210',
    ]);
    expect(Math.min(...callersAt)).toBeGreaterThan(cleanMs);
    expect(machine.has(214)).toBe(true);
  });

  test('a caller does not wait for a Nix that not even KILL ends', async () => {
    const machine = createFakeMachine([rebuilder(210, 'nixos-rebuild'), rebuilder(212, 'nix', 210)]);
    machine.change(212, { state: 'D' });
    machine.onSignal = ({ pid }) => (pid === 212 ? ok(undefined) : undefined);
    expect(await perform(machine)).toMatchObject({
      status: 'failed',
      details: ['nix-build x.nix (210) is still there after KILL'],
    });
    expect(machine.has(210)).toBe(false);
  });

  test("what is root's in a user's rebuild holds nothing up, and is not said to have ended", async () => {
    const machine = createFakeMachine([rebuilder(210, 'nixos-rebuild'), rebuilder(212, 'nix-env', 210)]);
    machine.onSignal = ({ pid }) => (pid === 212 ? fail('denied', `process ${pid}`) : undefined);
    expect(await perform(machine)).toMatchObject({ status: 'denied' });
    expect(machine.has(210)).toBe(false);
  });

  test('TERM after a second where INT is not heard', async () => {
    const machine = createFakeMachine();
    machine.onSignal = ignores('INT');
    workerReacts(machine);
    const outcome = await perform(machine);
    expect(outcome).toMatchObject({ status: 'done', details: [] });
    expect(machine.ports.signals.sent.map(({ signal }) => signal)).toEqual(['INT', 'TERM']);
  });

  test('KILL after two for an evaluation that hears neither', async () => {
    const machine = createFakeMachine(daemonForest().filter(({ pid }) => pid < root));
    machine.onSignal = ignores('INT', 'TERM');
    expect(await perform(machine)).toEqual({
      status: 'done',
      summary: expect.stringMatching(/^cancelled nix-build x\.nix in 2\.\d s$/),
      details: ['nix-build x.nix heard neither INT nor TERM and was killed'],
    });
  });

  test('a client that removes its build directories is not killed at it', async () => {
    const machine = createFakeMachine([
      { pid: 210, ppid: 200, session: 200, comm: 'nix-build', facts: { argv: ['nix-build'] } },
      { pid: root, ppid: 210, uid, comm: 'bash' },
    ]);
    machine.onSignal = ({ pid }, signal) => {
      if (pid === 210 && signal === 'INT' && machine.has(root)) machine.end(root);
      return pid === 210 ? ok(undefined) : undefined;
    };
    machine.onRead = () => {
      if (machine.ports.clock.monotonic() > 6000) machine.end(210);
    };
    expect(await perform(machine)).toMatchObject({ status: 'done' });
    expect(machine.ports.signals.pids('KILL')).toEqual([]);
  });

  test('builds that it does not end in its time are ended, and it removes what they leave', async () => {
    const machine = createFakeMachine([
      { pid: 210, ppid: 200, session: 200, comm: 'nix-build', facts: { argv: ['nix-build'] } },
      { pid: root, ppid: 210, uid, comm: 'bash' },
    ]);
    const endMs = machine.ports.clock.monotonic() + 6000;
    machine.onSignal = ({ pid }) => (pid === 210 ? ok(undefined) : undefined);
    machine.onRead = () => {
      if (machine.ports.clock.monotonic() > endMs && machine.has(210)) machine.end(210);
    };
    expect(await perform(machine)).toMatchObject({
      status: 'done',
      details: ['1 build had to be killed: build of nixbld1'],
    });
    expect(new Set(machine.ports.signals.pids('KILL'))).toEqual(new Set([root]));
  });

  test('builds that a killed client leaves behind are ended', async () => {
    const machine = createFakeMachine([
      { pid: 210, ppid: 200, session: 200, comm: 'nix-build', facts: { argv: ['nix-build'] } },
      { pid: root, ppid: 210, uid, comm: 'bash' },
      { pid: 301, ppid: root, session: root, uid },
    ]);
    machine.onSignal = ignores('INT', 'TERM');
    const outcome = await perform(machine);
    expect(outcome).toMatchObject({
      status: 'done',
      details: [
        'nix-build x.nix heard neither INT nor TERM and was killed',
        '1 build had to be killed: build of nixbld1',
      ],
    });
    expect(machine.has(root) || machine.has(301)).toBe(false);
  });

  test('what an unnamed build leaves is known by its user, unless he builds again', async () => {
    const machine = createFakeMachine([{ pid: root, ppid: 1, uid, comm: 'bash' }]);
    const { clock, files } = machine.ports;
    for (const [name, owner] of [
      ['nix-build-hello-1.0.drv-0', uid],
      ['nix-build-other-1.0.drv-0', uid + 1],
    ] as const) {
      files.set(`/tmp/${name}/x`, '');
      files.setOwner(`/tmp/${name}`, { uid: owner, changedMs: clock.now() });
    }
    const orphan = { clients: [], orphans: [{ ...target, name: null }] };
    const said = 'left behind on the disk: /tmp/nix-build-hello-1.0.drv-0';
    expect((await perform(machine, orphan)).details).toContain(said);
    machine.add({ pid: root, ppid: 1, uid, comm: 'bash' });
    machine.onSignal = ({ pid }) => {
      machine.end(pid);
      machine.add({ pid: 400, ppid: 101, uid, comm: 'bash' }, { pid: 101, comm: 'nix-daemon' });
      return ok(undefined);
    };
    expect((await perform(machine, orphan)).details).not.toContain(said);
  });

  test('what a Nix that was killed leaves on the disk is said', async () => {
    const chroot = '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-hello-1.0.drv.chroot';
    const machine = createFakeMachine([
      rebuilder(210, 'nixos-rebuild'),
      rebuilder(211, 'nix-build', 210),
      { pid: root, ppid: 211, uid, comm: 'bash', facts: { rootMount: `${chroot}/root` } },
    ]);
    const { files } = machine.ports;
    const owner = { uid, device: 1, inode: 1, mode: 0, mtimeMs: 0 };
    const now = machine.ports.clock.now();
    files.setOwner(chroot, { ...owner, changedMs: now });
    for (const [name, changedMs] of [
      ['nix-build-hello-1.0.drv-0', now - 2_000_000],
      ['nix-build-hello-1.0.drv-1', now],
      ['nix-build-other-1.0.drv-0', now],
      ['nix-211-7', now],
      ['nix-212-7', now],
    ] as const) {
      files.set(`/tmp/${name}/x`, '');
      files.setOwner(`/tmp/${name}`, { ...owner, changedMs });
    }
    machine.onSignal = ({ pid }, signal) => (pid === 211 && signal !== 'KILL' ? ok(undefined) : undefined);
    expect(await perform(machine)).toMatchObject({
      status: 'done',
      details: expect.arrayContaining([
        `left behind on the disk: ${chroot}, /tmp/nix-build-hello-1.0.drv-1 and /tmp/nix-211-7`,
      ]),
    });
  });

  test('orphans named in the question are ended', async () => {
    const machine = createFakeMachine(daemonForest().filter(({ pid }) => pid !== 110 && pid !== 210));
    machine.change(root, { ppid: 1 });
    expect(await perform(machine, { clients: [], orphans: [target] })).toEqual({
      status: 'done',
      summary: expect.stringMatching(/^cancelled 1 build in/),
      details: ['1 build had to be killed: hello-1.0'],
    });
    expect(machine.has(root)).toBe(false);
  });

  test.each([
    ['ended', undefined, 'nix-build x.nix had already ended'],
    ['is another process of that pid', { startTime: 7 }, 'nix-build x.nix had already ended'],
    [
      'is a shell now',
      { comm: 'bash' },
      'nix-build x.nix was not touched: process 210 is bash now, no client of Nix',
    ],
  ])('a client that %s is refused', async (_, changes, summary) => {
    const machine = createFakeMachine();
    if (changes === undefined) machine.end(210);
    else machine.change(210, changes);
    expect(await perform(machine)).toEqual({ status: 'refused', summary, details: [] });
    expect(machine.ports.signals.sent).toEqual([]);
  });

  test.each([
    [110, 1211, 'a worker'],
    [100, 1100, 'the daemon'],
  ])('process %i (%i), %s, is no client', async (pid, startTime) => {
    const machine = createFakeMachine();
    const named = { process: { pid, startTime }, command: 'nix-daemon' };
    expect(await perform(machine, { clients: [named] })).toMatchObject({ status: 'refused' });
    expect(machine.ports.signals.sent).toEqual([]);
  });

  test('what nixpulse runs in is not cancelled', async () => {
    const machine = createFakeMachine();
    machine.ports.files.set('/proc/4242/stat', ownStat({ ppid: 210 }));
    expect(await perform(machine)).toMatchObject({
      status: 'refused',
      summary: 'nix-build x.nix was not touched: nixpulse itself runs below it',
    });
    expect(await perform(machine, { clients: [], everything: true })).toMatchObject({ status: 'refused' });
    expect(machine.ports.signals.sent).toEqual([]);
  });

  test("another user's client is denied, with the way to do it", async () => {
    const machine = createFakeMachine();
    machine.onSignal = ({ pid }) => fail('denied', `process ${pid}`);
    expect(await perform(machine)).toEqual({
      status: 'denied',
      summary:
        "nix-build x.nix: not permitted, it is another user's; run it as root: sudo nixpulse cancel 210",
      details: [],
    });
  });

  test('a stopped client is continued, so that it hears', async () => {
    const machine = createFakeMachine();
    machine.change(210, { state: 'T' });
    machine.onSignal = ({ pid }, signal) => {
      if (signal === 'CONT') machine.end(pid);
      return ok(undefined);
    };
    workerReacts(machine);
    expect(await perform(machine)).toMatchObject({ status: 'done' });
  });
});

describe('an activation', () => {
  const program = '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-nixos-system-box/bin/switch-to-configuration';
  const rebuild = { process: { pid: 210, startTime: 1210 }, command: 'nixos-rebuild switch' };
  const chosen = { ...rebuild, activating: true };
  const switching = (ppid: number, action = 'switch'): readonly Made[] => [
    { pid: 230, ppid, comm: 'switch-to-confi', facts: { argv: [program, action] } },
    { pid: 231, ppid: 230, session: 230, comm: 'activate', facts: { argv: ['bash'] } },
    { pid: 232, ppid: 231, session: 230, comm: 'chown' },
  ];
  const systemdRun: Made = {
    pid: 220,
    ppid: 210,
    session: 200,
    comm: 'systemd-run',
    facts: {
      argv: ['systemd-run', '--pipe', '--unit=nixos-rebuild-switch-to-configuration', program, 'switch'],
    },
  };
  const apart = () => createFakeMachine([rebuilder(210, 'nixos-rebuild'), systemdRun, ...switching(1)]);
  const below = () => createFakeMachine([rebuilder(210, 'nixos-rebuild'), ...switching(210)]);

  test.each([
    ['in a unit of systemd', apart],
    ['below the rebuild', below],
  ])('%s goes on where nobody asked to stop it, and that is said', async (_, machineOf) => {
    const machine = machineOf();
    const summary =
      'nixos-rebuild switch goes on: it activates a configuration, switch-to-configuration (230); to stop that: nixpulse cancel 210';
    expect(await perform(machine, { clients: [rebuild] })).toEqual({
      status: 'refused',
      summary,
      details: [],
    });
    machine.add({ pid: 240, ppid: 200, comm: 'nix-build', facts: { argv: ['nix-build'] } });
    expect(await perform(machine, { clients: [], everything: true })).toMatchObject({
      status: 'done',
      details: [summary],
    });
    expect(machine.ports.signals.sent.map(({ process }) => process.pid)).toEqual([240]);
  });

  test.each([
    ['in a unit of systemd', apart],
    ['below the rebuild', below],
  ])('%s that was chosen: all of it hears Ctrl-C, then the rebuild', async (_, machineOf) => {
    const machine = machineOf();
    // A script waits for what it runs, and ends only if that was ended.
    machine.onSignal = ({ pid }) => {
      const waits = pid === 231 && machine.has(232);
      if (pid === 232) machine.onRead = () => machine.has(231) && machine.end(231);
      return waits ? ok(undefined) : undefined;
    };
    expect(await perform(machine, { clients: [chosen] })).toEqual({
      status: 'done',
      summary: expect.stringMatching(/^cancelled nixos-rebuild switch in/),
      details: ['nixos-rebuild switch was stopped midway: run it again, or roll back (nixpulse rollback)'],
    });
    expect(machine.ports.signals.pids('INT')).toEqual([230, 231, 232, 210]);
    expect([210, 230, 231, 232].some(machine.has)).toBe(false);
  });

  test('what the forest no longer shows of it has not ended for that', async () => {
    const machine = below();
    const { clock, files } = machine.ports;
    const endMs = clock.monotonic() + 3000;
    machine.onSignal = ({ pid }) => {
      if (pid !== 232) return undefined;
      machine.end(232);
      files.set('/proc/232/stat', `232 (chown) S 1 232 230 0 -1 0 ${'0 '.repeat(10)}1 0 1232 0\n`);
      return ok(undefined);
    };
    machine.onRead = () => {
      if (clock.monotonic() > endMs) files.remove('/proc/232/stat');
    };
    expect(await perform(machine, { clients: [chosen] })).toMatchObject({ status: 'done' });
    expect(clock.monotonic()).toBeGreaterThan(endMs);
    const of = (pid: number) => machine.ports.signals.sent.filter(({ process }) => process.pid === pid);
    expect(of(232).map(({ signal }) => signal)).toEqual(['INT', 'TERM']);
  });

  test('that begins while its rebuild is cancelled goes on, and that is said', async () => {
    const machine = createFakeMachine([rebuilder(210, 'nixos-rebuild'), rebuilder(211, 'nix', 210)]);
    machine.onSignal = ({ pid }) => {
      if (pid !== 211) return undefined;
      machine.end(211);
      machine.end(210);
      machine.add(...switching(1).map((one) => ({ ...one, startTime: 200_000 + one.pid })));
      return ok(undefined);
    };
    expect(await perform(machine, { clients: [rebuild] })).toMatchObject({
      status: 'incomplete',
      details: [`an activation began meanwhile and goes on: switch-to-configuration switch (230)`],
    });
  });

  test('that changes nothing is cancelled like anything else', async () => {
    const machine = createFakeMachine([rebuilder(210, 'nixos-rebuild'), ...switching(210, 'dry-activate')]);
    expect(await perform(machine, { clients: [rebuild] })).toMatchObject({ status: 'done', details: [] });
  });
});

describe('cancel everything', () => {
  test('takes the clients of now, also those that start meanwhile', async () => {
    const machine = createFakeMachine();
    workerReacts(machine);
    const react = machine.onRead;
    machine.onRead = (reading) => {
      react(reading);
      if (reading === 6)
        machine.add({ pid: 220, ppid: 200, session: 200, comm: 'nix-build', facts: { argv: ['nix-build'] } });
    };
    expect(await perform(machine, { clients: [], everything: true })).toMatchObject({
      status: 'done',
      summary: expect.stringMatching(/^cancelled 2 clients with 1 build in/),
    });
    expect(machine.has(220)).toBe(false);
  });

  test('ends orphans that nobody named, and leaves the daemon', async () => {
    const machine = createFakeMachine(daemonForest().filter(({ pid }) => pid !== 110 && pid !== 210));
    machine.change(root, { ppid: 1 });
    expect(await perform(machine, { clients: [], everything: true })).toMatchObject({ status: 'done' });
    expect(machine.has(root)).toBe(false);
    expect(machine.has(100)).toBe(true);
  });

  test('ends builds whose worker does not, though their client is gone', async () => {
    const machine = createFakeMachine(daemonForest().filter(({ pid }) => pid !== 210));
    expect(await perform(machine, { clients: [], everything: true })).toMatchObject({ status: 'done' });
    expect(machine.has(root)).toBe(false);
    expect(machine.has(110)).toBe(true);
  });

  test('with nothing to cancel is no success', async () => {
    const machine = createFakeMachine(daemonForest().filter(({ pid }) => pid === 100));
    expect(await perform(machine, { clients: [], everything: true })).toEqual({
      status: 'refused',
      summary: 'nothing of Nix runs here',
      details: [],
    });
  });
});
