/** What `nixpulse replay` takes and where it begins, by the Models that `--json` writes. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Sample } from '../../../src/model/sample.ts';
import { type ReplayCommand, replay } from '../../../src/modes/replay/replay-command.ts';
import { createRecorder } from '../../../src/record/recorder.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeRecordingFiles } from '../../support/fake-recording-files.ts';

beforeAll(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const directory = '/state/recordings';
const hourMs = 3_600_000;
const firstMs = Date.UTC(2026, 10, 18, 3, 0);
/** Three nights from 03:00 to 04:00, a sample a minute. */
const nights = [0, 24, 48].map((hours) => firstMs + hours * hourMs);

async function recorded(startsMs: readonly number[] = nights) {
  const files = createFakeRecordingFiles();
  for (const [night, startMs] of startsMs.entries()) {
    const clock = createFakeClock({ now: startMs });
    const recorder = createRecorder({
      files,
      clock,
      directory,
      header: { writer: '1', hostName: 'box' },
      pid: night + 1,
    });
    for (let minute = 0; minute <= 60; minute += 1) {
      const sample: Sample = { version: 1, timeMs: clock.now(), monotonicMs: clock.monotonic() };
      recorder.sample(sample, { fromMs: sample.timeMs, toMs: sample.timeMs, max: {}, builds: [] });
      clock.advance(60_000);
    }
    await recorder.close();
  }
  return files;
}

async function run(over: Partial<ReplayCommand> = {}) {
  const said: string[] = [];
  let text = '';
  const exitCode = await replay({
    files: await recorded(),
    name: 'replay',
    path: directory,
    at: null,
    json: true,
    complain: (message) => said.push(message),
    write: async (more) => {
      text += more;
    },
    screen: {} as never,
    ...over,
  });
  const times = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).time as string);
  return { exitCode, said, times };
}

describe('--at', () => {
  test.each([
    // Of a week of nights the last one is meant.
    ['03:28', '2026-11-20T03:28:00.000Z'],
    ['04:00', '2026-11-20T04:00:00.000Z'],
    ['2026-11-19T03:28', '2026-11-19T03:28:00.000Z'],
    ['-10m', '2026-11-20T03:50:00.000Z'],
    ['+10m', '2026-11-18T03:10:00.000Z'],
    ['start', '2026-11-18T03:00:00.000Z'],
    ['end', '2026-11-20T04:00:00.000Z'],
  ])('%s begins at %s', async (at, expected) => {
    const { exitCode, times } = await run({ at });
    expect(times[0]).toBe(expected);
    expect(exitCode).toBe(0);
  });

  test('a time of day after the end was the night before', async () => {
    const files = await recorded([firstMs, firstMs + 23 * hourMs]);
    const { times } = await run({ files, at: '03:28' });
    expect(times[0]).toBe('2026-11-18T03:28:00.000Z');
  });
});

describe('what cannot be shown is one line', () => {
  test('nothing recorded yet: how it comes about', async () => {
    const { exitCode, said } = await run({ files: createFakeRecordingFiles(), own: true });
    expect(said).toEqual(['nothing recorded yet: nixpulse records while it runs; nixpulse demo shows how']);
    expect(exitCode).toBe(2);
  });

  test('somebody else’s directory is named', async () => {
    const { exitCode, said } = await run({ files: createFakeRecordingFiles() });
    expect(said).toEqual([`no recording to replay: ${directory}: nothing recorded in this directory`]);
    expect(exitCode).toBe(2);
  });

  test('a file among them that is no recording has no byte to name', async () => {
    const files = await recorded();
    files.contents.set(`${directory}/notes.nixpulse`, new TextEncoder().encode('what I wanted to do'));
    const { exitCode, said } = await run({ files });
    expect(said).toEqual([`${directory}/notes.nixpulse: not a recording of nixpulse`]);
    expect(exitCode).toBe(0);
  });
});
