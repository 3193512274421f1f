/** `nixpulse recover daemon` on a daemon of the test's own, among processes of its own: builds, and a worker that hangs. */
import { describe, expect, test } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { inTurn } from './in-turn.ts';
import { createWorld, endOf, kill, type World } from './recovering.ts';
import { pause } from './wait.ts';

const lab = bringUpLab();

interface Machine extends World {
  /** Command lines of what runs of Nix, without the daemon and its clean-up. */
  running(): readonly string[];
}

function machine(): Machine {
  const world = createWorld(lab, {
    own: ['/run'],
    small: { '/nix': '256m' },
    environment: { NIX_REMOTE: 'daemon', NIX_CONF_DIR: '/nix/etc' },
    apart: true,
  });
  world.shell(`
    mkdir -p /nix/etc
    printf '%s\\n' 'build-users-group = nixbld' 'sandbox = false' 'substituters =' >/nix/etc/nix.conf
    cat >/nix/sleeps.nix <<'NIX'
    { name }: derivation { inherit name; system = builtins.currentSystem; builder = "/bin/sleep"; args = [ "1000" ]; }
NIX
    env -u NIX_REMOTE setsid --fork nix-daemon --daemon </dev/null >/nix/daemon.log 2>&1
    until [ -S /nix/var/nix/daemon-socket/socket ]; do sleep 0.1; done
    for name in first second; do
      setsid --fork nix-build --no-out-link /nix/sleeps.nix --argstr name $name </dev/null >/nix/$name.log 2>&1
    done
    for round in $(seq 200); do [ $(pgrep -c -x sleep -u nixbld1,nixbld2,nixbld3,nixbld4) -ge 2 ] && exit; sleep 0.05; done
    cat /nix/*.log >&2; exit 1
  `);
  return {
    ...world,
    running: () =>
      world
        .shell('ps -eo stat=,args= | grep -E "nix-build|sleep 1000|nix-daemon [0-9]" | grep -v grep || :')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('Z')),
  };
}

describe.skipIf(lab.missing !== null)('recover daemon', { timeout: 90_000 }, () => {
  inTurn();

  test('ends all that runs, and the worker that hangs, killed at each step', async () => {
    const one = machine();
    // Its lock is never given back.
    one.shell('pid=$(pgrep -f "^nix-daemon [0-9]" | head -1); kill -STOP $pid');
    expect(one.running()).toHaveLength(6);

    const asking = one.recover('daemon');
    // Typed before it was asked for: it answers nothing.
    asking.write('stop\r');
    await asking.waitForText('Type stop to do it:');
    expect(asking.screen().join('\n')).toContain('2 builds with all processes');
    await pause(300);
    expect(asking.screen().join('\n').trimEnd()).toMatch(/Type stop to do it:$/);
    await kill(asking);
    expect(one.running()).toHaveLength(6);

    const stopping = one.recover('daemon');
    await stopping.waitForText('Type stop to do it:');
    stopping.write('stop\r');
    await stopping.waitForText('Type kill to do it:');
    await kill(stopping);
    expect(one.running()).toEqual([expect.stringMatching(/^T.* nix-daemon \d+/)]);

    const last = one.recover('daemon');
    await last.waitForText('Type kill to do it:');
    expect(last.screen().join('\n')).toContain('nothing of Nix runs');
    last.write('kill\r');
    const end = await endOf(last);
    expect(end.text).toContain('done: 1 worker ended');
    expect(end.text).toMatch(/4\/5 Restart the daemon\n +NOT POSSIBLE: systemd does not run here/);
    expect(end.text).toMatch(/5\/5 Ask the daemon\n +nothing to do: it answers/);
    expect(end.exitCode).toBe(1);
    expect(one.running()).toEqual([]);
  });

  test('is proposed where the daemon does not answer', async () => {
    const one = machine();
    one.shell('pkill -STOP -o -x nix-daemon');
    const { text } = await endOf(one.recover());
    expect(text).toMatch(/daemon .*\n.*\n +fits: the daemon does not answer: no answer within 10 s/);
  });
});
