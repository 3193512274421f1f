import { afterEach, describe, expect, test } from 'vitest';
import { Line } from '../../../components/line/line.tsx';
import { useKeys } from '../../../hooks/use-keys.ts';
import { useSelect } from '../../../hooks/use-select.ts';
import { usePressure } from '../../../hooks/use-sources.ts';
import { usualLooks } from '../../../src/model/ui/tones.ts';
import { type DashboardOptions, runDashboard } from '../../../src/modes/dashboard/dashboard.tsx';
import type { ScreenSettingsRead } from '../../../src/modes/dashboard/settings-on-screen.ts';
import type { Source } from '../../../src/samplers/source.ts';
import type { ShownSettings } from '../../../src/state/screen-settings.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { FakeProcess, FakeStdin, FakeStdout } from '../../support/fake-terminal.ts';

const line = (totalUsec: number) => ({ avg10: 1, avg60: 1, avg300: 1, totalUsec });

/** A source of pressure whose counter is the monotonic clock: half of the time somebody waits. */
function pressureSource(monotonic: () => number): Source & { reads: number; closed: boolean } {
  return {
    id: 'pressure',
    reads: 0,
    closed: false,
    sample() {
      this.reads += 1;
      const file = { some: line(monotonic() * 500), full: null };
      const value = { ok: true, value: file } as const;
      return {
        pressure: {
          atMs: monotonic(),
          ok: true,
          value: { cpu: value, memory: value, io: value, irq: value },
        },
      };
    },
    close() {
      this.closed = true;
    },
  };
}

function Probe() {
  useKeys();
  usePressure();
  const tick = useSelect((state) => state.model.pressure.memory.some?.tickPercent);
  const view = useSelect((state) => state.ui.view);
  const size = useSelect((state) => `${state.layout.columns}x${state.layout.rows}`);
  return <Line text={`${view} ${size} ${tick === null || tick === undefined ? '–' : Math.round(tick)}`} />;
}

function Health() {
  usePressure();
  return <Line text={`late ${useSelect((state) => state.health.latenessMs)}`} />;
}

function Notice() {
  useKeys();
  return <Line text={useSelect((state) => state.ui.notice?.text ?? 'none')} />;
}

function Order() {
  useKeys();
  usePressure();
  const { sort, inverted, columns } = useSelect((state) => state.ui);
  const { color, looks } = useSelect((state) => state.terminal);
  const scale = useSelect((state) => state.health.intervalScale);
  const notice = useSelect((state) => state.ui.notice?.text ?? '');
  const order = `${sort}${inverted ? ' inverted' : ''} ${columns?.join() ?? 'usual'}`;
  return <Line text={`${order} ${color ? (looks ?? usualLooks).ok : 'plain'} x${scale} ${notice}`} />;
}

function Broken(): never {
  throw new Error('a broken component');
}

const started: FakeProcess[] = [];
afterEach(() => {
  for (const process of started.splice(0)) process.emit('SIGTERM');
});

function start(over: Partial<DashboardOptions> = {}) {
  const stdin = new FakeStdin();
  const stdout = new FakeStdout(80, 24);
  const process = new FakeProcess();
  const clock = createFakeClock();
  const source = pressureSource(clock.monotonic);
  const errors: string[] = [];
  const stderr = { write: (text: string) => errors.push(text) } as unknown as NodeJS.WritableStream;
  const code = runDashboard({
    clock,
    sources: [source],
    stdin,
    stdout,
    stderr,
    process,
    color: true,
    unicode: true,
    screen: <Probe />,
    ...over,
  });
  started.push(process);
  /** React's effects and the frames that follow. */
  const settled = async () => {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return stdout.screen();
  };
  return { stdin, stdout, process, clock, source, errors, code, settled };
}

test('the first frame waits for no interval, rates come 200 ms later, then every tick', async () => {
  const { clock, source, settled } = start();
  expect((await settled())[0]).toBe('overview 80x24 –');
  expect(source.reads).toBe(1);
  clock.advance(200);
  expect((await settled())[0]).toBe('overview 80x24 50');
  expect(source.reads).toBe(2);
  clock.advance(1000);
  expect(source.reads).toBe(4);
});

test('who was stopped with Ctrl-Z has not been late; who was not scheduled has', async () => {
  const { clock, process, settled } = start({ screen: <Health /> });
  await settled();
  clock.advance(1000);
  process.emit('SIGTSTP');
  clock.stall(60_000);
  process.emit('SIGCONT');
  clock.advance(1000);
  expect((await settled())[0]).toBe('late 0');
  clock.stall(3000);
  clock.advance(1000);
  expect((await settled())[0]).toMatch(/^late \d+00$/);
});

test('keys, resize, quit: the terminal and the sources are given back', async () => {
  const { stdin, stdout, source, clock, code, settled } = start();
  await settled();
  stdin.write('3');
  expect((await settled())[0]).toBe('disks 80x24 –');
  stdout.resizeTo(60, 12);
  expect((await settled())[0]).toBe('disks 60x12 –');
  stdin.write('q');
  expect(await code).toBe(0);
  expect([stdin.raw, source.closed, clock.pending]).toEqual([false, true, 0]);
  await stdout.screen();
  expect(stdout.terminal.buffer.active.type).toBe('normal');
  expect(stdin.isPaused()).toBe(true);
});

test.each([
  ['\x03', 0],
  ['\x1b[21~', 0],
])('%j quits with %i', async (keys, exitCode) => {
  const { stdin, code, settled } = start();
  await settled();
  stdin.write(keys);
  expect(await code).toBe(exitCode);
});

describe('settings', () => {
  const usual: ShownSettings = {
    ...{ sort: 'resident', inverted: false, columns: null },
    ...{ color: true, unicode: true, looks: usualLooks, intervalScale: 1 },
  };
  const read = (shown: Partial<ShownSettings>, complaints: readonly string[] = []) => {
    return { shown: { ...usual, ...shown }, complaints, told: 'read again' };
  };

  async function startedWith(first: ScreenSettingsRead) {
    let next = first;
    const dashboard = start({
      screen: <Order />,
      readSettings: async () => next,
      standing: () => 'foreground',
    });
    const { clock, process, settled } = dashboard;
    await settled();
    clock.advance(200);
    const row = async () => (await settled())[0]?.trim();
    return {
      ...dashboard,
      row,
      async again(now: ScreenSettingsRead) {
        next = now;
        process.emit('SIGHUP');
        clock.advance(100);
        return row();
      },
    };
  }

  test('come with a frame after the first, and again by SIGHUP, which says so in one line', async () => {
    const { source, clock, row, again } = await startedWith(read({ sort: 'age', columns: ['cpu'] }));
    expect(await row()).toBe('age cpu green x1');
    const looks = { ...usualLooks, ok: 'blue' };
    expect(await again(read({ sort: 'cpu', inverted: true, looks, intervalScale: 10 }))).toBe(
      'cpu inverted usual blue x10 read again',
    );
    const { reads } = source;
    clock.advance(9000);
    expect(source.reads - reads).toBeLessThanOrEqual(2);
    expect(await again(read({ color: false }))).toBe('resident usual plain x1 read again');
  });

  test('what keys have chosen since stays', async () => {
    const { stdin, row, again } = await startedWith(read({ sort: 'age' }));
    await row();
    stdin.write('<');
    expect(await row()).toBe('name usual green x1');
    expect(await again(read({ sort: 'cpu' }))).toBe('name usual green x1 read again');
  });

  test('of a wrong file the rest holds, the first complaint is said, and all of them at the end', async () => {
    const { stdin, errors, code, again } = await startedWith(read({}));
    const wrong = read({ sort: 'io' }, ['c.toml:1: first', 'c.toml:2: second']);
    expect(await again(wrong)).toBe('io usual green x1 c.toml:1: first (and 1 more)');
    stdin.write('q');
    expect(await code).toBe(0);
    expect(errors).toEqual(['nixpulse: c.toml:1: first\n', 'nixpulse: c.toml:2: second\n']);
  });

  test('a disk that does not answer keeps nobody waiting, and an older answer is not taken', async () => {
    const asked: ((read: ScreenSettingsRead) => void)[] = [];
    const { process, clock, settled } = start({
      screen: <Order />,
      readSettings: () => new Promise((resolve) => asked.push(resolve)),
      standing: () => 'foreground',
    });
    await settled();
    clock.advance(200);
    expect((await settled())[0]?.trim()).toBe('resident usual green x1');
    process.emit('SIGHUP');
    clock.advance(100);
    await settled();
    asked[1]?.(read({ sort: 'cpu' }));
    await settled();
    asked[0]?.(read({ sort: 'age' }));
    expect((await settled())[0]?.trim()).toBe('cpu usual green x1 read again');
  });
});

describe('what goes wrong', () => {
  test('a wrong file of settings keeps no dashboard from starting: it is said, and said again at the end', async () => {
    const { promise, resolve } = Promise.withResolvers<ScreenSettingsRead>();
    const readSettings = () => promise;
    const { stdin, clock, errors, code, settled } = start({ screen: <Notice />, readSettings });
    expect((await settled())[0]).toBe('none');
    clock.advance(200);
    resolve({ shown: null, complaints: ['c.toml:1: first', 'c.toml:2: second'], told: '' });
    expect((await settled())[0]).toBe('c.toml:1: first (and 1 more)');
    stdin.write('q');
    expect(await code).toBe(0);
    expect(errors).toEqual(['nixpulse: c.toml:1: first\n', 'nixpulse: c.toml:2: second\n']);
  });

  test('a component that throws: the terminal first, then the error, exit code 1', async () => {
    const { stdout, errors, code } = start({ screen: <Broken /> });
    expect(await code).toBe(1);
    await stdout.screen();
    expect(stdout.terminal.buffer.active.type).toBe('normal');
    expect(errors.join('')).toContain('a broken component');
  });

  test('a rejection nobody handled: the same', async () => {
    const { process, errors, code, settled } = start();
    await settled();
    process.emit('unhandledRejection', new Error('forgotten'));
    expect(await code).toBe(1);
    expect(errors.join('')).toContain('forgotten');
  });

  test.each([
    ['stdin', { stdin: Object.assign(new FakeStdin(), { isTTY: false }) as unknown as FakeStdin }],
    ['stdout', { stdout: Object.assign(new FakeStdout(80, 24), { isTTY: false }) as unknown as FakeStdout }],
  ])('%s is no terminal: one line that names the way without, exit code 2', async (name, over) => {
    const { errors, code } = start(over);
    expect(await code).toBe(2);
    expect(errors).toEqual([
      expect.stringMatching(new RegExp(`^nixpulse: ${name} .*nixpulse snapshot.*\n$`)),
    ]);
  });
});
