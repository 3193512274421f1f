/** Keys that act, in a real pseudo-terminal, on real builds of a real daemon: only on those that the test started. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { startBuild } from '../support/lab.ts';
import { openPty } from '../support/pty.ts';
import { inTurn } from './in-turn.ts';
import {
  alive,
  buildsOf,
  has,
  hasNot,
  journalOf,
  lab,
  openDashboard,
  openOnFive,
  openOnPaused,
  openOnStuck,
  removeStateHomes,
  select,
  stateHome,
  stopped,
} from './keys-world.ts';
import { buildsWithNonce, processesWithNonce, type TrueBuild } from './truth.ts';
import { until } from './wait.ts';

describe.skipIf(lab.missing !== null)('keys on a real Nix', { timeout: 90_000 }, () => {
  inTurn(removeStateHomes);

  test('k, y: the build is gone, its siblings go on with --keep-going, the journal has it', async () => {
    const { home, client, build, pty } = await openOnFive({ keepGoing: true });
    await select(pty, build('firefox-130.0'));
    pty.press('k');
    const asked = await pty.waitForText('kill firefox-130.0');
    expect(has(`of ${build('firefox-130.0').user}`)(asked)).toBe(true);
    expect(asked.join(' ').replace(/\s+/g, ' ')).toContain('siblings go on (--keep-going)');
    pty.press('y');
    await pty.waitForText('killed firefox-130.0');
    expect(alive(build('firefox-130.0'))).toBe(false);
    expect(buildsWithNonce(client.nonce)).toHaveLength(4);
    pty.press('7');
    await pty.waitForText('1 action');
    pty.press('q');
    expect(await pty.exited()).toMatchObject({ exitCode: 0 });
    expect(journalOf(home)).toMatchObject([{ title: 'kill firefox-130.0', status: 'done' }]);
  });

  test('the list is sorted anew while the question is open: what was asked about is killed', async () => {
    const home = stateHome();
    const quiet = startBuild(lab, 'stuck', { secs: '80' });
    const stuck = (await buildsOf(quiet, 1))('stuck-3.1');
    const pty = openDashboard(home);
    await select(pty, stuck);
    // Drops the filter and keeps the selection; the list is sorted by memory.
    pty.press('<escape>');
    await pty.waitFor(hasNot('filter:'));
    pty.press('k');
    await pty.waitForText('kill stuck-3.1');
    const growing = startBuild(lab, 'leak', { rate: '60', max: '240', hold: '60' });
    const place = (screen: string[], name: string) =>
      screen.findIndex((line) => line.slice(2).startsWith(name));
    await pty.waitFor((screen) => {
      const at = place(screen, 'memleak-');
      return at >= 0 && at < place(screen, 'stuck-3.1') && has('kill stuck-3.1')(screen);
    }, 'another order under the question');
    const leak = buildsWithNonce(growing.nonce)[0] as TrueBuild;
    pty.press('y');
    await pty.waitForText('killed stuck-3.1');
    expect([alive(stuck), alive(leak)]).toEqual([false, true]);
    expect(await until('the end of its client', () => quiet.ended())).toBe(true);
  });

  test('the build ends by itself between question and y: nobody is signalled', async () => {
    const { client, pty } = await openOnStuck('12');
    pty.press('k');
    await pty.waitForText('kill stuck-3.1');
    await pty.waitForText('stuck-3.1 has ended');
    pty.press('y');
    await pty.waitForText('nothing was done');
    pty.press('7');
    await pty.waitForText('0 actions');
    await until('a build that succeeds', () => client.ended());
  });

  test('the tagged set: both go, the others stay', async () => {
    const { client, build, pty } = await openOnFive({ keepGoing: true });
    for (const name of ['linux-6.12', 'llvm-18.1.8']) {
      await select(pty, build(name));
      pty.press('<space>');
      await pty.waitForText(name === 'linux-6.12' ? '1 tagged' : '2 tagged');
    }
    pty.press('k');
    const asked = await pty.waitForText('kill 2 builds');
    expect(has('linux-6.12')(asked) && has('llvm-18.1.8')(asked)).toBe(true);
    pty.press('y');
    await pty.waitForText('killed ');
    expect(['linux-6.12', 'llvm-18.1.8', 'firefox-130.0'].map((name) => alive(build(name)))).toEqual([
      false,
      false,
      true,
    ]);
    expect(buildsWithNonce(client.nonce)).toHaveLength(3);
  });

  test('F9 on a process: one signal to that one', async () => {
    const { pty } = await openOnStuck();
    pty.press('+', '<end>');
    await pty.waitFor((screen) => screen.some((line) => /^ >.*sleep \d+/.test(line)));
    pty.press('<f9>');
    await pty.waitForText('signal to sleep');
    pty.press('<right>', '<right>');
    await pty.waitForText('[KILL]');
    pty.press('<enter>');
    await pty.waitForText('send KILL to process');
    pty.press('y');
    await pty.waitForText('KILL to sleep');
    pty.press('7');
    await pty.waitForText('send KILL to process');
  });

  test('p, p: everything of it stands still, with a clock; then it goes on', async () => {
    const home = stateHome();
    const client = startBuild(lab, 'parallel', { secs: '60' }, { jobs: 1 });
    const build = (await buildsOf(client, 1))(buildsWithNonce(client.nonce)[0]?.name ?? '');
    const pty = openDashboard(home);
    await select(pty, build);
    pty.press('p');
    await pty.waitFor((screen) => screen.some((line) => /paused 0:0[1-9]/.test(line)));
    expect(stopped(client)).toBe(true);
    pty.press('<down>', 'p');
    await pty.waitForText('resumed ');
    await until('a build that goes on', () => !stopped(client));
  });

  test('q with a paused build asks: any other key stays, l leaves it, the next start offers it', async () => {
    const { home, client, pty } = await openOnPaused('80');
    for (const key of ['<enter>', '<space>', 'q']) {
      pty.press('q');
      await pty.waitForText('1 build is paused by nixpulse');
      pty.press(key);
      await pty.waitFor(hasNot('1 build is paused by nixpulse'));
    }
    pty.press('q');
    await pty.waitForText('leaves it paused and quits');
    pty.press('l');
    expect(await pty.exited()).toMatchObject({ exitCode: 0 });
    expect(stopped(client)).toBe(true);

    const next = openDashboard(home);
    await next.waitForText('nixpulse paused stuck-3.1');
    next.press('<enter>');
    await next.waitFor(hasNot('nixpulse paused stuck-3.1'));
    expect(stopped(client)).toBe(true);
    next.press('q');
    await next.exited();

    const last = openDashboard(home);
    await last.waitForText('nixpulse paused stuck-3.1');
    last.press('y');
    await last.waitForText('resumed stuck-3.1');
    await until('a build that goes on', () => !stopped(client));
    last.press('q');
    await last.exited();
    expect(journalOf(home).map(({ title }) => title)).toEqual(['pause stuck-3.1', 'resume stuck-3.1']);
  });

  test('y at the end resumes, and quits', async () => {
    const { client, pty } = await openOnPaused();
    pty.press('q');
    await pty.waitForText('y resumes it and quits');
    pty.press('y');
    expect(await pty.exited()).toMatchObject({ exitCode: 0 });
    expect(stopped(client)).toBe(false);
  });

  test('SIGTERM resumes without asking', async () => {
    const { home, client, pty } = await openOnPaused();
    pty.kill('SIGTERM');
    expect(await pty.exited()).toMatchObject({ exitCode: 143 });
    expect(stopped(client)).toBe(false);
    expect(journalOf(home).map(({ title }) => title)).toEqual(['pause stuck-3.1', 'resume stuck-3.1']);
  });

  test('the window is closed: what we paused goes on', async () => {
    const { client, pty } = await openOnPaused();
    pty.hangUp();
    await until('a build that goes on', () => !stopped(client));
  });

  test('kill -9 of nixpulse: the next start offers to resume, and does', async () => {
    const { home, client, pty } = await openOnPaused();
    pty.kill('SIGKILL');
    await pty.exited();
    expect(stopped(client)).toBe(true);
    const next = openDashboard(home);
    await next.waitForText('did not resume it');
    next.press('y');
    await next.waitForText('resumed stuck-3.1');
    await until('a build that goes on', () => !stopped(client));
  });

  test('c cancels the client of the selected build, and it says that it was interrupted', async () => {
    const { client, build, pty } = await openOnFive();
    await select(pty, build('rustc-1.80.1'));
    pty.press('c');
    const asked = await pty.waitForText('cancel nix-build');
    expect(asked.join(' ')).toContain('5 builds end');
    pty.press('y');
    await pty.waitForText('cancelled nix-build');
    await until('the end of the client', () => client.ended());
    expect(client.output()).toContain('interrupted by the user');
    expect(processesWithNonce(client.nonce).filter(({ state }) => state !== 'Z')).toEqual([]);
  });

  test('the commands: a plan that changes nothing, a pause, a resume, a kill by PID', async () => {
    const home = stateHome();
    const client = startBuild(lab, 'stuck', { secs: '60' });
    const stuck = (await buildsOf(client, 1))('stuck-3.1');
    const run = async (...args: readonly string[]) => {
      const pty = openPty({ args, env: { XDG_STATE_HOME: home }, deadlineMs: 20_000 });
      onTestFinished(() => pty.close());
      const { exitCode } = await pty.exited();
      return { exitCode, text: pty.output() };
    };
    const pid = String(stuck.pid);
    expect(await run('kill', pid, '--dry-run')).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining(`KILL to ${pid}`),
    });
    expect(alive(stuck)).toBe(true);
    expect(await run('pause', pid, '--yes')).toMatchObject({ exitCode: 0 });
    expect(stopped(client)).toBe(true);
    expect(await run('resume', pid, '--yes')).toMatchObject({ exitCode: 0 });
    expect(stopped(client)).toBe(false);
    const asks = openPty({ args: ['kill', pid], env: { XDG_STATE_HOME: home } });
    onTestFinished(() => asks.close());
    await asks.waitForText('Do it? [y/N]');
    asks.press('<enter>');
    expect(await asks.exited()).toMatchObject({ exitCode: 1 });
    expect(alive(stuck)).toBe(true);
    expect(await run('kill', pid, '--yes', '--json')).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining('"status": "done"'),
    });
    expect(alive(stuck)).toBe(false);
  });
});
