import { describe, expect, test } from 'vitest';
import { stoppableUnit, unitsOfCgroups, whyNeeded } from '../../../src/model/machine/needed-units.ts';

const nobody = { own: [], desktop: false };

describe('units that may be stopped', () => {
  test.each([
    ['postgresql', 'postgresql.service'],
    ['docker.socket', 'docker.socket'],
    ['fstrim.timer', 'fstrim.timer'],
    ['container@web', 'container@web.service'],
    ['a.b', 'a.b.service'],
    ['multi-user.target', null],
    ['home.mount', null],
    ['user.slice', null],
    ['--all', null],
    ['', null],
    ['a b', null],
    ['a;reboot', null],
    ['*', null],
  ])('%j is %j', (name, unit) => expect(stoppableUnit(name)).toBe(unit));

  test.each([
    'nix-daemon.service',
    'nix-daemon.socket',
    'systemd-journald.service',
    'systemd-logind.service',
    'dbus.service',
    'dbus-broker.service',
    'sshd.service',
    'sshd@3-10.0.0.1:22.service',
    'ssh.socket',
    'NetworkManager.service',
    'user@1000.service',
    'getty@tty1.service',
    'nixpulse-guard.service',
  ])('%s is not', (unit) => expect(whyNeeded(unit, nobody)).toMatch(/\w/));

  test.each([
    'postgresql.service',
    'docker.service',
    'nix-serve.service',
    'sshguard.service',
    'nginx.service',
  ])('%s is', (unit) => expect(whyNeeded(unit, nobody)).toBeNull());

  test('what we run in is not, and no desktop that we sit at', () => {
    const own = unitsOfCgroups(
      '0::/system.slice/actions-runner.service/x\n1:name=systemd:/user.slice/session-3.scope\n',
    );
    expect(own).toEqual(['actions-runner.service', 'session-3.scope']);
    expect(whyNeeded('actions-runner.service', { own, desktop: false })).toBe('this very command runs in it');
    expect(whyNeeded('display-manager.service', { own, desktop: false })).toBeNull();
    expect(whyNeeded('gdm.service', { own, desktop: true })).toBe('this very desktop is its');
    expect(unitsOfCgroups('')).toEqual([]);
  });
});
