import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keepConsole } from '../../src/terminal/console.ts';
import { openKernelMessages } from '../../src/terminal/kernel-messages.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { settled } from '../support/fake-ports.ts';

function keep(readable = true) {
  const clock = createFakeClock();
  let speaks = false;
  let refreshed = 0;
  let closed = 0;
  const messages = {
    spoke: async () => speaks,
    close() {
      closed += 1;
    },
  };
  const end = keepConsole({
    after: clock.after,
    refresh() {
      refreshed += 1;
    },
    openMessages: async () => (readable ? messages : null),
  });
  const wait = async (ms: number) => {
    for (let rest = ms; rest > 0; rest -= 250) {
      clock.advance(250);
      await settled();
    }
    return count();
  };
  const count = () => {
    const times = refreshed;
    refreshed = 0;
    return times;
  };
  const speak = (on: boolean) => {
    speaks = on;
  };
  return { clock, count, end, wait, speak, closed: () => closed };
}

test('every two seconds where the kernel says nothing, or nothing may be read', async () => {
  expect(await keep().wait(10_000)).toBe(5);
  expect(await keep(false).wait(10_000)).toBe(5);
});

test('at once when the kernel has spoken, and two seconds later', async () => {
  const { wait, speak } = keep();
  expect(await wait(500)).toBe(0);
  speak(true);
  expect(await wait(250)).toBe(1);
  speak(false);
  expect(await wait(1750)).toBe(0);
  expect(await wait(250)).toBe(1);
});

test('late as we are, it is late once', async () => {
  const { clock, count } = keep(false);
  clock.stall(5000);
  clock.advance(0);
  await settled();
  expect(count()).toBe(1);
});

test('never after the end', async () => {
  const { end, wait, speak, closed } = keep();
  await settled();
  speak(true);
  end();
  expect(await wait(5000)).toBe(0);
  expect(closed()).toBe(1);
});

test('messages: what was there before counts as none, each is told once', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kmsg-'));
  const path = join(directory, 'kmsg');
  execFileSync('mkfifo', [path]);
  const kernel = openSync(path, 'r+');
  onTestFinished(() => {
    closeSync(kernel);
    rmSync(directory, { recursive: true });
  });
  writeSync(kernel, '6,1,1,-;booted\n');
  const messages = await openKernelMessages(path);
  expect(await messages?.spoke()).toBe(false);
  writeSync(kernel, '4,2,2,-;Out of memory\n');
  expect(await messages?.spoke()).toBe(true);
  expect(await messages?.spoke()).toBe(false);
  messages?.close();
  expect(await openKernelMessages(join(directory, 'nothing'))).toBeNull();
});
