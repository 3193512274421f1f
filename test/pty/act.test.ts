/** Questions in a real pseudo-terminal, over a machine made up on disk that changes meanwhile. */
import { mkdirSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { addGenerations } from '../support/machine.ts';
import { createProcTree, type NixForest, type ProcTree } from '../support/proc-tree.ts';
import { openPty, type Pty } from '../support/pty.ts';

const MiB = 2 ** 20;
const trees: ProcTree[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) tree.dispose();
});

interface Machine {
  readonly tree: ProcTree;
  readonly forest: NixForest;
  readonly pty: Pty;
  [Symbol.dispose](): void;
}

const names = ['firefox-130.0', 'linux-6.12', 'llvm-18.1.8'];

async function start(columns = 100, rows = 30): Promise<Machine> {
  const tree = createProcTree();
  trees.push(tree);
  addGenerations(tree);
  // Else nothing of it could be limited.
  mkdirSync(`${tree.root}/run/systemd/system`, { recursive: true });
  const builds = names.map((name, index) => ({
    name,
    compilers: 1,
    residentBytes: (900 - 100 * index) * MiB,
  }));
  const forest = tree.addNixForest({ builds });
  const pty = openPty({
    columns,
    rows,
    args: ['--root', tree.root, '--interval', '0.2'],
    env: { NO_COLOR: '1', XDG_STATE_HOME: `${tree.root}/state` },
    deadlineMs: 8000,
  });
  await pty.waitForText('llvm-18.1.8');
  return { tree, forest, pty, [Symbol.dispose]: () => pty.close() };
}

const has = (text: string) => (screen: string[]) => screen.some((line) => line.includes(text));
const hasNot = (text: string) => (screen: string[]) => !has(text)(screen);
const rowsOf = (screen: string[]) =>
  screen.filter((line) => /^[▸▾ ][ >*]\S*-\d/.test(line)).map((line) => line.slice(2).split(' ')[0]);
/** What a question that was confirmed leads to here. */
const confirmed = 'this is a captured tree';

/** Its processes end, and others that have nothing to do with Nix get their pids. */
function handOn(tree: ProcTree, pids: readonly number[]): void {
  for (const pid of pids) {
    const startTime = tree.process(pid).startTime + 5000;
    tree.update(pid, { startTime, uid: 1000, comm: 'sleep', ppid: 1, session: 1 });
  }
}

async function ask({ pty }: Machine): Promise<void> {
  pty.press('<home>');
  await pty.waitFor(has('>firefox-130.0'));
  pty.press('k');
  await pty.waitForText('kill firefox-130.0');
}

describe('only y, alone, is yes', () => {
  test.each([
    ['Enter', '<enter>'],
    ['Space', '<space>'],
    ['the key that opened it', 'k'],
    ['F9', '<f9>'],
    ['a capital Y', 'Y'],
    ['n', 'n'],
    ['an arrow', '<down>'],
    ['Esc', '<escape>'],
  ])('%s is a no', async (_, key) => {
    using machine = await start();
    await ask(machine);
    machine.pty.press(key);
    const screen = await machine.pty.waitFor(hasNot('kill firefox-130.0 ·'));
    expect(screen.filter((line) => line.includes(confirmed))).toEqual([]);
    machine.pty.press('7');
    await machine.pty.waitForText('0 actions');
  });

  test.each([
    ['a bracketed paste', '\u001b[200~y\u001b[201~'],
    ['a pasted line', '\u001b[200~y\r\u001b[201~'],
    ['y and Enter in one read', 'y\r'],
    ['y twice in one read', 'yy'],
    ['y after something in one read', 'zy'],
    ['a paste on a terminal that does not say so', 'yes please\n'],
  ])('%s is no answer at all', async (_, bytes) => {
    using machine = await start();
    const { pty } = machine;
    await ask(machine);
    pty.write(bytes);
    // A key of its own that does nothing but show that what came before was read.
    const before = pty.output().length;
    pty.press('<ctrl-l>');
    await pty.waitFor(() => pty.output().length > before + 100);
    expect(pty.screen().filter((line) => line.includes(confirmed))).toEqual([]);
    await pty.waitForText('kill firefox-130.0');
    pty.press('y');
    await pty.waitForText(confirmed);
  });

  test('k and y in one read open the question, and no more', async () => {
    using machine = await start();
    const { pty } = machine;
    pty.press('<home>');
    await pty.waitFor(has('>firefox-130.0'));
    pty.write('ky');
    await pty.waitForText('kill firefox-130.0');
    expect(has(confirmed)(pty.screen())).toBe(false);
    pty.press('y');
    await pty.waitForText(confirmed);
  });
});

test('the list is sorted anew under the question, which goes on asking the same', async () => {
  using machine = await start();
  const { pty, tree, forest } = machine;
  await ask(machine);
  expect(rowsOf(pty.screen())[0]).toBe('firefox-130.0');
  const llvm = forest.builds.find(({ name }) => name === 'llvm-18.1.8');
  tree.update(llvm?.pids[0] ?? 0, { residentBytes: 9000 * MiB });
  const screen = await pty.waitFor((lines) => rowsOf(lines)[0] === 'llvm-18.1.8');
  expect(has('kill firefox-130.0')(screen)).toBe(true);
  pty.press('y');
  await pty.waitForText(confirmed);
  pty.press('7');
  await pty.waitForText('1 action');
  await pty.waitForText('kill firefox-130.0  ');
});

test('the build ends between question and y: it is said, and nothing is done', async () => {
  using machine = await start();
  const { pty, tree, forest } = machine;
  await ask(machine);
  handOn(tree, forest.builds[0]?.pids ?? []);
  await pty.waitForText('firefox-130.0 has ended');
  pty.press('y');
  await pty.waitForText('firefox-130.0 has ended: nothing was done');
  pty.press('7');
  await pty.waitForText('0 actions');
});

test('the tagged set, of which one ends meanwhile', async () => {
  using machine = await start();
  const { pty, tree, forest } = machine;
  pty.press('<home>', '<space>', '<space>');
  await pty.waitForText('2 tagged');
  pty.press('<end>', 'k');
  await pty.waitForText('kill 2 builds: firefox-130.0, linux-6.12');
  handOn(tree, forest.builds[0]?.pids ?? []);
  await pty.waitForText('1 of them ended by themselves');
  pty.press('y');
  await pty.waitForText(confirmed);
});

test('a process of the tree: a signal from the menu, asked before it is sent', async () => {
  using machine = await start();
  const { pty } = machine;
  pty.press('<home>', '+', '<down>', '<f9>');
  await pty.waitForText('[TERM]');
  pty.press('<right>', '<right>');
  await pty.waitForText('[KILL]');
  pty.press('<enter>');
  await pty.waitForText('send KILL to process');
  pty.press('<enter>');
  await pty.waitFor(hasNot('send KILL'));
  expect(has(confirmed)(pty.screen())).toBe(false);
});

test('a rollback wants its number, and Enter takes nothing else', async () => {
  using machine = await start();
  const { pty } = machine;
  pty.press('R');
  await pty.waitForText('default 42');
  await pty.waitFor(has('>  41'));
  pty.press('<enter>', '<right>', '<enter>');
  await pty.waitForText('type 41 and Enter');
  for (const wrong of ['4', '<enter>', '2', '<enter>']) pty.press(wrong);
  await pty.waitForText(': 42');
  expect(has(confirmed)(pty.screen())).toBe(false);
  pty.write('\u001b[200~41\r\u001b[201~');
  pty.press('<backspace>');
  await pty.waitFor((screen) => /: 4\s*$/.test(screen.at(-2) ?? ''));
  pty.press('1');
  await pty.waitFor((screen) => /: 41\s*$/.test(screen.at(-2) ?? ''));
  pty.press('<enter>');
  await pty.waitForText(confirmed);
});

test('a generation that dangles cannot be chosen, and says why', async () => {
  using machine = await start();
  const { pty, tree } = machine;
  tree.link('/nix/var/nix/profiles/system-39-link', '/nix/store/00000000000000000000000000000000-gone');
  pty.press('R');
  await pty.waitForText('default 42');
  pty.press('<end>', '<enter>');
  await pty.waitForText('generation 39 is not sound: dangling');
});

test('--read-only: every such key says so, and none asks', async () => {
  using machine = await start();
  using pty = openPty({
    columns: 100,
    rows: 30,
    args: ['--root', machine.tree.root, '--read-only'],
    env: { NO_COLOR: '1' },
  });
  await pty.waitForText('llvm-18.1.8');
  pty.press('<home>');
  for (const key of ['k', '<f9>', 'K', 'p', 'c', 'C', 'D', 'V']) {
    pty.press('<down>');
    await pty.waitFor(hasNot('--read-only'));
    pty.press(key);
    await pty.waitForText('started with --read-only');
  }
  expect(has('k Kill')(pty.screen())).toBe(false);
});

test('the question fits the smallest terminal, and the list stays', async () => {
  using machine = await start(60, 12);
  const { pty } = machine;
  await ask(machine);
  pty.resize(40, 8);
  const screen = await pty.waitFor((lines) => lines.length === 8 && has('y yes')(lines));
  expect(has('kill firefox-130.0')(screen)).toBe(true);
  expect(rowsOf(screen).length).toBeGreaterThanOrEqual(2);
});

test('r lowers at once, L asks how much first', async () => {
  using machine = await start();
  const { pty } = machine;
  pty.press('<home>');
  await pty.waitFor(has('>firefox-130.0'));
  pty.press('r');
  await pty.waitForText(confirmed);
  pty.press('L');
  await pty.waitForText('limit to:');
  pty.press('<right>', '<enter>');
  await pty.waitForText('limit firefox-130.0 to');
  pty.press('<enter>');
  await pty.waitFor(hasNot('limit firefox-130.0 to'));
  pty.press('7');
  await pty.waitForText('1 action');
});
