/**
 * What a key needs is in memory: all that nobody has mapped of the program's files is dropped from the page cache,
 * as a short machine does it, and watching, asking and killing a real build still read nothing from the disk.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startBuild, stopAllBuilds } from '../support/lab.ts';
import { copyProgram, dropUnmapped } from '../support/program-copy.ts';
import { openPty, type Pty } from '../support/pty.ts';
import { alive, lab } from './keys-world.ts';
import { buildsWithNonce } from './truth.ts';
import { takeTurn } from './turn.ts';
import { pause, until } from './wait.ts';

let endTurn = () => {};
let directory = '';
let launcher = '';
beforeAll(async () => {
  endTurn = await takeTurn();
  // A disk, not a file system in memory.
  directory = mkdtempSync('/var/tmp/nixpulse-evicted-');
  launcher = copyProgram(directory);
});
afterAll(async () => {
  await stopAllBuilds();
  rmSync(directory, { recursive: true, force: true });
  endTurn();
});

/** Field 12 of proc_pid_stat(5), of the main thread alone: the others wait for disks on behalf of it. */
function majorFaults(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[9]);
}

interface Program {
  readonly args: readonly string[];
  /** Brings the build under the keys. */
  choose(pty: Pty): Promise<void>;
}

const programs: readonly Program[] = [
  {
    args: [],
    async choose(pty) {
      pty.press('<home>');
      await pty.waitFor((screen) => screen.some((line) => line.includes('>stuck-3.1')));
    },
  },
  {
    args: ['rescue'],
    async choose(pty) {
      pty.press('1');
      await pty.waitFor((screen) => screen.some((line) => line.startsWith('>1 stuck-3.1')));
    },
  },
];

/** Ticks, a few. */
const settledMs = 2000;

test.each(programs)(
  '$args: keys and a kill read nothing from the disk',
  { timeout: 120_000 },
  async ({ args, choose }) => {
    const client = startBuild(lab, 'stuck', { secs: '100' });
    const [build] = await until('the build', () => {
      const found = buildsWithNonce(client.nonce);
      return found.length === 1 && found;
    });
    if (build === undefined) throw new Error('no build');
    const pty = openPty({
      file: launcher,
      args,
      columns: 120,
      rows: 40,
      env: { NO_COLOR: '1', XDG_STATE_HOME: join(directory, 'state') },
    });
    onTestFinished(() => pty.close());
    await pty.waitFor((screen) => screen.some((line) => line.includes('stuck-3.1')));
    await pty.waitFor((screen) => / hardened/.test(screen[0] ?? ''), 'a hardened program');
    await pause(settledMs);
    dropUnmapped(directory);
    const before = majorFaults(pty.pid);
    const after: number[] = [];
    const count = () => after.push(majorFaults(pty.pid) - before);
    await pause(settledMs);
    count();
    await choose(pty);
    count();
    dropUnmapped(directory);
    pty.press('k');
    await pty.waitForText('kill stuck-3.1');
    count();
    dropUnmapped(directory);
    pty.press('y');
    await until('its end', () => !alive(build));
    await pty.waitForText('killed stuck-3.1');
    count();
    expect(after).toEqual([0, 0, 0, 0]);
  },
);
