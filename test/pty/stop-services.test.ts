/** `nixpulse watch --stop-services` with a systemctl that keeps its units in files: they start again whatever happens. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { pause, until } from '../lab/wait.ts';
import { launcher, openPty } from '../support/pty.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-services-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** `app` needs `db`, and stops with it; `stubborn` does not stop; `alias` is `dbus.service`. */
function systemd(...active: readonly string[]) {
  const directory = mkdtempSync(join(scratch, 'systemd-'));
  mkdirSync(join(directory, 'active'));
  for (const unit of active) writeFileSync(join(directory, 'active', unit), '');
  const script = `#!/bin/sh
cd ${directory}
echo "$*" >>log
verb=$1
while [ "$1" != -- ] && [ $# -gt 0 ]; do shift; done
[ $# -gt 0 ] && shift
case $verb in
list-units) for unit in active/*; do [ -e "$unit" ] && echo "\${unit#active/} loaded active running A unit"; done; true ;;
show) for unit; do [ $unit = alias.service ] && unit=dbus.service; echo $unit; echo; done ;;
stop) for unit; do
  [ $unit = stubborn.service ] && { echo "Failed to stop stubborn.service: Access denied" >&2; exit 4; }
  rm -f active/$unit; [ $unit = db.service ] && rm -f active/app.service; sleep "\${SLOW_STOP:-0}"; done; true ;;
start) for unit; do : >active/$unit; done ;;
esac
`;
  writeFileSync(join(directory, 'systemctl'), script);
  chmodSync(join(directory, 'systemctl'), 0o755);
  const log = join(directory, 'log');
  return {
    environment: { PATH: `${directory}:${process.env.PATH}`, HOME: scratch, LANG: 'C.UTF-8' },
    active: () => readdirSync(join(directory, 'active')).sort(),
    did: (verb: string) =>
      (existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []).filter((line) => line.startsWith(verb)),
  };
}
type Systemd = ReturnType<typeof systemd>;

function watch({ environment }: Systemd, services: string, command: string, ...flags: readonly string[]) {
  const args = ['watch', '--stop-services', services, ...flags, '--', 'sh', '-c', command];
  const { status, stderr } = spawnSync(launcher, args, { encoding: 'utf8', input: '', env: environment });
  return { status, stderr };
}

describe('services stand still while the command runs', () => {
  test('what ran starts again, and so does what stopped with it; what did not run is left so', () => {
    const machine = systemd('db.service', 'app.service', 'web.service', 'nix-daemon.service');
    const report = join(scratch, 'report');
    const { status, stderr } = watch(
      ...([machine, 'db,web.service,idle', `ls "\${PATH%%:*}"/active >${report}; exit 3`] as const),
      '--yes',
    );
    expect(status).toBe(3);
    expect(readFileSync(report, 'utf8')).toBe('nix-daemon.service\n');
    expect(machine.active()).toEqual(['app.service', 'db.service', 'nix-daemon.service', 'web.service']);
    expect(machine.did('stop')).toEqual(['stop --no-ask-password -- db.service web.service']);
    expect(machine.did('start')).toEqual(['start --no-ask-password -- db.service web.service app.service']);
    expect(stderr).toContain('nixpulse: not running, and left so: idle.service\n');
    expect(stderr).toContain('nixpulse: stopped with them: app.service\n');
    expect(stderr).toContain('nixpulse: started again: db.service, web.service and app.service\n');
  });

  test.each([
    ['nix-daemon', 'nix-daemon.service is not stopped: Nix builds with it'],
    ['web,sshd', 'sshd.service is not stopped: who came by ssh would be locked out'],
    ['alias', 'dbus.service is not stopped: the machine runs by it'],
    ['multi-user.target', "'multi-user.target' is no service, socket, timer or path of systemd"],
  ])('%s is refused, and nothing begins', (services, message) => {
    const machine = systemd('web.service', 'nix-daemon.service', 'sshd.service', 'dbus.service');
    const { status, stderr } = watch(machine, services, 'echo began >&2', '--yes');
    expect({ status, stderr }).toEqual({ status: 1, stderr: `nixpulse: ${message}\n` });
    expect(machine.did('stop')).toEqual([]);
  });

  test('one that cannot be stopped: those that were start again, and nothing begins', () => {
    const machine = systemd('web.service', 'stubborn.service');
    const { status, stderr } = watch(machine, 'web,stubborn', 'echo began >&2', '--yes');
    expect(status).toBe(process.getuid?.() === 0 ? 1 : 3);
    expect(stderr).toContain('not stopped: Failed to stop stubborn.service: Access denied');
    expect(stderr).not.toContain('began');
    expect(machine.active()).toEqual(['stubborn.service', 'web.service']);
  });

  test('without systemd, and without anybody to ask', () => {
    const nobody = systemd('web.service');
    const asked = watch(nobody, 'web', 'echo began >&2');
    expect(asked).toEqual({
      status: 2,
      stderr: "nixpulse: '--stop-services' asks first, and this is no terminal: add --yes\n",
    });
    expect(nobody.did('stop')).toEqual([]);
  });

  test('what does not run at all needs no question', () => {
    const machine = systemd('web.service');
    expect(watch(machine, 'db', 'exit 0').status).toBe(0);
    expect([...machine.did('stop'), ...machine.did('start')]).toEqual([]);
  });

  test.each([
    ['y', 0, ['stop --no-ask-password -- web.service']],
    ['n', 1, []],
    ['<enter>', 1, []],
    ['<ctrl-c>', 130, []],
  ] as const)('a person answers %s', async (key, exitCode, stops) => {
    const machine = systemd('web.service');
    using pty = openPty({
      args: ['watch', '--stop-services', 'web', '--', 'sh', '-c', 'sleep 1'],
      env: machine.environment,
    });
    await pty.waitForText('web.service stops now, and starts again at the end.');
    await pty.waitForText('Stop? [y/N]');
    pty.press(key);
    if (key === 'y' || key === 'n') pty.press('<enter>');
    expect((await pty.exited()).exitCode).toBe(exitCode);
    expect(machine.did('stop')).toEqual(stops);
    expect(machine.active()).toEqual(['web.service']);
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGABRT'] as const)(
    '%s of nixpulse: they start again',
    async (signal) => {
      const machine = systemd('web.service', 'db.service');
      const args = ['watch', '--stop-services', 'web,db', '--yes', '--', 'sleep', '4'];
      const child = spawn(launcher, args, { env: machine.environment, stdio: 'ignore', detached: true });
      const over = new Promise((resolve) => child.once('exit', resolve));
      await until(
        'they are stopped',
        () => machine.did('stop').length === 1 && machine.active().length === 0,
      );
      child.kill(signal);
      await over;
      await until('they start again', () => machine.active().length === 2);
      expect(machine.did('start').length).toBeGreaterThanOrEqual(1);
    },
  );

  test.each([0, 50, 150, 300, 700])('killed with -9 %i ms after the stop began', async (ms) => {
    const machine = systemd('web.service', 'db.service', 'app.service');
    const args = ['watch', '--stop-services', 'web,db', '--yes', '--', 'sleep', '3'];
    const env = { ...machine.environment, SLOW_STOP: '0.2' };
    const child = spawn(launcher, args, { env, stdio: 'ignore', detached: true });
    const over = new Promise((resolve) => child.once('exit', resolve));
    await until('the stop', () => machine.did('stop').length === 1, { everyMs: 5 });
    await pause(ms);
    child.kill('SIGKILL');
    await over;
    await until('what was named runs again', () => {
      const active = machine.active();
      return (
        active.includes('web.service') && active.includes('db.service') && machine.did('start').length > 0
      );
    });
  });
});
