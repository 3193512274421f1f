/** r and L with real keys on real builds: what the kernel says, what the screen says, and who puts it back. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openPty, type Pty } from '../support/pty.ts';
import { inTurn } from './in-turn.ts';
import { has, hasNot, journalOf, lab, openDashboard, openOnStuck, removeStateHomes } from './keys-world.ts';
import { processesWithNonce } from './truth.ts';
import { until } from './wait.ts';

/** Of each process of it once: `19 idle`, `0 none`. */
function priorities(nonce: string): string {
  const found = processesWithNonce(nonce).flatMap(({ pid }) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const nice = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16];
      const io = execFileSync('ionice', ['-p', String(pid)], { encoding: 'utf8' });
      return `${nice} ${io.trim().split(/[:\n]/)[0]}`;
    } catch {
      return [];
    }
  });
  return [...new Set(found)].sort().join();
}

/** Until the screen knows that it is ours. */
async function lowerIt(pty: Pty): Promise<void> {
  pty.press('r');
  await pty.waitForText('lowered stuck-3.1:');
  await pty.waitForText('1 held back');
}

const low = '19 idle';
const usual = '0 none';

describe.skipIf(lab.missing !== null)('r and L on a real Nix', { timeout: 90_000 }, () => {
  inTurn(removeStateHomes);

  test('r lowers all of it, r again puts it back, and the journal has both', async () => {
    const { home, client, pty } = await openOnStuck();
    await lowerIt(pty);
    expect(priorities(client.nonce), pty.screen().join('\n')).toBe(low);
    pty.press('<down>');
    await pty.waitFor((screen) =>
      screen.some((line) => line.includes('stuck-3.1') && line.includes('lowered')),
    );
    pty.press('r');
    await pty.waitForText('restored stuck-3.1');
    expect(priorities(client.nonce)).toBe(usual);
    pty.press('q');
    expect(await pty.exited()).toMatchObject({ exitCode: 0 });
    expect(journalOf(home).map(({ title, status }) => [title, status])).toEqual([
      ['lower stuck-3.1', 'done'],
      ['restore stuck-3.1', 'done'],
    ]);
  });

  test('q asks; y puts it back', async () => {
    const { client, pty } = await openOnStuck();
    await lowerIt(pty);
    pty.press('q');
    await pty.waitForText('1 build is lowered by nixpulse');
    pty.press('<enter>');
    await pty.waitFor(hasNot('1 build is lowered by nixpulse'));
    pty.press('q');
    await pty.waitForText('1 build is lowered by nixpulse');
    pty.press('y');
    expect(await pty.exited()).toMatchObject({ exitCode: 0 });
    expect(priorities(client.nonce)).toBe(usual);
  });

  test('q, l leaves it: the next one shows it, leaves it too, and r puts it back', async () => {
    const { home, client, pty } = await openOnStuck();
    await lowerIt(pty);
    pty.press('q');
    await pty.waitForText('1 build is lowered by nixpulse');
    pty.press('l');
    expect(await pty.exited()).toMatchObject({ exitCode: 0 });
    expect(priorities(client.nonce)).toBe(low);
    const next = openDashboard(home);
    await next.waitForText('lowered');
    expect(priorities(client.nonce)).toBe(low);
    next.press('q');
    expect(await next.exited()).toMatchObject({ exitCode: 0 });
    const restored = openPty({
      ...{ columns: 100, rows: 30, deadlineMs: 20_000, env: { NO_COLOR: '1', XDG_STATE_HOME: home } },
      args: ['restore', 'stuck', '--yes'],
    });
    await restored.waitForText('restored stuck-3.1');
    restored.close();
    expect(priorities(client.nonce)).toBe(usual);
  });

  test('a dashboard that is killed: the next one puts it back', async () => {
    const { home, client, pty } = await openOnStuck();
    await lowerIt(pty);
    pty.kill('SIGKILL');
    expect(priorities(client.nonce)).toBe(low);
    openDashboard(home);
    await until('it put back', () => priorities(client.nonce) === usual, {
      detail: () => priorities(client.nonce),
    });
    await until('it in the journal', () =>
      journalOf(home).some(({ title, status }) => title === 'restore stuck-3.1' && status === 'done'),
    );
  });

  test('L asks how much; where nothing can give it, it says what would', async () => {
    const { client, pty } = await openOnStuck();
    const why = 'Limit builds: no cgroup of its own, and no systemd here';
    pty.press('L');
    if (existsSync('/run/systemd/system')) {
      await pty.waitForText('limit to');
      expect(has('(25%)')(pty.screen())).toBe(true);
      pty.press('<enter>');
      await pty.waitForText('limit stuck-3.1 to');
      pty.press('y');
      await pty.waitForText('was not limited');
    } else {
      // Until it is known whether systemd runs, there is a menu.
      const isAnswer = (screen: string[]) => has('limit to')(screen) || has(why)(screen);
      while (!has(why)(await pty.waitFor(isAnswer, why))) {
        pty.press('<escape>');
        await pty.waitFor(hasNot('limit to'), 'no menu');
        pty.press('L');
      }
    }
    expect(client.ended()).toBe(false);
  });
});
