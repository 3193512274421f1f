/** Rolling back where systemd runs the switch as a unit: generations of a fake NixOS, a real systemd. */
import { expect, test } from 'vitest';
import type { Machine } from './machine.ts';

const profile = '/nix/var/nix/profiles/system';
const unit = 'nixos-rebuild-switch-to-configuration';

export function rollbackCases(on: () => Machine): void {
  test('systemd runs the switch, and the generation before is in force', async () => {
    const machine = on();
    machine.run(`set -e; mkdir -p /run/nixos; cd lab; export NIX_REMOTE=daemon NONCE=generations
      for version in 24.11.20241101.1111111 25.05.20250601.2222222; do
        system=$(nix-build --no-out-link nixos-gen.nix --argstr run /run --argstr ver $version --argstr secs 5)
        nix-env -p ${profile} --set $system
      done
      ln -sfn $system /run/current-system`);
    expect(machine.run(`readlink ${profile}`).trim()).toBe('system-2-link');
    machine.run('setsid --fork nixpulse rollback --to 1 --yes >/root/rollback.log 2>&1 </dev/null');
    await machine.until(
      'systemd runs the switch',
      () => machine.tried(`systemctl is-active --quiet ${unit}.service`).code === 0,
    );
    await machine.until('it is done', () => machine.tried('pgrep -f "[n]ixpulse.cjs rollback"').code === 1);
    expect(machine.run('cat /root/rollback.log')).toMatch(/^generation 1 is active; the default was 2$/m);
    expect(machine.run(`readlink ${profile}`).trim()).toBe('system-1-link');
    expect(machine.run('readlink /run/current-system')).toContain('24.11.20241101.1111111');
    expect(machine.run('cat /run/switch.log')).toMatch(/^switch \/nix\/store\/\S+24\.11/);
  });
}
