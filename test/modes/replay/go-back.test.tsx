/** From the live dashboard into its recording and back, on a clock that stands still between ticks. */

import { afterEach, describe, expect, test } from 'vitest';
import { Line } from '../../../components/line/line.tsx';
import { useKeys } from '../../../hooks/use-keys.ts';
import { useSelect } from '../../../hooks/use-select.ts';
import { usePressure } from '../../../hooks/use-sources.ts';
import { fail, ok } from '../../../src/base/problem.ts';
import { runDashboard } from '../../../src/modes/dashboard/dashboard.tsx';
import { openRecording } from '../../../src/record/open-recording.ts';
import type { Source } from '../../../src/samplers/source.ts';
import { readWhole } from '../../record/segments.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeRecordingFiles } from '../../support/fake-recording-files.ts';
import { FakeProcess, FakeStdin, FakeStdout } from '../../support/fake-terminal.ts';

const directory = '/recordings';

function sourceOf(monotonic: () => number): Source {
  const line = (totalUsec: number) => ({ avg10: 0, avg60: 0, avg300: 0, totalUsec });
  return {
    id: 'pressure',
    sample() {
      const file = ok({ some: line(monotonic() * 300), full: null });
      const none = fail('unsupported', '/proc/pressure/irq');
      return {
        pressure: { atMs: monotonic(), ...ok({ cpu: file, memory: file, io: file, irq: none }) },
      };
    },
    close() {},
  };
}

function Probe() {
  useKeys();
  usePressure();
  const at = useSelect((state) => state.model.monotonicMs);
  const replay = useSelect((state) => state.replay);
  const view = useSelect((state) => state.ui.view);
  const notice = useSelect((state) => state.ui.notice?.text ?? '');
  const size = useSelect((state) => state.layout.columns);
  const what = replay === null ? 'live' : `replay ${replay.playing ? 'playing' : 'paused'}`;
  const mode = useSelect((state) => state.ui.modes.at(-1)?.kind);
  return <Line text={`${what} ${at} ${view} ${size} ${notice} ${mode}`} />;
}

const started: FakeProcess[] = [];
afterEach(() => {
  for (const process of started.splice(0)) process.emit('SIGTERM');
});

function start() {
  const stdin = new FakeStdin();
  const stdout = new FakeStdout(100, 24);
  const process = new FakeProcess();
  const clock = createFakeClock();
  const files = createFakeRecordingFiles(clock.now);
  const code = runDashboard({
    clock,
    sources: [sourceOf(clock.monotonic)],
    stdin,
    stdout,
    stderr: { write: () => true } as unknown as NodeJS.WritableStream,
    process,
    color: true,
    unicode: true,
    screen: <Probe />,
    recording: { files, directory, writer: '1', pid: 7 },
  });
  started.push(process);
  const settled = async () => {
    for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return (await stdout.screen())[0] ?? '';
  };
  /** Compression is on a pool thread. */
  const until = async (expected: RegExp) => {
    for (let turn = 0; ; turn += 1) {
      const line = await settled();
      if (expected.test(line)) return line;
      if (turn > 500) throw new Error(`waited for ${expected}: ${line}`);
      clock.advance(0);
    }
  };
  const advance = async (ms: number) => {
    for (let gone = 0; gone < ms; gone += 100) {
      clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** Everything that was sampled is on the disk. */
  const written = async () => {
    for (let turn = 0; turn < 500; turn += 1) {
      await settled();
      // Not even a file at first.
      const opened = await openRecording(files, directory);
      if (!opened.ok) continue;
      const { samples } = await readWhole(files, directory);
      if (samples.at(-1)?.monotonicMs === clock.monotonic()) return;
    }
    throw new Error('not written');
  };
  return { stdin, stdout, clock, files, code, until, advance, written };
}

test('what is shown stands still, sampling and recording go on, and nothing is missing', async () => {
  const { stdin, clock, files, code, until, advance, written } = start();
  await until(/^live/);
  await advance(20_200);
  await written();
  stdin.write('b');
  const shown = await until(/^replay paused/);
  // Five seconds before the key.
  expect(Number(shown.split(' ')[2])).toBe(clock.monotonic() - 5000);
  await advance(10_000);
  expect(await until(/^replay paused/)).toBe(shown);
  stdin.write('t');
  await until(new RegExp(`^replay paused ${Number(shown.split(' ')[2]) + 500} `));
  stdin.write('\x1b');
  await new Promise((resolve) => setTimeout(resolve, 0));
  stdin.write('b');
  await until(new RegExp(`^live ${clock.monotonic()} `));
  await advance(2000);
  stdin.write('q');
  expect(await code).toBe(0);
  const { samples, events, damage } = await readWhole(files, directory);
  expect([damage, events.filter(({ kind }) => kind === 'gap')]).toEqual([[], []]);
  const expected = [1000, ...Array.from({ length: 65 }, (_, index) => 1200 + index * 500)];
  expect(samples.map(({ monotonicMs }) => monotonicMs)).toEqual(expected);
});

/** The file is not opened for the n-th time until it is let on. */
function heldUp(files: ReturnType<typeof createFakeRecordingFiles>, n = 1): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { open } = files;
  let count = 0;
  files.open = async (path) => {
    count += 1;
    if (count === n) await promise;
    return open(path);
  };
  return resolve;
}

describe('on the way', () => {
  test('what was recorded meanwhile can be seen when one goes back again', async () => {
    const { stdin, clock, until, advance, written } = start();
    await until(/^live/);
    await advance(10_200);
    await written();
    stdin.write('b');
    await until(/^replay/);
    await advance(20_000);
    stdin.write('b');
    await until(/^live/);
    await written();
    stdin.write('b');
    await until(new RegExp(`^replay paused ${clock.monotonic() - 5000} `));
  });

  test('at its end the recording goes on with what was added', async () => {
    const { stdin, clock, until, advance, written } = start();
    await until(/^live/);
    await advance(10_200);
    await written();
    stdin.write('b');
    await until(/^replay/);
    stdin.write('j');
    stdin.write('end\r');
    await until(new RegExp(`^replay paused ${clock.monotonic()} `));
    await advance(5000);
    await written();
    for (let step = 0; step < 10; step += 1) stdin.write('t');
    await until(new RegExp(`^replay paused ${clock.monotonic()} `));
  });

  test('the live view and the size change where they are', async () => {
    const { stdin, stdout, until, advance, written } = start();
    await until(/^live/);
    await advance(6200);
    await written();
    stdin.write('3');
    stdin.write('b');
    await until(/^replay paused \d+ disks 100/);
    stdin.write('7');
    stdout.resizeTo(60, 15);
    await until(/^replay paused \d+ journal 60/);
    stdin.write('b');
    await until(/^live \d+ disks 60/);
  });

  test('Ctrl-C in the recording ends the program, with all that was recorded', async () => {
    const { stdin, files, code, until, advance, written } = start();
    await until(/^live/);
    await advance(6200);
    await written();
    stdin.write('b');
    await until(/^replay/);
    await advance(3000);
    stdin.write('\x03');
    expect(await code).toBe(0);
    const { samples, damage } = await readWhole(files, directory);
    expect([samples.at(-1)?.monotonicMs, damage]).toEqual([10_200, []]);
  });

  test('what fails on the way is told, and the dashboard stays', async () => {
    const { stdin, files, until, advance } = start();
    await until(/^live/);
    await advance(6200);
    files.list = () => Promise.reject(new Error('out of memory'));
    stdin.write('b');
    await until(/^live .*cannot be read: out of memory/);
  });

  test.each([1, 2, 3])('a size that changes meanwhile is the one that is drawn (%i)', async (open) => {
    const { stdin, stdout, files, until, advance, written } = start();
    await until(/^live/);
    await advance(6200);
    await written();
    const letOn = heldUp(files, open);
    stdin.write('b');
    await until(/^live/);
    stdout.resizeTo(60, 15);
    await until(/^live \d+ overview 60/);
    letOn();
    await until(/^replay paused \d+ overview 60/);
  });

  test('who is asked something meanwhile stays to answer it', async () => {
    const { stdin, files, until, advance, written } = start();
    await until(/^live/);
    await advance(6200);
    await written();
    const letOn = heldUp(files);
    stdin.write('b');
    await until(/^live/);
    stdin.write('?');
    await until(/^live.* help$/);
    letOn();
    await until(/^live .*b goes back/);
  });

  test('a recording that is gone is told, and the dashboard stays', async () => {
    const { stdin, files, until, advance } = start();
    await until(/^live/);
    await advance(6200);
    await until(/^live 7200/);
    files.contents.clear();
    stdin.write('b');
    await until(/^live .*no recording to go back in/);
  });
});
