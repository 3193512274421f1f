/** Resizing live, small terminals, the kernel's console, in a real pseudo-terminal. */
import { afterAll, expect, test } from 'vitest';
import { createBusyMachine } from '../support/machine.ts';
import { openPty } from '../support/pty.ts';

const machine = createBusyMachine(9);
afterAll(() => machine.dispose());

const open = (columns: number, rows: number, env: Record<string, string> = {}) =>
  openPty({ columns, rows, args: ['--root', machine.root], env });

/** The view Builds on a machine that stands still; growth is not known at first, and 0 later. */
function settled(screen: string[]): string {
  return screen.join('\n').replaceAll('–', '0');
}

const has = (text: string) => (line: string) => line.includes(text);

test('however often it is resized, the screen is that of a fresh start at that size', async () => {
  using resized = open(120, 40);
  await resized.waitForText('pkg00');
  resized.press('2');
  for (const [columns, rows] of [
    [60, 12],
    [200, 60],
    [80, 24],
    [41, 8],
    [120, 40],
  ] as const) {
    // Sizes in between are never waited for.
    for (let step = 1; step <= 5; step += 1) resized.resize(columns + step, rows + step);
    resized.resize(columns, rows);
    using fresh = open(columns, rows);
    await fresh.waitForText('pkg00');
    fresh.press('2');
    // What is not on the narrowest screen, and comes a moment after the start.
    const complete = (screen: string[]) =>
      columns < 60 || (screen.some(has('[2')) && screen.some(has('cc1plus src')));
    const same = () => settled(resized.screen()) === settled(fresh.screen()) && complete(fresh.screen());
    const one = await Promise.any([
      resized.waitFor(same, 'the same screens'),
      fresh.waitFor(same, 'the same screens'),
    ]);
    expect(one).toHaveLength(rows);
  }
});

test('below 40x8 one line says what is wrong; it comes back when there is room', async () => {
  using pty = open(39, 10);
  await pty.waitForText('40x8');
  expect(pty.screen().filter((line) => line !== '')).toHaveLength(1);
  pty.resize(60, 12);
  await pty.waitForText('pkg00');
  pty.resize(60, 7);
  await pty.waitFor((screen) => screen.filter((line) => line !== '').length === 1, 'one line');
  pty.press('q');
  expect((await pty.exited()).exitCode).toBe(0);
});

test('on the kernel’s console: ASCII only, its function keys, 8 colours', async () => {
  using pty = open(80, 25, { TERM: 'linux', LANG: 'C' });
  await pty.waitForText('pkg00');
  pty.write('\x1b[[A');
  await pty.waitForText('One page up');
  pty.press('<escape>', '<home>', '+');
  await pty.waitForText('make');
  pty.write('\x1b[17~');
  await pty.waitForText('sort by:');
  expect([...pty.output()].filter((character) => character > '~')).toEqual([]);
  expect(pty.output()).not.toMatch(/[;[][34]8;[25];/);
  pty.press('<escape>', 'q');
  expect((await pty.exited()).exitCode).toBe(0);
});
