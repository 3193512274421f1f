/** A stream that comes while the dashboard runs: its tree with real keys, the log of a build, searched and left. */
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { createBusyMachine } from '../support/machine.ts';
import { openPty, type PtyOptions } from '../support/pty.ts';

const machine = createBusyMachine(2);
afterAll(() => machine.dispose());

const hook = fileURLToPath(new URL('../../scripts/tsx-hook.mjs', import.meta.url));
const program = fileURLToPath(new URL('../support/followed-program.tsx', import.meta.url));

function follow(log: string, options: PtyOptions & { readonly last?: number } = {}) {
  const { last, ...rest } = options;
  const words = last === undefined ? ['40'] : ['40', String(last)];
  return openPty({
    file: process.execPath,
    args: ['--import', hook, program, machine.root, log, ...words],
    columns: 100,
    deadlineMs: 40_000,
    rows: 24,
    ...rest,
  });
}

test('the log of a build that failed is opened, searched and left', async () => {
  using pty = follow('nix-2.34/nixbuild-fail-k');
  await pty.waitForText('pkg00');
  pty.press('2');
  await pty.waitForText('failed after');
  pty.press('/', ...'failed', '<enter>', 'l');
  await pty.waitFor((screen) => screen.some((line) => / failed in .* \d+ lines/.test(line)), 'the log');
  pty.press('/', ...'compiling 7');
  const typing = await pty.waitFor(
    (screen) => screen.some((line) => line.startsWith('>compiling 7')),
    'a match',
  );
  expect(typing.join('\n')).toContain('search log: compiling 7');
  pty.press('<enter>', '<home>', '<escape>', 'q');
  await pty.waitForText('[2 Builds]');
  await pty.waitForText('failed after');
  pty.press('q');
  expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
});

test('of a build that runs its end is followed, on a text console too', async () => {
  for (const env of [{}, { TERM: 'linux' }]) {
    using pty = follow('nix-2.34/nixbuild-spam', { last: 200, columns: 80, rows: 25, env });
    await pty.waitForText('pkg00');
    pty.press('2');
    await pty.waitFor((lines) => lines.some((line) => /spam-1\.0 +build/.test(line)), 'its phase');
    pty.press('/', ...'spam', '<enter>', 'l');
    await pty.waitForText('follows');
    const screen = await pty.waitFor((lines) => lines.some((line) => / 1\d\d lines/.test(line)), 'all of it');
    const numbers = screen.flatMap((line) => /^ (\d+)$/.exec(line.trimEnd())?.[1] ?? []);
    expect(numbers.length).toBeGreaterThan(15);
    pty.press('<home>');
    await pty.waitFor((lines) => !lines.some((line) => line.includes('follows')), 'to stay');
    pty.press('q', 'q');
    expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
  }
});

test('a build whose log nobody follows says so, and how one gets it', async () => {
  using pty = follow('nix-2.34/nixbuild-many', { last: 10 });
  await pty.waitForText('pkg00');
  pty.press('1', '<home>', 'l');
  const screen = await pty.waitForText('json-log-path');
  expect(screen.join('\n')).toContain('nixpulse watch');
  pty.press('<escape>', 'q');
  expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
});
