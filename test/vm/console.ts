/** The dashboard on a real text console: 80x25, TERM=linux, keys of a keyboard. Its pictures go where pictureOf says. */
import { expect, test } from 'vitest';
import type { Machine } from './machine.ts';

const tty = 8;
/** Failed ones are listed as well. */
const runningRow = /^\+ memleak-0\.1 /m;

export function consoleCases(on: () => Machine, pictureOf: (name: string) => string): void {
  const screen = async () => (await on().screen()).join('\n');
  const shows = (pattern: RegExp, timeoutMs?: number) =>
    on().until(`the console shows ${pattern}`, async () => pattern.test(await screen()), timeoutMs);
  /** A build that grows to so many MB, and stays there. */
  const leak = (nonce: string, megabytes: number, options = '') =>
    on().run(
      `cd lab && NONCE=${nonce}$(date +%s) NIX_REMOTE=daemon setsid --fork nix-build --no-out-link leak.nix --argstr max ${megabytes} ${options} >/root/leak.log 2>&1 </dev/null`,
    );
  const stopped = async () => {
    on().run('pkill -INT -x nix-build || true');
    await on().until('its builds have ended', () => on().tried('pgrep -G nixbld').code === 1);
    await on().until('none is shown', async () => !runningRow.test(await screen()));
  };

  test('a build is seen by its name', async () => {
    const machine = on();
    machine.run(`systemctl start nixpulse-console@tty${tty}`);
    leak('named', 200);
    await machine.press(`ctrl-alt-f${tty}`);
    await shows(runningRow);
    expect((await machine.screen()).at(-1)).toMatch(/^\? Help .*\[1 Overview\]$/);
    await machine.picture(pictureOf('overview'));
  });

  test('what protects it stands in the help, four of four', async () => {
    const machine = on();
    await machine.press('f1');
    // It is told once it is done, below what stood there when the help was opened.
    await machine.until('it says what the cgroup has', async () => {
      await machine.press('end');
      return /memory\.min 96 MB, no swap/.test(await screen());
    });
    await machine.picture(pictureOf('help'));
    await machine.press('esc');
    await shows(runningRow);
  });

  test('the screen is whole again after lines of the kernel', async () => {
    const machine = on();
    const pid = machine.run(`systemctl show --property MainPID --value nixpulse-console@tty${tty}`).trim();
    machine.run(
      `kill -STOP ${pid}; for i in 1 2 3 4 5 6; do echo "<2>nixpulse-test: line $i" >/dev/kmsg; done`,
    );
    await shows(/nixpulse-test: line 6/);
    machine.run(`kill -CONT ${pid}`);
    await machine.until('it is drawn anew', async () => {
      const rows = await machine.screen();
      return /Overview\]$/.test(rows.at(-1) ?? '') && !rows.join('\n').includes('nixpulse-test');
    });
  });

  test('K asks, and y kills', async () => {
    const machine = on();
    await machine.press('shift-k');
    await shows(/kill memleak-0\.1/);
    await machine.picture(pictureOf('kill'));
    await machine.press('y');
    await shows(/killed memleak-0\.1/);
    await machine.until('its builder is gone', () => machine.tried('pgrep -G nixbld').code === 1);
  });

  test('D restarts the daemon, and what builds goes on', async () => {
    const machine = on();
    leak('daemon', 50);
    await shows(runningRow);
    const pidOf = () => machine.run('systemctl show --property MainPID --value nix-daemon.service').trim();
    const before = pidOf();
    await machine.press('shift-d');
    await shows(/restart/);
    await machine.press('y');
    await machine.until('the daemon is another process', () => !['0', before].includes(pidOf()));
    await shows(runningRow);
    expect(machine.tried('pgrep -x nix-build').code).toBe(0);
    await stopped();
  });

  test('paused in a cgroup of its own, it is seen as paused, and goes on', async () => {
    const machine = on();
    leak('paused', 50, '--option use-cgroups true');
    await shows(runningRow);
    const frozen = () =>
      machine.run('cat $(find /sys/fs/cgroup -path "*nix-build*" -name cgroup.freeze)').trim();
    // The cursor stands on one that has ended.
    await machine.press('home', 'p');
    await shows(/paused/);
    expect(frozen()).toContain('1');
    await machine.press('p');
    await machine.until('it goes on', () => !frozen().includes('1'));
    await stopped();
  });

  test('rescue, on another console', async () => {
    const machine = on();
    await machine.press('ctrl-alt-f2');
    await machine.type('nixpulse rescue\n');
    await shows(/C Everything/);
    await machine.press('q');
    await shows(/root@vm:~#\s*$/);
  });

  test('nixpulse-scope starts a dashboard in the slice', async () => {
    const machine = on();
    await machine.type('nixpulse-scope\n');
    const scopes = () => machine.run('find /sys/fs/cgroup/nixpulse.slice -name "nixpulse-*.scope"').trim();
    await machine.until('its scope is there', () => scopes() !== '');
    const scope = scopes();
    expect(machine.run(`cat ${scope}/memory.min ${scope}/memory.swap.max`)).toBe(`${96 << 20}\n0\n`);
    await shows(/\[1 Overview\]/);
    await machine.press('q');
    await machine.until('the scope is gone', () => scopes() === '');
  });
}
