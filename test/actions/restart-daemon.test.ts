import { describe, expect, test } from 'vitest';
import { restartDaemon, restartUnit } from '../../src/actions/restart-daemon.ts';
import { fail, ok } from '../../src/base/problem.ts';
import { createFakeMachine, type FakeMachine, root } from '../support/fake-machine.ts';
import { fakeNative } from '../support/fake-ports.ts';

const intent = { type: 'restart-daemon' } as const;
const result = { exitCode: 0, signal: null, stdout: '', stderr: '' };

function withSystemd(): FakeMachine {
  const machine = createFakeMachine();
  machine.ports.files.set('/run/systemd/system/x', '');
  return machine;
}

test('systemd restarts it, and running builds go on', async () => {
  const machine = withSystemd();
  machine.ports.spawn.onRun = () => ok(result);
  expect(await restartDaemon(intent, machine.context)).toEqual({
    status: 'done',
    summary: 'restarted nix-daemon.service; the running build goes on',
    details: [],
  });
  const args = ['--no-ask-password', 'restart', 'nix-daemon.service'];
  expect(machine.ports.spawn.calls).toMatchObject([{ file: 'systemctl', args }]);
});

test('builds that ended with it are counted', async () => {
  const machine = withSystemd();
  machine.ports.spawn.onRun = () => {
    for (const pid of [root, 301, 302]) machine.end(pid);
    return ok(result);
  };
  const outcome = await restartDaemon(intent, machine.context);
  expect(outcome.summary).toBe('restarted nix-daemon.service; the running build has ended');
});

test('what systemctl says is handed on', async () => {
  const machine = withSystemd();
  machine.ports.spawn.onRun = () => ok({ ...result, exitCode: 5, stderr: 'Unit not found.\n\n' });
  expect(await restartDaemon(intent, machine.context)).toEqual({
    status: 'failed',
    summary: 'systemctl restart nix-daemon.service failed with exit code 5',
    details: ['Unit not found.'],
  });
});

test('a systemctl that does not answer is a failure', async () => {
  const machine = withSystemd();
  machine.ports.spawn.onRun = (file) => fail('timeout', file);
  expect(await restartDaemon(intent, machine.context)).toMatchObject({ status: 'failed' });
});

test('without systemd it is refused, and nothing is started', async () => {
  const machine = createFakeMachine();
  expect(await restartDaemon(intent, machine.context)).toMatchObject({
    status: 'refused',
    summary: 'systemd does not run here: restart the daemon as it was started',
  });
  expect(machine.ports.spawn.calls).toEqual([]);
});

test('without root it is denied, with the command that does it', async () => {
  const { context, ports } = withSystemd();
  const unprivileged = { ...context, ports: { ...ports, native: fakeNative({ uid: 1000 }) } };
  expect(await restartDaemon(intent, unprivileged)).toEqual({
    status: 'denied',
    summary: 'restarting the daemon needs root',
    details: ['sudo systemctl restart nix-daemon.service'],
  });
  expect(ports.spawn.calls).toEqual([]);
});

test('a look for systemd that came too late refuses nothing', async () => {
  const machine = withSystemd();
  machine.ports.files.ownerSlow = async (path) => fail('timeout', path);
  machine.ports.spawn.onRun = () => ok(result);
  expect(await restartDaemon(intent, machine.context)).toMatchObject({ status: 'done' });
});

describe('a unit that the settings name', () => {
  const restart = (unit: string, machine: FakeMachine) =>
    restartUnit({ type: 'restart-unit', unit }, machine.context);

  test('is restarted, and of builds nothing is said', async () => {
    const machine = withSystemd();
    machine.ports.spawn.onRun = () => ok(result);
    expect(await restart('nix-serve.service', machine)).toEqual({
      status: 'done',
      summary: 'restarted nix-serve.service',
      details: [],
    });
    expect(machine.ports.spawn.calls).toMatchObject([
      { file: 'systemctl', args: ['--no-ask-password', 'restart', 'nix-serve.service'] },
    ]);
  });

  test('that took builds along', async () => {
    const machine = withSystemd();
    machine.ports.spawn.onRun = () => {
      for (const pid of [root, 301, 302]) machine.end(pid);
      return ok(result);
    };
    expect((await restart('ci@1.service', machine)).summary).toBe(
      'restarted ci@1.service; the running build has ended',
    );
  });

  test.each(['--now.service', '-a.service', 'x', 'a b.service', '../x.service', 'x.service; y.service', ''])(
    '%j is no name of one',
    async (unit) => {
      const machine = withSystemd();
      expect(await restart(unit, machine)).toMatchObject({ status: 'refused' });
      expect(machine.ports.spawn.calls).toEqual([]);
    },
  );

  test('needs root', async () => {
    const machine = withSystemd();
    Object.assign(machine.ports, { native: fakeNative({ uid: 1000 }) });
    expect(await restart('nix-serve.service', machine)).toEqual({
      status: 'denied',
      summary: 'restarting nix-serve.service needs root',
      details: ['sudo systemctl restart nix-serve.service'],
    });
  });
});
