/** A real process that ends in every way, and what is run then. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runWhenWeEnd } from '../../src/platform/when-we-end.ts';
import { until } from '../lab/wait.ts';

const directory = mkdtempSync(join(tmpdir(), 'nixpulse-when-we-end-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const file = new URL('../../src/platform/when-we-end.ts', import.meta.url).href;

/** A program that has one, and then does what `then` says. */
function program(mark: string, then: string) {
  const code = `
    const {runWhenWeEnd} = await import(${JSON.stringify(file)});
    const end = runWhenWeEnd(['/bin/sh', '-c', 'echo "$MARK" > "$MARK.new" && mv "$MARK.new" "$MARK"'], {MARK: ${JSON.stringify(mark)}});
    console.log('begun');
    ${then}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const begun = new Promise<void>((resolve) => void child.stdout.once('data', () => resolve()));
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  return { child, begun, ended };
}
const forever = 'setInterval(() => {}, 1000);';

describe.skipIf(process.platform === 'win32')('when we end', () => {
  test.each(['SIGKILL', 'SIGABRT', 'SIGTERM'] as const)('by %s, it is run', async (signal) => {
    const mark = join(directory, signal);
    const { child, begun, ended } = program(mark, forever);
    await begun;
    expect(existsSync(mark)).toBe(false);
    child.kill(signal);
    await ended;
    await until('its mark', () => existsSync(mark), { everyMs: 10 });
  });

  test('by a crash, it is run', async () => {
    const mark = join(directory, 'crash');
    await program(mark, 'process.reallyExit(1);').ended;
    await until('its mark', () => existsSync(mark), { everyMs: 10 });
  });

  test('well, it is not, and nobody of it is left', async () => {
    const mark = join(directory, 'well');
    const { ended } = program(mark, 'end.cancel(); setTimeout(() => process.exit(0), 100);');
    await ended;
    const end = runWhenWeEnd(['/bin/sh', '-c', `echo > ${mark}`], {});
    let lost = false;
    void end.lost.then(() => {
      lost = true;
    });
    end.cancel();
    // Whoever was told to run it would have by the time the next one has.
    const next = program(join(directory, 'next'), 'process.reallyExit(1);');
    await next.ended;
    await until('the next mark', () => existsSync(join(directory, 'next')), { everyMs: 10 });
    expect([existsSync(mark), lost]).toEqual([false, false]);
  });

  test('that there is none any more is said', async () => {
    const end = runWhenWeEnd(['/bin/true'], {});
    process.kill(end.pid ?? 0, 'SIGKILL');
    expect(await end.lost).toBe('it ended with SIGKILL');
    end.cancel();
  });
});
