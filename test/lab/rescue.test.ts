/** `nixpulse rescue` on real builds: by keys, on builds that the test started and on no other. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bringUpLab, startBuild, stopAllBuilds } from '../support/lab.ts';
import { openPty } from '../support/pty.ts';
import { buildsWithNonce, readProcess, type TrueBuild, userName } from './truth.ts';
import { takeTurn } from './turn.ts';
import { until } from './wait.ts';

const lab = bringUpLab();
let endTurn = () => {};
beforeAll(async () => {
  endTurn = await takeTurn();
});
afterAll(async () => {
  await stopAllBuilds();
  endTurn();
});

const alive = ({ pid, startTime }: TrueBuild) => {
  const process = readProcess(pid);
  return process !== null && process.startTime === startTime && process.state !== 'Z';
};

function openRescue(env: Readonly<Record<string, string>>) {
  const pty = openPty({
    columns: 80,
    rows: 25,
    args: ['rescue'],
    env: { NO_COLOR: '1', ...env },
    deadlineMs: 20_000,
  });
  onTestFinished(() => pty.close());
  return pty;
}

describe('a build picked by its number', () => {
  test.each(['linux', 'dumb'])('TERM=%s: k and y end it, and only it', async (term) => {
    const client = startBuild(lab, 'stuck', { secs: '60' });
    const other = startBuild(lab, 'stuck', { secs: '60' });
    const [[build], [spared]] = await until('both builds', () => {
      const found = [buildsWithNonce(client.nonce), buildsWithNonce(other.nonce)] as const;
      return found.every(({ length }) => length === 1) && found;
    });
    if (build === undefined || spared === undefined) throw new Error('no builds');
    const pty = openRescue({ TERM: term });
    // Two builds of one name: the user tells them apart.
    const row = new RegExp(`^.?(\\d) stuck-3\\.1 .*\\b${userOf(build)}\\b`);
    const screen = await pty.waitFor((lines) => lines.some((line) => row.test(line)), `a row of ${row}`);
    const [, number = ''] = row.exec(screen.findLast((line) => row.test(line)) ?? '') ?? [];
    pty.press(number);
    await pty.waitFor((lines) => new RegExp(`^>${number} .*${userOf(build)}`, 'm').test(lines.join('\n')));
    pty.press('k');
    await pty.waitForText('kill stuck-3.1');
    expect(alive(build)).toBe(true);
    pty.press('y');
    await until('its end', () => !alive(build));
    await pty.waitForText('killed stuck-3.1');
    expect(alive(spared)).toBe(true);
    pty.press('q');
    expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
  });

  test('a terminal that does not read does not hold the kill up', async () => {
    const client = startBuild(lab, 'stuck', { secs: '60' });
    const [build] = await until('the build', () => {
      const found = buildsWithNonce(client.nonce);
      return found.length === 1 && found;
    });
    if (build === undefined) throw new Error('no build');
    const pty = openRescue({ TERM: 'linux' });
    const row = new RegExp(`^.?(\\d) stuck-3\\.1 .*\\b${userOf(build)}\\b`);
    const screen = await pty.waitFor((lines) => lines.some((line) => row.test(line)), `a row of ${row}`);
    const [, number = ''] = row.exec(screen.find((line) => row.test(line)) ?? '') ?? [];
    pty.press(number);
    await pty.waitFor((lines) => lines.some((line) => line.startsWith(`>${number} stuck`)));
    pty.pause();
    // Whole frames until the kernel's buffer is full.
    for (let round = 0; round < 200; round += 1) {
      pty.press('<ctrl-l>');
      if (round % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    // Each key alone: what comes in one read answers no question.
    await idle(pty.pid);
    pty.press('k');
    await idle(pty.pid);
    pty.press('y');
    await until('its end', () => !alive(build));
  });
});

function userOf({ uid }: TrueBuild): string {
  return userName(uid) ?? `no user ${uid}`;
}

/** Its main thread has done what the last key asked for: it runs no more. */
async function idle(pid: number): Promise<void> {
  let before = '';
  await until('an idle program', () => {
    const now = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0] ?? '';
    const same = now === before;
    before = now;
    return same;
  });
}
