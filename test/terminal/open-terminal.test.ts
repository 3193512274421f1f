import { describe, expect, test } from 'vitest';
import { openTerminal } from '../../src/terminal/open-terminal.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { FakeProcess, FakeStdin, FakeStdout } from '../support/fake-terminal.ts';

const leave = '\x1b[?1049l';

function open(columns = 40, rows = 8) {
  const stdin = new FakeStdin();
  const stdout = new FakeStdout(columns, rows);
  const process = new FakeProcess();
  const clock = createFakeClock();
  const terminal = openTerminal({ stdin, stdout, process, after: clock.after });
  const times = (text: string) => stdout.received.split(text).length - 1;
  const mode = () => stdout.terminal.buffer.active.type;
  return { stdin, stdout, process, clock, terminal, times, mode, show: terminal.inkStdout };
}

test('sets up the alternate screen, raw keys, no cursor, paste in brackets', async () => {
  const { stdin, stdout, mode } = open();
  await stdout.screen();
  expect(stdin.raw).toBe(true);
  expect(mode()).toBe('alternate');
  expect(stdout.terminal.modes).toMatchObject({ bracketedPasteMode: true, wraparoundMode: false });
  expect(stdout.received).toContain('\x1b[?25l');
});

describe('gives everything back, once', () => {
  const ways: [string, (t: ReturnType<typeof open>) => void, number][] = [
    ['quit', (t) => t.terminal.leave({ exitCode: 0 }), 0],
    ['SIGTERM', (t) => t.process.emit('SIGTERM'), 143],
    ['SIGHUP', (t) => t.process.emit('SIGHUP'), 129],
    ['SIGINT', (t) => t.process.emit('SIGINT'), 130],
    ['SIGQUIT', (t) => t.process.emit('SIGQUIT'), 131],
    ['an uncaught exception', (t) => t.process.emit('uncaughtException', new Error('boom')), 1],
    ['an unhandled rejection', (t) => t.process.emit('unhandledRejection', new Error('boom')), 1],
    ['process.exit', (t) => t.process.emit('exit', 0), 0],
    ['the end of the input', (t) => t.stdin.emit('end'), 129],
  ];
  test.each(ways)('%s', async (name, go, exitCode) => {
    const opened = open();
    const { stdin, stdout, process, terminal, times, mode } = opened;
    terminal.inkStdout.write('a frame');
    go(opened);
    const way = await terminal.left;
    expect(way.exitCode).toBe(exitCode);
    expect(way.error instanceof Error).toBe(name.startsWith('an un'));
    process.emit('SIGTERM');
    process.emit('exit', 0);
    terminal.leave({ exitCode: 7 });
    terminal.inkStdout.write('a late frame');
    await stdout.screen();
    expect(stdin.raw).toBe(false);
    if (way.terminalGone) {
      expect(times(leave)).toBe(0);
      return;
    }
    expect(times(leave)).toBe(1);
    expect(mode()).toBe('normal');
    expect(stdout.terminal.modes).toMatchObject({ bracketedPasteMode: false, wraparoundMode: true });
    expect(stdout.received.endsWith(leave)).toBe(true);
    expect(stdout.received).toContain('\x1b[?25h');
    expect(stdout.received).not.toContain('late');
  });

  test('no handler is left behind, and an error of the dead terminal does no harm', async () => {
    const { process, stdin, stdout, terminal } = open();
    terminal.leave({ exitCode: 0 });
    // Until all is done our handlers stay, and say nothing more.
    expect(process.eventNames()).toContain('SIGTERM');
    process.emit('SIGTERM');
    terminal.close();
    expect(process.eventNames()).toEqual([]);
    stdout.emit('error', new Error('EIO'));
    stdin.emit('error', new Error('EIO'));
    expect((await terminal.left).exitCode).toBe(0);
  });

  test.each(['EPIPE', 'EIO'])('%s: the terminal is gone, nothing more is written', async (code) => {
    const { stdout, terminal } = open();
    await stdout.screen();
    const before = stdout.received;
    stdout.emit('error', Object.assign(new Error(code), { code }));
    expect(await terminal.left).toEqual({ exitCode: 129, terminalGone: true });
    terminal.inkStdout.write('a frame');
    await stdout.screen();
    expect(stdout.received).toBe(before);
  });
});

describe('Ctrl-Z', () => {
  test('gives the terminal back, stops the group, and takes it back with a whole frame', async () => {
    const { stdin, stdout, process, terminal, times, mode } = open();
    terminal.inkStdout.write('the frame');
    terminal.suspend();
    await stdout.screen();
    expect(process.killed).toEqual([[0, 'SIGTSTP']]);
    expect(process.listenerCount('SIGTSTP')).toBe(0);
    expect([stdin.raw, mode(), times(leave)]).toEqual([false, 'normal', 1]);
    terminal.inkStdout.write('a newer frame');
    expect(stdout.received).not.toContain('newer');
    stdout.terminal.write('what the shell left');
    process.emit('SIGCONT');
    expect((await stdout.screen())[0]).toBe('a newer frame');
    expect([stdin.raw, mode()]).toEqual([true, 'alternate']);
    expect(process.listenerCount('SIGTSTP')).toBe(1);
  });

  test('continued by another hand while somebody else has the terminal, we stay away', async () => {
    const { stdin, stdout, process, terminal, mode } = open();
    terminal.inkStdout.write('the frame');
    const takeBack = terminal.lend();
    process.emit('SIGCONT');
    await stdout.screen();
    expect([stdin.raw, mode()]).toEqual([false, 'normal']);
    takeBack();
    expect((await stdout.screen())[0]).toBe('the frame');
    expect([stdin.raw, mode()]).toEqual([true, 'alternate']);
    process.emit('SIGCONT');
    await stdout.screen();
    expect(mode()).toBe('alternate');
  });

  test('where the kernel does not stop us we come back by ourselves', async () => {
    const { stdin, stdout, clock, terminal, mode } = open();
    terminal.inkStdout.write('the frame');
    terminal.suspend();
    clock.advance(200);
    expect((await stdout.screen())[0]).toBe('the frame');
    expect([stdin.raw, mode()]).toEqual([true, 'alternate']);
    expect(clock.pending).toBe(0);
  });

  test('SIGTSTP from elsewhere does the same; a second Ctrl-Z meanwhile does nothing', () => {
    const { process, terminal } = open();
    process.emit('SIGTSTP');
    terminal.suspend();
    expect(process.killed).toEqual([[0, 'SIGTSTP']]);
  });

  test('quit while suspended gives back nothing twice', async () => {
    const { stdout, process, terminal, times } = open();
    terminal.suspend();
    process.emit('SIGTERM');
    await stdout.screen();
    expect(times(leave)).toBe(1);
    expect((await terminal.left).exitCode).toBe(143);
  });
});

describe('resize', () => {
  test('whoever draws hears of it first, then Ink', async () => {
    const { stdout, terminal } = open();
    const heard: string[] = [];
    terminal.onResize((columns, rows) => heard.push(`${columns}x${rows}`));
    const ink = new Promise<void>((resolve) => terminal.inkStdout.once('resize', resolve));
    terminal.inkStdout.write('x'.repeat(40));
    stdout.resizeTo(20, 5);
    expect(heard).toEqual(['20x5']);
    expect(terminal.inkStdout.rows).toBe(5);
    await ink;
    terminal.inkStdout.write('y'.repeat(40));
    expect((await stdout.screen())[0]).toBe('y'.repeat(20));
  });

  test('a terminal that does not say its size is 80x24', () => {
    const { terminal } = open(0, 0);
    expect([terminal.columns, terminal.rows]).toEqual([80, 24]);
  });
});

test('a terminal that does not read holds one write and the newest frame, no more', async () => {
  const { stdout, terminal } = open();
  terminal.inkStdout.write('frame 0');
  await stdout.screen();
  stdout.stall();
  for (let frame = 1; frame <= 5000; frame += 1) terminal.inkStdout.write(`frame ${frame}`.repeat(5));
  expect(stdout.writableLength).toBeLessThan(500);
  stdout.unstall();
  await new Promise((resolve) => setImmediate(resolve));
  expect((await stdout.screen())[0]).toBe('frame 5000'.repeat(4));
});

test('Ink’s barriers are answered, its terminal modes are not passed on', async () => {
  const { stdout, terminal } = open();
  await new Promise<void>((resolve) => terminal.inkStdout.write('', () => resolve()));
  await stdout.screen();
  const before = stdout.received;
  terminal.inkStdout.write('\x1b[?25h');
  await stdout.screen();
  expect(stdout.received).toBe(before);
});
