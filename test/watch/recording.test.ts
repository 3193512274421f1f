import { describe, expect, test } from 'vitest';
import { problem } from '../../src/base/problem.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Model, ModelEvent } from '../../src/model/model.ts';
import type { RecorderStatus } from '../../src/model/past/recorded.ts';
import type { Sample } from '../../src/model/sample.ts';
import { recordingsDirectory } from '../../src/modes/environment.ts';
import type { Source } from '../../src/samplers/source.ts';
import { createLoop, type Tick } from '../../src/watch/loop.ts';
import { createRecording, newAlerts } from '../../src/watch/recording.ts';
import { readWhole } from '../record/segments.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRecordingFiles } from '../support/fake-recording-files.ts';
import { journalEntry } from '../support/journal-entry.ts';

const directory = '/state/recordings';

function start() {
  const clock = createFakeClock();
  const files = createFakeRecordingFiles();
  const stopped: string[] = [];
  const onStopped = (reason: string) => stopped.push(reason);
  const recording = createRecording(clock, { files, directory, writer: '1', pid: 1, onStopped });
  const tick = (events: readonly ModelEvent[] = []): Sample => {
    clock.advance(1000);
    const sample: Sample = { version: 1, timeMs: clock.now(), monotonicMs: clock.monotonic() };
    const model: Model = { ...emptyModel, timeMs: sample.timeMs, events };
    recording.sample(sample, model);
    return sample;
  };
  return { clock, files, stopped, recording, tick, read: () => readWhole(files, directory) };
}

const event = (command: string): ModelEvent => {
  return { timeMs: 5, kind: 'client-ended', level: 'ok', pid: 1, startTime: 2, command };
};

test('the disk is not touched before the first frame is out, and nothing of before is lost', async () => {
  const { recording, files, tick, read } = start();
  const samples = [tick(), tick()];
  expect(recording.status.state).toBe('off');
  await new Promise((resolve) => setImmediate(resolve));
  expect(files.contents.size).toBe(0);
  recording.begin();
  expect(recording.status.state).toBe('recording');
  samples.push(tick());
  await recording.end();
  expect((await read()).samples).toEqual(samples);
});

test('every event once, and actions when they end', async () => {
  const { recording, clock, tick, read } = start();
  const [a, b, c] = [event('a'), event('b'), event('c')];
  tick([a]);
  recording.begin();
  tick([a, b]);
  tick([a, b]);
  recording.entry(journalEntry({ title: 'kill x' }));
  tick([b, c]);
  await recording.end();
  expect((await read()).events).toEqual([
    { kind: 'alert', timeMs: 5, event: a },
    { kind: 'alert', timeMs: 5, event: b },
    { kind: 'alert', timeMs: 5, event: c },
    { kind: 'action', timeMs: clock.now() - 1000, entry: journalEntry({ title: 'kill x' }) },
  ]);
});

test('who keeps the screen is told once when the disk ends it', async () => {
  const { recording, files, stopped, tick } = start();
  recording.begin();
  files.failure = problem('denied', '/x', 'ENOSPC');
  for (let n = 0; n < 3; n += 1) {
    tick();
    await recording.end();
  }
  expect(stopped).toEqual([expect.stringMatching(/^not recording: no space left/)]);
});

test('a disk that does not answer is not waited for', async () => {
  const { recording, files, clock, tick } = start();
  recording.begin();
  files.block();
  tick();
  let ended = false;
  const end = recording.end().then(() => {
    ended = true;
  });
  clock.advance(1999);
  await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toBe(false);
  clock.advance(1);
  await end;
});

describe('ticks come when they are due, whatever becomes of the disk', () => {
  type Disk = ReturnType<typeof createFakeRecordingFiles>;
  const disks: [string, (files: Disk) => unknown, object][] = [
    ['it does not answer', (files) => files.block(), { state: 'recording', behind: true }],
    ['it is full', (files) => Object.assign(files, { room: 10 }), { state: 'stopped' }],
    [
      'it fails',
      (files) => Object.assign(files, { failure: problem('malformed', '/x', 'EIO') }),
      { state: 'stopped' },
    ],
  ];

  test.each(disks)('%s', async (_, breakDown, status) => {
    const clock = createFakeClock();
    const files = createFakeRecordingFiles();
    const recording = createRecording(clock, {
      files,
      directory,
      writer: '1',
      pid: 1,
      limits: { queueItems: 10 },
    });
    const source: Source = {
      id: 'iostat',
      sample: () => ({ disks: { atMs: clock.monotonic(), ok: true, value: [] } }),
      close() {},
    };
    const ticks: (Pick<Tick, 'latenessMs' | 'missed'> & { readonly atMs: number })[] = [];
    const startMs = clock.monotonic();
    const loop = createLoop({
      clock,
      sources: [source],
      onSample(sample, { latenessMs, missed }) {
        ticks.push({ atMs: sample.monotonicMs - startMs, latenessMs, missed });
        recording.sample(sample, { ...emptyModel, timeMs: sample.timeMs });
      },
    });
    /** What the disk answers comes between the ticks. */
    async function pass(seconds: number, answers: (before: RecorderStatus) => boolean): Promise<void> {
      for (let second = 0; second < seconds; second += 1) {
        const before = recording.status;
        clock.advance(1000);
        for (let turn = 0; turn < 20 || !answers(before); turn += 1) {
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    }
    loop.want('iostat', 1000);
    recording.begin();
    loop.start();
    await pass(100, ({ writtenBytes }) => recording.status.writtenBytes > writtenBytes);
    expect(recording.status).toMatchObject({ state: 'recording', dropped: 0 });
    breakDown(files);
    await pass(100, () => true);
    expect(recording.status).toMatchObject(status);
    const due = Array.from({ length: 201 }, (_, n) => ({ atMs: n * 1000, latenessMs: 0, missed: 0 }));
    expect(ticks).toEqual(due.slice(0, ticks.length));
    expect(ticks.length).toBeGreaterThanOrEqual(200);
    loop.close();
  });
});

test('ended before it began', async () => {
  const { recording, files } = start();
  await recording.end();
  expect(files.contents.size).toBe(0);
});

test('new alerts are those that the model did not have, with words for another version', () => {
  const [a, b] = [event('a'), event('a')];
  const alert = { kind: 'alert', timeMs: 5, event: { ...b, text: 'a' } };
  expect(newAlerts([a, b], [a])).toEqual([alert]);
  expect(newAlerts([a, b], [])).toEqual([alert, alert]);
  expect(newAlerts([a], [a, b])).toEqual([]);
});

describe('where recordings are kept', () => {
  test.each([
    ['a user', null, { HOME: '/home/ada' }, 1000, '/home/ada/.local/state/nixpulse/recordings'],
    [
      'who says where state goes',
      null,
      { HOME: '/home/ada', XDG_STATE_HOME: '/s' },
      1000,
      '/s/nixpulse/recordings',
    ],
    [
      'a relative one is none',
      null,
      { HOME: '/h', XDG_STATE_HOME: 's' },
      1000,
      '/h/.local/state/nixpulse/recordings',
    ],
    ['root', null, { HOME: '/root' }, 0, '/var/lib/nixpulse'],
    ['root, a relative one is none', null, { HOME: '/root', XDG_STATE_HOME: 's' }, 0, '/var/lib/nixpulse'],
    ['root, told where', null, { HOME: '/root', XDG_STATE_HOME: '/s/' }, 0, '/s/nixpulse/recordings'],
    ['--dir', '/d', { HOME: '/root', XDG_STATE_HOME: '/s' }, 0, '/d'],
    ['--dir from here', 'd', { HOME: '/root' }, 0, `${process.cwd()}/d`],
  ])('%s', (_, asked, environment, uid, expected) => {
    expect(recordingsDirectory(asked, environment, uid)).toBe(expected);
  });
});
