/**
 * A freeze: two builds that eat more memory than there is, swap on a disk of 6 MB/s. The kill in it by the dashboard of the
 * unit and, in a freeze of its own, by htop. Screens are read from the video memory, so that nothing waits for the machine.
 */
import { expect, test } from 'vitest';
import type { Machine } from './machine.ts';

const swapBytesPerSec = 6_000_000;
/** The two together need nearly all memory and swap: it stays short until one is dead. */
const leakMb = 2500;
const rounds = 2;
const names = ['linker', 'firefox'];
/** Of the kernel's `some` of memory: this deep it is when the key is pressed. */
const frozenPercent = 40;

interface Program {
  readonly name: string;
  readonly tty: number;
  readonly start: string;
  readonly shown: RegExp;
  readonly ask: readonly string[];
  readonly asked: RegExp;
  readonly confirm: readonly string[];
  /** Stands in the row of a build, while it is listed. */
  rowOf(build: { readonly name: string; readonly pid: string }): string;
}

const dashboard: Program = {
  name: 'nixpulse in its unit',
  tty: 8,
  start: 'systemctl start nixpulse-console@tty8',
  shown: /\[1 Overview\]/,
  ask: ['shift-k'],
  asked: /kill (?:linker|firefox)-0\.1 .*\d+ proc/,
  confirm: ['y'],
  rowOf: ({ name }) => `+ ${name}-0.1 `,
};

const htop: Program = {
  name: 'htop',
  tty: 9,
  // Or nixpulse is what takes most.
  start:
    'systemctl stop nixpulse-console@tty8; ' +
    'systemd-run --quiet --collect --unit=htop --property=TTYPath=/dev/tty9 --property=StandardInput=tty-force --property=StandardOutput=tty ' +
    '--property=TTYReset=yes --setenv=TERM=linux --setenv=HOME=/root htop --delay=10 --sort-key=PERCENT_MEM',
  shown: /F10Quit/,
  ask: ['f9', '9'],
  asked: / 9 SIGKILL/,
  confirm: ['ret'],
  rowOf: ({ pid }) => ` ${pid} `,
};

export function freezeCases(
  on: () => Machine,
  told: (line: string) => void,
  pictureOf: (name: string) => string,
): void {
  const swapAt = (bytesPerSec: number) => on().monitor(`block_set_io_throttle d2 ${bytesPerSec} 0 0 0 0 0`);
  const stall = () => {
    const [some, full] = [
      ...on()
        .run('cat /proc/pressure/memory')
        .matchAll(/avg10=(\d+)/g),
    ].map((found) => Number(found[1]));
    return { some: some ?? 0, full: full ?? 0 };
  };
  const secsUntil = async (
    what: string,
    keys: readonly string[],
    holds: (rows: readonly string[]) => boolean,
  ) => {
    const beganMs = performance.now();
    await on().press(...keys);
    await on().until(what, async () => holds(await on().screen()), 120_000);
    return (performance.now() - beganMs) / 1000;
  };

  const freezeEndedBy = async (program: Program) => {
    const machine = on();
    machine.run(program.start);
    await machine.until(`${program.name} is there`, async () => {
      // Lost where a console is given up at that moment.
      await machine.press(`ctrl-alt-f${program.tty}`);
      return program.shown.test((await machine.screen()).join('\n'));
    });
    for (let round = 1; round <= rounds; round += 1) {
      await swapAt(swapBytesPerSec);
      for (const name of names) {
        machine.run(
          `cd lab && NONCE=$(date +%s) NIX_REMOTE=daemon setsid --fork nix-build --no-out-link leak.nix ` +
            `--argstr pname ${name} --argstr rate 40 --argstr max ${leakMb} >/root/leak.log 2>&1 </dev/null`,
        );
      }
      const pids = () =>
        machine.run('for user in $(ps -o user= -G nixbld | sort -u); do pgrep -o -u $user; done');
      await machine.until('both build', () => pids().trim().split('\n').length === 2);
      const builds = pids()
        .trim()
        .split('\n')
        .map((pid, at) => program.rowOf({ pid, name: names[at] ?? '' }));
      await machine.until('memory is short', () => stall().some >= frozenPercent, 60_000);
      const short = stall();
      if (program === dashboard && round === 1) await machine.picture(pictureOf('freeze'));
      const askedSec = await secsUntil('it asks', program.ask, (rows) => program.asked.test(rows.join('\n')));
      const deadSec = await secsUntil('one is dead', program.confirm, (rows) => {
        const text = ` ${rows.join('\n ')}`;
        return program.shown.test(text) && !builds.every((row) => text.includes(row));
      });
      told(
        `${program.name}: memory some ${short.some} %, full ${short.full} %: key to question ${askedSec.toFixed(1)} s, ` +
          `confirmed to gone ${deadSec.toFixed(1)} s`,
      );
      await swapAt(0);
      machine.run('pkill -INT -x nix-build; true');
      await machine.until('its builds have ended', () => machine.tried('pgrep -G nixbld').code === 1);
      await machine.until('nothing is short', () => stall().some < 5);
    }
  };

  test('a freeze is ended by the dashboard of the unit, which nothing kills', async () => {
    await freezeEndedBy(dashboard);
    const machine = on();
    expect(machine.run('cat /sys/fs/cgroup/nixpulse.slice/memory.events')).toMatch(/^oom_kill 0$/m);
    const restarts = 'systemctl show --property NRestarts --value nixpulse-console@tty8.service';
    expect(machine.run(restarts).trim()).toBe('0');
  });

  test('a freeze is ended by htop', async () => {
    await freezeEndedBy(htop);
    on().run('systemctl stop htop');
  });
}
