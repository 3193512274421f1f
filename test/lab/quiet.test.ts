/**
 * What the running dashboard and rescue ask of the kernel, traced: while they watch builds and through a kill by keys
 * nothing starts a process, and the main thread names no file that a frozen disk or another process could hold up. And
 * it takes hardly any memory anew, for which it would have to wait.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startBuild, stopAllBuilds } from '../support/lab.ts';
import { openPty, type Pty } from '../support/pty.ts';
import { alive, buildsOf, lab, openDashboard, removeStateHomes, select, stateHome } from './keys-world.ts';
import type { TrueBuild } from './truth.ts';
import { takeTurn } from './turn.ts';
import { pause, until } from './wait.ts';

/** Longer than a chunk of the recording, and than twice the time between two collections of garbage. */
const watchedSec = Number(process.env.NIXPULSE_QUIET_SEC ?? 62);
const traceable = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;
const calls = '%file,execve,execveat,clone,clone3,fork,vfork,connect,fsync,fdatasync,sync_file_range';

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
async function settled(pty: Pty): Promise<void> {
  await pty.waitFor((screen) => /(?<!not )\bhardened/.test(screen[0] ?? ''), 'a hardened program');
}

/** Pages that its main thread has taken so far: proc_pid_stat(5), minflt. */
function pagesTaken(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[7]);
}

interface Program {
  readonly name: string;
  /** Pages a second. What is compiled meanwhile is some. */
  readonly takesAtMost: number;
  open(): Pty;
  /** Brings the build under the keys. */
  choose(pty: Pty, build: TrueBuild & { readonly hash: string }): Promise<void>;
}

const programs: readonly Program[] = [
  { name: 'the dashboard', takesAtMost: 2.5, open: () => openDashboard(stateHome()), choose: select },
  {
    name: 'rescue',
    takesAtMost: 1.5,
    open() {
      const env = { NO_COLOR: '1', XDG_STATE_HOME: stateHome() };
      const pty = openPty({ args: ['rescue'], env, deadlineMs: 20_000 });
      onTestFinished(() => pty.close());
      return pty;
    },
    // What was killed elsewhere leaves the list, and the numbers move up.
    async choose(pty, { name }) {
      const row = new RegExp(`^(.)(\\d) ${name.replace(/[.+]/g, '\\$&')} `);
      await until(
        `${name} to be picked`,
        () => {
          const [, mark, number = ''] =
            pty.screen().flatMap((line) => [row.exec(line)].filter((m) => m !== null))[0] ?? [];
          if (mark !== '>' && number !== '') pty.press(number);
          return mark === '>';
        },
        { everyMs: 500 },
      );
    },
  },
];

test('watching and killing is quiet', { timeout: 300_000 }, async ({ skip }) => {
  skip(!traceable, 'strace is not installed, or may not trace here');
  const client = startBuild(lab, 'parallel', { secs: String(watchedSec + 70) }, { keepGoing: true });
  const build = await buildsOf(client, 5);
  const watching = [];
  for (const program of programs) {
    const pty = program.open();
    await settled(pty);
    watching.push({ program, pty, endTrace: await trace(pty.pid) });
  }
  // What the start left behind is collected, and the heap has its room.
  await pause(10_000);
  const taken = watching.map(({ pty }) => pagesTaken(pty.pid));
  await pause(watchedSec * 1000);
  for (const [index, { program, pty }] of watching.entries()) {
    const pages = (pagesTaken(pty.pid) - (taken[index] ?? 0)) / watchedSec;
    expect.soft(pages, `pages a second that ${program.name} takes anew`).toBeLessThan(program.takesAtMost);
  }
  const victims = [build('firefox-130.0'), build('llvm-18.1.8')];
  for (const [index, { program, pty, endTrace }] of watching.entries()) {
    const victim = victims[index];
    if (victim === undefined) throw new Error('no victim');
    await program.choose(pty, victim);
    pty.press('k');
    await pty.waitForText(`kill ${victim.name}`);
    pty.press('y');
    await until('its end', () => !alive(victim));
    await pty.waitForText(`killed ${victim.name}`);
    const traced = await endTrace();
    pty.press('q');
    expectQuiet(program.name, pty.pid, traced);
  }
});

function expectQuiet(name: string, pid: number, traced: readonly Call[]): void {
  const texts = traced.map(({ text }) => text);
  const main = traced.filter(({ thread }) => thread === pid).map(({ text }) => text);
  // fstat(2) of what is open has an empty name.
  const named = main.filter((text) => /^\w+\(.*"[^"]+"/.test(text));
  expect(texts.filter((text) => /openat\(.*"\/proc\/\d+\/stat"/.test(text)).length).toBeGreaterThan(10);
  expect(named.length).toBeGreaterThan(10);
  expect({
    name,
    started: texts.filter(
      (text) =>
        /^(execve|execveat|fork|vfork)\(/.test(text) ||
        (/^clone3?\(/.test(text) && !text.includes('CLONE_THREAD')),
    ),
    onDisks: named.filter((text) => !/"\/(?:proc|sys)(?:\/|")/.test(text)),
    written: named.filter((text) => /O_WRONLY|O_RDWR|O_CREAT/.test(text)),
    inOthersMemory: named.filter((text) => /"\/proc\/\d+\/(?:cmdline|environ|maps|smaps)"/.test(text)),
    synced: main.filter((text) => /^(?:fsync|fdatasync|sync_file_range|connect)/.test(text)),
  }).toEqual({ name, started: [], onDisks: [], written: [], inOthersMemory: [], synced: [] });
}
