/**
 * What the running dashboard asks of the kernel, traced: while it watches builds and through a kill by keys nothing
 * starts a process, and the main thread opens nothing that a frozen disk or another process could hold up.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startBuild, stopAllBuilds } from '../support/lab.ts';
import type { Pty } from '../support/pty.ts';
import { alive, buildsOf, lab, openDashboard, removeStateHomes, select, stateHome } from './keys-world.ts';
import { takeTurn } from './turn.ts';
import { pause, until } from './wait.ts';

/** `NIXPULSE_QUIET_SEC=60 npx vitest run test/lab/quiet.test.ts` watches longer. */
const watchedSec = Number(process.env.NIXPULSE_QUIET_SEC ?? 10);
const traceable = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;
const calls = 'execve,execveat,clone,clone3,fork,vfork,open,openat,openat2,fsync,fdatasync,rename,renameat2';

let endTurn = () => {};
beforeAll(async () => {
  endTurn = await takeTurn();
});
afterAll(async () => {
  await stopAllBuilds();
  removeStateHomes();
  endTurn();
});

interface Call {
  readonly thread: number;
  readonly text: string;
}

/** Attached to all threads; resolves with the end of it, which gives what was called. */
async function trace(pid: number): Promise<() => Promise<Call[]>> {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-trace-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'calls');
  const strace = spawn('strace', ['-f', '-e', `trace=${calls}`, '-o', file, '-p', String(pid)]);
  onTestFinished(() => void strace.kill('SIGKILL'));
  let said = '';
  strace.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  await until('strace', () => said.includes('attached'), { detail: () => said });
  return async () => {
    const ended = once(strace, 'exit');
    strace.kill('SIGINT');
    await ended;
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line): Call[] => {
        const match = /^(\d+) +(.*)$/.exec(line);
        return match === null ? [] : [{ thread: Number(match[1]), text: match[2] ?? '' }];
      });
  };
}

/** Everything that runs once is over: screens rehearsed, memory locked, names found. */
async function settledDashboard(pty: Pty): Promise<void> {
  await pty.waitFor((screen) => /hardened/.test(screen[0] ?? ''), 'a hardened dashboard');
}

test('watching and killing is quiet', { timeout: 300_000 }, async ({ skip }) => {
  skip(!traceable, 'strace is not installed, or may not trace here');
  const home = stateHome();
  const client = startBuild(lab, 'parallel', { secs: String(watchedSec + 60) });
  const build = await buildsOf(client, 5);
  const pty = openDashboard(home);
  await settledDashboard(pty);
  const endTrace = await trace(pty.pid);
  await pause(watchedSec * 1000);
  const victim = build('firefox-130.0');
  await select(pty, victim);
  pty.press('k');
  await pty.waitForText('kill firefox-130.0');
  pty.press('y');
  await until('its end', () => !alive(victim));
  await pty.waitForText('killed firefox-130.0');
  const traced = await endTrace();
  pty.press('q');

  const texts = traced.map(({ text }) => text);
  expect(texts.filter((text) => /openat\(.*"\/proc\/\d+\/stat"/.test(text)).length).toBeGreaterThan(10);
  expect(texts.filter((text) => /^(execve|execveat|fork|vfork)\(/.test(text))).toEqual([]);
  expect(texts.filter((text) => /^clone3?\(/.test(text) && !text.includes('CLONE_THREAD'))).toEqual([]);
  const main = traced.filter(({ thread }) => thread === pty.pid).map(({ text }) => text);
  expect(main.length).toBeGreaterThan(10);
  const opened = main.filter((text) => /^open/.test(text));
  expect(opened.filter((text) => !/"\/(?:proc|sys)(?:\/|")/.test(text))).toEqual([]);
  expect(opened.filter((text) => /O_WRONLY|O_RDWR|O_CREAT/.test(text))).toEqual([]);
  expect(opened.filter((text) => /"\/proc\/\d+\/(?:cmdline|environ|maps|smaps)"/.test(text))).toEqual([]);
  expect(main.filter((text) => /^(?:fsync|fdatasync|rename)/.test(text))).toEqual([]);
});
