import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { WholeKernel } from '../../src/platform/kernel.ts';
import { createPressureTriggers } from '../../src/platform/pressure-triggers.ts';

/** Files of /proc/pressure and event descriptors that this process has open. */
function openOnes(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${name}`);
      return target.startsWith('/proc/pressure') ? [target] : [];
    } catch {
      return [];
    }
  });
}

/** Answers of poll(2), one after the other: revents of the descriptors after the first, which wakes. */
function kernelThat(answers: readonly (number | readonly number[])[]) {
  let asked = 0;
  const descriptors: number[][] = [];
  const waiting: (() => void)[] = [];
  const kernel: WholeKernel = {
    call: () => openSync('/dev/null', 'r+'),
    errno: () => 0,
    callAside: async () => 0,
    memoryFile: () => -1,
    ring: () => -1,
    buffersAside: async () => -1,
    buffers: () => -1,
    writeAside: async () => -1,
    async poll(bytes, count) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      descriptors.push(Array.from({ length: count }, (_, index) => view.getInt32(index * 8, true)));
      const answer = answers[asked];
      asked += 1;
      if (answer === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      if (typeof answer === 'number') return answer;
      for (const [index, events] of (answer ?? []).entries())
        view.setInt16((index + 1) * 8 + 6, events, true);
      return (answer ?? []).filter((events) => events !== 0).length;
    },
  };
  return {
    kernel,
    descriptors,
    asked: () => asked,
    wake: () => {
      for (const resolve of waiting) resolve();
    },
  };
}

/** Without being told to end the wait would outlast every test. */
const patienceMs = 3_600_000;
const supported = existsSync('/proc/pressure/memory');

describe.skipIf(!supported)('what poll says', () => {
  async function watch(answers: readonly (number | readonly number[])[]) {
    const { kernel, descriptors, asked, wake } = kernelThat(answers);
    let events = 0;
    const watching = await createPressureTriggers(async () => kernel).watch(() => {
      events += 1;
    });
    if (!watching.ok) return null;
    await vi.waitFor(() => expect(asked()).toBeGreaterThanOrEqual(Math.min(answers.length, 3)));
    await new Promise((resolve) => setImmediate(resolve));
    const seen = { events, descriptors, asked: asked() };
    const closed = watching.value.close();
    wake();
    await closed;
    return seen;
  }

  test('POLLPRI is an event, a timeout is none', async () => {
    const seen = await watch([[2, 0, 0], 0, [2, 2, 2]]);
    // Some kernels and sandboxes have no triggers for us.
    if (seen !== null) expect(seen.events).toBe(2);
  });

  test('POLLERR: its trigger is gone and is passed over; without any the wait ends', async () => {
    const seen = await watch([
      [8, 0, 2],
      [0, 8 | 2, 0],
      [0, 0, 8],
    ]);
    if (seen === null) return;
    expect(seen.events).toBe(1);
    expect(seen.descriptors[1]?.[1]).toBe(-1);
    expect(seen.asked).toBe(3);
  });

  test('a poll that only fails is not asked for ever', async () => {
    const seen = await watch([-1, -1, -1, -1, -1]);
    if (seen !== null) expect(seen.asked).toBe(3);
  });
});

test('without koffi it says so', async () => {
  const triggers = createPressureTriggers(async () => null);
  expect(await triggers.watch(() => {})).toMatchObject({ ok: false, problem: { kind: 'unsupported' } });
});

describe.skipIf(!supported)('on the real kernel', () => {
  const hogs: ChildProcess[] = [];
  afterEach(() => {
    for (const hog of hogs.splice(0)) hog.kill('SIGKILL');
  });

  test('the end comes at once and leaves nothing open', async () => {
    const watching = await createPressureTriggers(undefined, patienceMs).watch(() => {});
    if (!watching.ok) return expect(watching.problem.kind).toMatch(/^(unsupported|denied|malformed)$/);
    expect(openOnes().length).toBeGreaterThan(0);
    await watching.value.close();
    expect(openOnes()).toEqual([]);
    await watching.value.close();
  });

  test('a process ends at once, although a thread of its waits', () => {
    const script = `
      const { createPressureTriggers } = await import(${JSON.stringify(new URL('../../src/platform/pressure-triggers.ts', import.meta.url).href)});
      const watching = await createPressureTriggers(undefined, ${patienceMs}).watch(() => {});
      if (watching.ok) await watching.value.close();
      process.exit(7);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    hogs.push(child);
    return new Promise<void>((resolve) => {
      child.once('exit', (code) => {
        expect(code).toBe(7);
        resolve();
      });
    });
  });
});
