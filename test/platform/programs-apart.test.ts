import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createProgramsApart } from '../../src/platform/programs-apart.ts';

const place = mkdtempSync(join(tmpdir(), 'nixpulse programs '));
afterAll(() => rmSync(place, { recursive: true, force: true }));

let programs = createProgramsApart({ environment: process.env });
afterEach(() => {
  programs.close();
  programs = createProgramsApart({ environment: process.env });
});

const bounds = { timeMs: 10_000, mostBytes: 1 << 20 };
const isThere = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('a program', () => {
  it('says what it says, with its exit code', async () => {
    const run = await programs.run(['sh', '-c', 'echo out; echo err >&2; exit 3'], bounds);
    expect(run).toEqual({
      ok: true,
      value: { stdout: 'out\n', stderr: 'err\n', exitCode: 3, signal: null, cut: false, late: null },
    });
  });

  it('has no input, and the environment that is told', async () => {
    const more = { ...bounds, environment: { SAID: 'so' } };
    const run = await programs.run(['sh', '-c', 'cat; echo $SAID'], more);
    expect(run).toMatchObject({ ok: true, value: { stdout: 'so\n' } });
  });

  it('is gone where there is none', async () => {
    expect(await programs.run(['nixpulse-no-such-program'], bounds)).toMatchObject({
      ok: false,
      problem: { kind: 'gone' },
    });
  });

  it('that stops itself is killed at its deadline, and what it said is kept', async () => {
    const run = await programs.run(['sh', '-c', 'echo said; kill -STOP $$; echo never'], {
      ...bounds,
      timeMs: 500,
    });
    expect(run).toMatchObject({ ok: true, value: { stdout: 'said\n', late: 'killed' } });
  });

  it('is killed with all that it started', async () => {
    const file = join(place, 'pid');
    const script = `sleep 1000 & echo $! > '${file}'; wait`;
    const run = await programs.run(['sh', '-c', script], { ...bounds, timeMs: 800 });
    expect(run).toMatchObject({ ok: true, value: { late: 'killed' } });
    await until(() => !isThere(Number(readFileSync(file, 'utf8'))));
  });

  it('that says too much is cut and ended', async () => {
    const run = await programs.run(['sh', '-c', 'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done'], {
      ...bounds,
      mostBytes: 1000,
    });
    expect(run).toMatchObject({ ok: true, value: { cut: true, late: null } });
    expect(run.ok && run.value.stdout.length).toBe(1000);
  });

  it('whose output another one holds open is not waited for', async () => {
    const run = await programs.run(['sh', '-c', 'setsid sleep 1000 & echo $!'], bounds);
    expect(run).toMatchObject({ ok: true, value: { exitCode: 0 } });
    if (run.ok) process.kill(Number(run.value.stdout), 'SIGKILL');
  });

  it('ends with who started it', async () => {
    const file = join(place, 'closed');
    void programs.run(['sh', '-c', `echo $$ > '${file}'; exec sleep 1000`], bounds);
    await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
    programs.close();
    await until(() => !isThere(Number(readFileSync(file, 'utf8'))));
  });

  it('ends with who started it before that was told', async () => {
    // Its thread runs: what follows holds up only this one.
    await programs.run(['true'], bounds);
    const file = join(place, 'untold');
    void programs.run(['sh', '-c', `echo $$ > '${file}'; exec sleep 1000`], bounds);
    const giveUpMs = Date.now() + 15_000;
    while (!existsSync(file) || !readFileSync(file, 'utf8').endsWith('\n'))
      if (Date.now() > giveUpMs) throw new Error('it was not started');
    programs.close();
    await until(() => !isThere(Number(readFileSync(file, 'utf8'))));
  });
});

describe('a start that hangs', () => {
  /** As libuv waits for an execve(2) that does not come back. */
  const hanging = () =>
    new Worker(
      "require('node:worker_threads').parentPort.on('message', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));",
      { eval: true },
    );

  it('is given up, and three times are enough', async () => {
    const hung = createProgramsApart({ environment: {}, createWorker: hanging });
    for (let time = 1; time <= 3; time += 1) {
      expect(await hung.run(['true'], { timeMs: 1, mostBytes: 1 })).toMatchObject({
        ok: false,
        problem: { kind: 'timeout' },
      });
      expect(hung.pending).toBe(time);
    }
    expect(await hung.run(['true'], bounds)).toMatchObject({
      ok: false,
      problem: { cause: 'programs cannot be started' },
    });
    hung.close();
  }, 20_000);
});
