import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import { problem } from '../../src/base/problem.ts';
import type { HardenChoice, HardeningPart } from '../../src/model/health/hardening.ts';
import { type RecordOptions, runRecord } from '../../src/modes/record.ts';
import type { TerminalStanding } from '../../src/platform/controlling-terminal.ts';
import type { Collection } from '../../src/platform/ports.ts';
import type { Source } from '../../src/samplers/source.ts';
import { readWhole } from '../record/segments.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRecordingFiles } from '../support/fake-recording-files.ts';

const directory = '/state/recordings';

/** `longAtMs`: since the start, of a sample that is too long to be recorded. */
function start(
  intervalScale = 1,
  { longAtMs = -1, ...over }: Partial<RecordOptions> & { longAtMs?: number } = {},
) {
  const clock = createFakeClock();
  const sinceMs = clock.monotonic();
  const files = createFakeRecordingFiles();
  const process = new EventEmitter();
  const lines: string[] = [];
  let closed = false;
  const source: Source = {
    id: 'iostat',
    sample() {
      const atMs = clock.monotonic();
      const long = problem('malformed', 'x'.repeat(5 << 20));
      return {
        disks:
          atMs - sinceMs === longAtMs ? { atMs, ok: false, problem: long } : { atMs, ok: true, value: [] },
      };
    },
    close: () => {
      closed = true;
    },
  };
  const code = runRecord({
    clock,
    sources: [source],
    intervalScale,
    recording: { files, directory, writer: '1', pid: 1 },
    process: process as unknown as NodeJS.Process,
    say: (line) => lines.push(line),
    ...over,
  });
  return {
    clock,
    files,
    process,
    lines,
    code,
    closed: () => closed,
    read: () => readWhole(files, directory),
  };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])('%s ends it well', async (signal, exitCode) => {
  const { clock, process, lines, code, closed, read } = start();
  expect(lines).toEqual(['recording in /state/recordings']);
  clock.advance(10_200);
  process.emit(signal);
  expect(await code).toBe(exitCode);
  expect(lines[1]).toMatch(/^recorded 0:10: 12 samples, \d+(\.\d+)? K?B$/);
  expect((await read()).samples).toHaveLength(12);
  expect([closed(), process.eventNames(), clock.pending]).toEqual([true, [], 0]);
});

test('SIGHUP asks for the settings again, as long as the terminal is there', async () => {
  const terminal: { standing: TerminalStanding } = { standing: 'foreground' };
  let asked = 0;
  const { clock, process, code } = start(1, {
    standing: () => terminal.standing,
    reload(watcher) {
      asked += 1;
      watcher.rescale(2);
    },
  });
  clock.advance(1000);
  process.emit('SIGHUP');
  clock.advance(6000);
  expect(asked).toBe(1);
  terminal.standing = 'background';
  process.emit('SIGHUP');
  expect([await code, asked, clock.pending]).toEqual([129, 1, 0]);
});

test('what no record holds is said, and not blamed on the disk', async () => {
  const { clock, process, lines, code } = start(1, { longAtMs: 5200 });
  clock.advance(10_200);
  process.emit('SIGINT');
  await code;
  expect(lines[1]).toMatch(/^recorded 0:10: 11 samples, \d+(\.\d+)? K?B, 1 sample left out: too long$/);
});

test('the interval scales every source', async () => {
  const { clock, process, code, read } = start(10);
  clock.advance(30_000);
  process.emit('SIGINT');
  await code;
  expect((await read()).samples).toHaveLength(4);
});

test('a full disk ends it with one line and exit code 1, whatever the interval is', async () => {
  const { clock, files, lines, code } = start(3600);
  files.failure = problem('denied', '/x', 'ENOSPC');
  clock.advance(200);
  expect(await code).toBe(1);
  expect(lines.slice(1)).toEqual([expect.stringMatching(/^not recording: no space left/)]);
});

test('a disk that does not answer: what is missing is said, and the end is not kept', async () => {
  const { clock, files, process, lines, code } = start();
  files.block();
  clock.advance(1000);
  process.emit('SIGTERM');
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(2000);
  expect(await code).toBe(1);
  expect(lines[1]).toBe('the end of the recording is missing: the disk of /state/recordings does not answer');
});

function survivalWith(choice: HardenChoice, parts: readonly HardeningPart[] = []) {
  const calls: string[] = [];
  const heap = { bytes: 0 };
  const harden = async () => {
    calls.push('harden');
    return parts;
  };
  return {
    calls,
    heap,
    survival: {
      choice,
      hardening: {
        harden,
        async forget(pages: string) {
          calls.push(`forget ${pages}`);
        },
        keepsOwnMemory: false,
      },
      collect(what: Collection = 'all') {
        if (what !== 'young') calls.push(`collect ${what}`);
      },
      heapBytes: () => heap.bytes,
      restCompiling() {},
      stockUp() {},
      staysInMemory: () => false,
    },
  };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 50));

test('once samples were taken and written it hardens itself, and collects the garbage that piles up', async () => {
  const both = ['collect close', 'collect all'];
  const { calls, heap, survival } = survivalWith('auto');
  const { clock, process, code, lines } = start(1, { survival });
  await settled();
  clock.advance(2000);
  await settled();
  expect(calls).toEqual([]);
  clock.advance(1000);
  expect(calls).toEqual([]);
  clock.advance(1000);
  await vi.waitFor(() => expect(calls).toEqual([...both, 'forget all', 'harden']));
  await settled();
  clock.advance(1000);
  await vi.waitFor(() => expect(calls).toEqual([...both, 'forget all', 'harden', ...both]));
  clock.advance(60_000);
  expect(calls).toHaveLength(6);
  heap.bytes = 10 * 1024 ** 2;
  clock.advance(60_000);
  expect(calls.slice(6)).toEqual(['collect all']);
  process.emit('SIGTERM');
  await code;
  expect(lines).toHaveLength(2);
});

test('--harden=off', async () => {
  const { calls, survival } = survivalWith('off');
  const { clock, process, code } = start(1, { survival });
  await settled();
  clock.advance(5000);
  await settled();
  process.emit('SIGTERM');
  await code;
  expect(calls).toEqual(['collect close', 'collect all']);
});

test('what --harden=require lacks is one line, and nothing is recorded', async () => {
  const denied = { id: 'priority', status: 'denied', reason: 'needs root' } as const;
  const { survival } = survivalWith('require', [denied]);
  const { code, lines, closed, read } = start(1, { survival });
  expect(await code).toBe(3);
  expect(lines).toEqual(['--harden=require: CPU priority denied: needs root']);
  expect(closed()).toBe(true);
  await expect(read()).rejects.toThrow('nothing recorded');
});

test('who is late leaves details out', async () => {
  const lowDetail = { on: false };
  const { clock, process, code } = start(1, { lowDetail });
  clock.advance(3000);
  expect(lowDetail.on).toBe(false);
  clock.stall(3000);
  clock.advance(1000);
  expect(lowDetail.on).toBe(true);
  process.emit('SIGTERM');
  await code;
});
