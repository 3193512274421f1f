import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { runRecord } from '../../src/app/record.ts';
import { problem } from '../../src/model/problem.ts';
import type { Source } from '../../src/samplers/source.ts';
import { readWhole } from '../record/segments.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRecordingFiles } from '../support/fake-recording-files.ts';

const directory = '/state/recordings';

function start(intervalScale = 1) {
  const clock = createFakeClock();
  const files = createFakeRecordingFiles();
  const process = new EventEmitter();
  const lines: string[] = [];
  let closed = false;
  const source: Source = {
    id: 'iostat',
    sample: () => ({ disks: { atMs: clock.monotonic(), ok: true, value: [] } }),
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
