import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { runRecord } from '../../src/app/record.ts';
import { problem } from '../../src/model/problem.ts';
import type { Source } from '../../src/samplers/source.ts';
import { readWhole } from '../record/segments.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRecordingFiles } from '../support/fake-recording-files.ts';

const directory = '/state/recordings';

/** `longAtMs`: since the start, of a sample that is too long to be recorded. */
function start(intervalScale = 1, longAtMs = -1) {
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

test('what no record holds is said, and not blamed on the disk', async () => {
  const { clock, process, lines, code } = start(1, 5200);
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
