/** View 4 with real keys: charts of the real program, loaded when they are wanted, and the way to the replay. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { until } from '../lab/wait.ts';
import { createBusyMachine } from '../support/machine.ts';
import { openPty, type PtyOptions } from '../support/pty.ts';

const machine = createBusyMachine(5);
const directory = mkdtempSync(join(tmpdir(), 'nixpulse-history-'));
afterAll(() => {
  machine.dispose();
  rmSync(directory, { recursive: true, force: true });
});

const head = (screen: readonly string[]) => screen.find((line) => line.includes('HISTORY')) ?? '';
const braille = /[\u2801-\u28ff]/;
const drawn = (screen: readonly string[]) => screen.some((line) => braille.test(line));

/** Writes again and again which of the lazy bundles, and what of blessed, were loaded: a hurried end tells nobody. */
function loadedBy(keys: (pty: ReturnType<typeof openPty>) => Promise<void>): Promise<string[]> {
  const hook = join(directory, 'loaded.cjs');
  const list = join(directory, 'loaded.json');
  rmSync(list, { force: true });
  writeFileSync(
    hook,
    `setInterval(() => require('node:fs').writeFileSync(${JSON.stringify(list)},
       JSON.stringify(Object.keys(require.cache).filter((path) => /lazy|blessed/.test(path)))), 50).unref();`,
  );
  return (async () => {
    using pty = openPty({
      args: ['--root', machine.root],
      env: { NODE_OPTIONS: `--require=${hook}`, NO_COLOR: '1' },
    });
    await pty.waitForText('pkg00');
    await keys(pty);
    const loadedAtMs = Date.now();
    await until('a list of now', () => existsSync(list) && statSync(list).mtimeMs > loadedAtMs);
    pty.press('q');
    expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
    expect(pty.output()).not.toMatch(/[Dd]eprecat|Warning/);
    return JSON.parse(readFileSync(list, 'utf8')) as string[];
  })();
}

test('nothing of the charts is loaded before the view is opened', async () => {
  const before = await loadedBy(async (pty) => {
    pty.press('2', '3');
    await pty.waitForText('[3 Disks]');
  });
  expect(before).toEqual([]);
  const after = await loadedBy(async (pty) => {
    pty.press('4');
    await pty.waitFor(drawn, 'charts');
  });
  expect(after.map((path) => path.split('/').at(-1))).toEqual(['charts.cjs']);
});

test.each([
  [200, 60],
  [120, 40],
  [80, 24],
  [60, 15],
  [40, 8],
])('%ix%i: range, cursor and back', async (columns, rows) => {
  using pty = openPty({ columns, rows, args: ['--root', machine.root], env: { NO_COLOR: '1' } });
  await pty.waitForText('pkg00');
  pty.press('4');
  await pty.waitFor((screen) => drawn(screen) && head(screen).includes(' now'), 'charts');
  pty.press('-', '-');
  await pty.waitFor((screen) => head(screen).includes('[24 h]'), '24 h');
  pty.press('+', '+', '<home>');
  const time = /\d\d:\d\d:\d\d/;
  const oldest = await pty.waitFor((screen) => time.test(head(screen)) && head(screen).includes('[5 min]'));
  pty.press('<pagedown>', '<right>');
  await pty.waitFor((screen) => time.test(head(screen)) && head(screen) !== head(oldest), 'a later time');
  pty.press('<escape>');
  const screen = await pty.waitFor((lines) => head(lines).includes(' now'), 'now');
  expect(screen).toHaveLength(rows);
  pty.press('<enter>');
  await pty.waitForText('Replay what was recorded');
});

test('on a text console nothing but ASCII is written', async () => {
  const options: PtyOptions = {
    columns: 80,
    rows: 25,
    args: ['--root', machine.root],
    env: { TERM: 'linux' },
  };
  using pty = openPty(options);
  await pty.waitForText('pkg00');
  pty.press('4');
  await pty.waitFor((screen) => head(screen) !== '' && screen.some((line) => /0%\|/.test(line)), 'charts');
  pty.press('<left>');
  await pty.waitFor((screen) => /\d\d:\d\d:\d\d/.test(head(screen)), 'a time');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the program's own sequences.
  expect(pty.output()).toMatch(/^[\x00-\x7e]*$/);
});

test('Enter shows what was recorded at the cursor, Esc comes back', async () => {
  const recordings = join(directory, 'recordings');
  using pty = openPty({ args: ['--dir', recordings] });
  await pty.waitForText(' REC');
  await until('some samples', () => statSync(join(recordings, readdirSync(recordings)[0] ?? '')).size > 2000);
  pty.press('4');
  await pty.waitFor((screen) => drawn(screen) && screen.some((line) => / some \d+%/.test(line)), 'charts');
  pty.press('<enter>');
  await pty.waitForText('REPLAY');
  await pty.waitFor((screen) => /at \d\d:\d\d:\d\d/.test(head(screen)), 'charts of the recording');
  pty.press('<escape>');
  await pty.waitFor((screen) => head(screen).includes(' now'), 'the live dashboard');
});
