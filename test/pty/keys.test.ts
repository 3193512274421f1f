/** Every key of the command table, typed in a real pseudo-terminal at three sizes. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { replayCommands } from '../../src/commands/replay-table.ts';
import { commands } from '../../src/commands/table.ts';
import { createBusyMachine } from '../support/machine.ts';
import { openPty, type Pty } from '../support/pty.ts';

const machine = createBusyMachine();
afterAll(() => machine.dispose());
/** As Nix without compress-build-log writes it. */
const writeLog = (lines: number) =>
  machine.write(
    '/nix/var/log/nix/drvs/3w/mfikm3n44rdwmpi7153c5fvg947ns0-pkg00-1.0.drv',
    Array.from({ length: lines }, (_, index) => `line ${index + 1} of its log\n`).join(''),
  );
writeLog(60);

/** The row with the mark of the selection: `▸>pkg00` or ` >└ make`. */
const selected = (screen: string[]) => screen.find((line) => line.slice(0, 3).includes('>')) ?? '';
const firstBuild = (screen: string[]) => screen.find((line) => /pkg\d\d/.test(line))?.match(/pkg\d\d/)?.[0];
const has = (text: string) => (screen: string[]) => screen.some((line) => line.includes(text));
const view = (number: number) => (screen: string[]) => new RegExp(`\\[${number} `).test(screen.at(-1) ?? '');

/** By what stands first in the diagnosis: one test, several, none. */
const isTested = (screen: string[]) =>
  screen.some((line) => /captured tree|test: \[|no test would settle it/.test(line));

interface Hand {
  readonly pty: Pty;
  readonly rows: number;
  /** Types and waits until the screen is as expected. */
  do(keys: readonly string[], expected: (screen: string[]) => boolean): Promise<void>;
  selects(keys: readonly string[], name: string): Promise<void>;
}

/** By command id: what its keys do, and how to undo what Esc does not. */
const cases: Readonly<Record<string, (hand: Hand) => Promise<void>>> = {
  up: (hand) => hand.selects(['<end>', '<up>'], 'pkg48'),
  down: (hand) => hand.selects(['<down>'], 'pkg01'),
  async 'page-up'(hand) {
    await hand.selects(['<end>'], 'pkg49');
    await hand.do(
      ['<pageup>'],
      (screen) => /pkg[1-4]\d/.test(selected(screen)) && !has('pkg49')([selected(screen)]),
    );
  },
  'page-down': (hand) =>
    hand.do(['<home>', '<pagedown>'], (screen) => /pkg(0[1-9]|[1-4]\d)/.test(selected(screen))),
  first: (hand) => hand.selects(['<end>', '<home>'], 'pkg00'),
  last: (hand) => hand.selects(['<end>'], 'pkg49'),
  async details(hand) {
    await hand.do(['<home>', '<enter>'], has('processes  3'));
  },
  async unfold(hand) {
    for (const key of ['+', '<right>']) {
      await hand.do(['<home>', key], has('▾>pkg00'));
      await hand.do(['-'], has('▸>pkg00'));
    }
  },
  async fold(hand) {
    for (const key of ['-', '<left>']) {
      await hand.do(['<home>', '+', '<down>'], (screen) => selected(screen).includes('└'));
      await hand.do([key], has('▸>pkg00'));
    }
  },
  async search(hand) {
    await hand.do(['/'], has('search:'));
    await hand.selects(['pkg4'], 'pkg40');
  },
  'next-match': (hand) => hand.selects(['/', 'pkg4', '<enter>', 'n', 'n'], 'pkg42'),
  'previous-match': (hand) => hand.selects(['/', 'pkg4', '<enter>', 'N'], 'pkg49'),
  async filter(hand) {
    await hand.do(['\\', 'pkg3'], (screen) => firstBuild(screen) === 'pkg30' && has('filter: pkg3')(screen));
  },
  async sort(hand) {
    await hand.do(['<f6>'], has('[RSS]'));
  },
  'sort-previous': (hand) => hand.do(['<f6>', '<left>'], has('[CPU%]')),
  'sort-next': (hand) => hand.do(['<f6>', '<left>', '<left>', '>'], has('[CPU%]')),
  async 'sort-left'(hand) {
    await hand.do(['<'], has('sort: CPU%'));
    await hand.do(['>'], has('sort: RSS'));
  },
  async 'sort-right'(hand) {
    await hand.do(['<', '<', '<'], has('sort: TIME'));
    await hand.do(['>', '>', '>'], has('sort: RSS'));
  },
  async invert(hand) {
    await hand.do(['I'], (screen) => firstBuild(screen) === 'pkg49');
    await hand.do(['I'], (screen) => firstBuild(screen) === 'pkg00');
  },
  async tag(hand) {
    await hand.do(['<home>', '<space>', '<space>'], has('2 tagged'));
    await hand.do(['<up>', '<space>'], has('1 tagged'));
  },
  async untag(hand) {
    await hand.do(['<home>', '<space>'], has('1 tagged'));
    await hand.do(['u'], (screen) => !has('tagged')(screen));
  },
  async log(hand) {
    await hand.do(['<home>', 'l'], has('line 60 of its log'));
    await hand.do(['<up>', '<up>'], (screen) => !has('line 60 of its log')(screen));
    await hand.do(['<end>'], has('line 60 of its log'));
  },
  async 'log-search'(hand) {
    await hand.do(['<home>', 'l'], has('line 60 of its log'));
    await hand.do(['/', 'line 7'], has('>line 7 of its log'));
  },
  async 'log-next'(hand) {
    await hand.do(['<home>', 'l'], has('line 60 of its log'));
    await hand.do(['/', 'line 1', '<enter>', 'n'], has('>line 1 of its log'));
  },
  async 'log-previous'(hand) {
    await hand.do(['<home>', 'l'], has('line 60 of its log'));
    await hand.do(['/', 'line 1', '<enter>', 'N'], has('>line 18 of its log'));
  },
  'log-right': (hand) => hand.do(['<home>', 'l', '<right>'], has('from column')),
  async 'log-left'(hand) {
    await hand.do(['<home>', 'l', '<right>'], has('from column'));
    await hand.do(['<left>'], (screen) => !has('from column')(screen));
  },
  async 'log-file'(hand) {
    await hand.do(['<home>', 'l'], has('line 60 of its log'));
    writeLog(61);
    await hand.do(['l'], has('line 61 of its log'));
    writeLog(60);
  },
  dismiss: (hand) => hand.do(['<home>', 'd'], has('Take the selected failure out')),
  overview: (hand) => hand.do(['3', '1'], view(1)),
  builds: (hand) => hand.do(['2'], view(2)),
  disks: (hand) => hand.do(['3'], view(3)),
  history: (hand) => hand.do(['4'], view(4)),
  earlier: (hand) => hand.do(['4', '<left>'], (screen) => /HISTORY.*\d\d:\d\d:\d\d/.test(screen.join(' '))),
  later: (hand) => hand.do(['4', '<left>', '<right>'], (screen) => /HISTORY.* now/.test(screen.join(' '))),
  async 'longer-range'(hand) {
    await hand.do(['4', '-'], has('[1 h]'));
    await hand.do(['+'], has('[5 min]'));
  },
  'shorter-range': (hand) => hand.do(['4', '+'], has('this is the shortest')),
  'go-back': (hand) => hand.do(['b'], has('nothing is recorded')),
  'replay-at': (hand) => hand.do(['4', '<enter>'], has('Replay what was recorded')),
  generations: (hand) => hand.do(['5'], has('default 42')),
  diagnosis: (hand) => hand.do(['6'], has('DIAGNOSIS')),
  // No test is run of a captured tree.
  async probe(hand) {
    await hand.do(['6', '<home>', '<enter>'], isTested);
  },
  'probe-here': (hand) => hand.do(['6', '<home>', 'v', '<enter>'], isTested),
  async guard(hand) {
    await hand.do(['a'], has('No guard is armed here'));
  },
  async 'close-guard'(hand) {
    await hand.do(['a'], has('No guard is armed here'));
    await hand.do(['a'], has('pkg00'));
  },
  /** With a guard to hold: guard.test.ts. */
  async 'hold-guard'(hand) {
    // Of a captured tree nobody guards, and nothing is done.
    await hand.do(['H'], (screen) => /Hold the guard for an hour: /.test(screen.at(-2) ?? ''));
  },
  async why(hand) {
    await hand.do(['6', 'v'], has('WHY'));
    await hand.do(['q'], has('DIAGNOSIS'));
    await hand.do(['1', '<home>', '<enter>', 'v'], has('WHY'));
  },
  // Nothing is wrong here.
  remedies: (hand) => hand.do(['6', '<end>', 'f'], has('What helps: nothing was found there')),
  async collect(hand) {
    // Of a captured tree nothing is gathered.
    await hand.do(['6', 'B'], has('Bundle: none can be gathered'));
  },
  journal: (hand) => hand.do(['7'], has('JOURNAL')),
  caches: (hand) => hand.do(['8'], has('LAST CHECKS')),
  async peer(hand) {
    await hand.do(['8'], has('>cache.nixos.org'));
    await hand.do(['<enter>'], has('one of the substituters'));
    await hand.do(['<escape>'], has('LAST CHECKS'));
  },
  'next-view': (hand) => hand.do(['<tab>'], has('[2 Builds]')),
  'previous-view': (hand) => hand.do(['<shift-tab>'], has('LAST CHECKS')),
  async kill(hand) {
    for (const key of ['k', '<f9>']) {
      await hand.do(['<home>', key], has('kill pkg00-1.0'));
      await hand.do(['n'], (screen) => !has('kill pkg00')(screen));
    }
    await hand.do(['+', '<down>', 'k'], has('[TERM]'));
    await hand.do(['<escape>', '-'], has('▸>pkg00'));
  },
  async 'kill-heaviest'(hand) {
    await hand.do(['K'], has('kill pkg00-1.0'));
  },
  async pause(hand) {
    await hand.do(['<home>', 'p'], has('captured tree'));
  },
  async lower(hand) {
    // What came of the key before must not be taken for what comes of this one.
    await hand.do(['<home>'], (screen) => !has('captured tree')(screen));
    await hand.do(['r'], has('captured tree'));
  },
  async limit(hand) {
    // Nothing of the captured tree can be limited; a menu only for as long as nobody knows whether systemd runs.
    await hand.do(
      ['<home>', 'L'],
      (screen) => has('Limit builds: no cgroup of its own')(screen) || has('limit to: [')(screen),
    );
    await hand.do(['<escape>'], (screen) => !has('limit to: [')(screen));
  },
  async cancel(hand) {
    await hand.do(['<home>', 'c'], has('cancel nix-build'));
  },
  async 'cancel-everything'(hand) {
    await hand.do(['C'], has('cancel everything'));
  },
  async 'restart-daemon'(hand) {
    await hand.do(['D'], has('systemd does not run here'));
  },
  async 'cancel-running'(hand) {
    await hand.do(['x'], has('no action runs'));
  },
  'generations-for-rollback': (hand) => hand.do(['R'], has('default 42')),
  async rollback(hand) {
    await hand.do(['5'], has('default 42'));
    await hand.do(['<home>', '<down>', '<enter>'], has('[boot: with the next boot]'));
    await hand.do(['<right>', '<enter>'], has('type 41'));
    await hand.do(['<escape>'], has('Roll back'));
  },
  async 'next-profile'(hand) {
    await hand.do(['5'], has('default 42'));
    await hand.do(['<right>'], has('default 1'));
    await hand.do(['<right>'], has('default 42'));
  },
  async 'previous-profile'(hand) {
    await hand.do(['5'], has('default 42'));
    await hand.do(['<left>'], has('default 1'));
    await hand.do(['<left>'], has('default 42'));
  },
  async verify(hand) {
    await hand.do(['V'], has('verify the store'));
    await hand.do(['y'], has('captured tree'));
  },
  async repair(hand) {
    await hand.do(['5', 'F'], has('Fix what was found damaged'));
  },
  async 'look-for-garbage'(hand) {
    await hand.do(['5'], has('default 42'));
    await hand.do(['g'], hand.rows < 15 ? has('default 42') : has('another root directory'));
  },
  async 'collect-garbage'(hand) {
    await hand.do(['5', 'G'], has('[what nothing uses]'));
    await hand.do(['<right>', '<enter>'], has('type delete'));
  },
  async yes(hand) {
    await hand.do(['<home>', 'k'], has('kill pkg00-1.0'));
    await hand.do(['y'], has('captured tree'));
  },
  async 'yes-typed'(hand) {
    await hand.do(['5'], has('default 42'));
    await hand.do(['<home>', '<down>', '<enter>'], has('[boot: with the next boot]'));
    await hand.do(['<enter>'], has('type 41'));
    await hand.do(['4', '<enter>'], has('type 41'));
    await hand.do(['1'], (screen) => /: 41\s*$/.test(screen.at(-2) ?? ''));
    await hand.do(['<enter>'], has('captured tree'));
  },
  async freeze(hand) {
    await hand.do(['z'], has('FROZEN'));
    await hand.do(['z'], (screen) => !has('FROZEN')(screen));
  },
  async help(hand) {
    for (const key of ['?', '<f1>', 'h']) {
      await hand.do([key], has('Kill the build that'));
      await hand.do(['<escape>'], has('pkg00'));
    }
  },
  async 'close-help'(hand) {
    for (const key of ['?', '<f1>', 'h']) {
      await hand.do(['?'], has('Kill the build that'));
      await hand.do([key], has('pkg00'));
    }
  },
  async 'help-filter'(hand) {
    for (const key of ['/', '\\']) {
      await hand.do(['?', key, 'suspendx'], has('filter help: suspendx'));
      await hand.do(['<escape>', '<escape>'], has('pkg00'));
    }
  },
  async back(hand) {
    await hand.do(['?'], has('Kill the build that'));
    await hand.do(['q'], has('pkg00'));
    await hand.do(['<home>', '<enter>'], has('processes  3'));
    await hand.do(['q'], has('pkg01'));
    await hand.do(['<f6>'], has('sort by:'));
    await hand.do(['q'], (screen) => !has('sort by:')(screen));
  },
  async 'accept-sort'(hand) {
    await hand.do(['<f6>', '<left>', '<enter>'], has('sort: CPU%'));
    await hand.do(['>'], has('sort: RSS'));
  },
  async 'accept-choice'(hand) {
    await hand.do(['<home>', '+', '<down>', 'k', '<right>', '<enter>'], has('send INT to process'));
    await hand.do(['<escape>'], (screen) => !has('send INT to process')(screen));
    await hand.do(['<home>', '-'], has('▸>pkg00'));
  },
  async accept(hand) {
    await hand.do(
      ['\\', 'pkg2', '<enter>'],
      (screen) => firstBuild(screen) === 'pkg20' && has('Quit')(screen),
    );
  },
  async leave(hand) {
    await hand.do(['\\', 'pkg2'], (screen) => firstBuild(screen) === 'pkg20');
    await hand.do(
      ['<escape>'],
      (screen) => firstBuild(screen) === 'pkg00' && !has('filter')([screen.at(-2) ?? '']),
    );
  },
  async erase(hand) {
    await hand.do(['\\', 'pkg2x'], has('filter: pkg2x'));
    await hand.do(['<backspace>'], (screen) => firstBuild(screen) === 'pkg20');
    await hand.do(['<delete>'], (screen) => firstBuild(screen) === 'pkg00');
  },
  'erase-word': (hand) => hand.do(['\\', 'one two', '<ctrl-w>', 'three'], has('filter: one three')),
  'erase-all': (hand) => hand.do(['\\', 'one two', '<ctrl-u>', 'three'], has('filter: three')),
  async redraw(hand) {
    const clears = () => hand.pty.output().split('\x1b[H\x1b[J').length;
    const before = clears();
    await hand.do(['<ctrl-l>'], () => clears() > before);
    await hand.do([], has('pkg00'));
  },
  async suspend(hand) {
    // The leader of its session is never stopped: it comes back by itself.
    const entered = () => hand.pty.output().split('\x1b[?1049h').length;
    const before = entered();
    await hand.do(['<ctrl-z>'], (screen) => entered() > before && has('pkg00')(screen));
  },
  async quit() {
    await quitsBy('q');
  },
  async 'quit-anywhere'() {
    await quitsBy('<f10>');
  },
  /** Of a command: test/pty/watch.test.ts. */
  async interrupt() {
    await quitsBy('\\', '<ctrl-c>');
  },
};

async function quitsBy(...keys: string[]): Promise<void> {
  using pty = open(80, 24);
  await pty.waitForText('pkg00');
  pty.press(...keys);
  expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
}

function open(columns: number, rows: number): Pty {
  return openPty({ columns, rows, args: ['--root', machine.root], env: { NO_COLOR: '1' }, deadlineMs: 5000 });
}

/** What is only asked where something can be done: see test/lab/keys.test.ts. */
const inLab = ['yes-resume', 'yes-quit', 'yes-quit-paused'];
/** See replay.test.ts. */
const inReplay = replayCommands.map(({ id }) => id).filter((id) => id !== 'go-back');

test('every command of the table has a case here', () => {
  const all = [...Object.keys(cases), ...inLab, ...inReplay];
  expect(all.toSorted()).toEqual(commands.map(({ id }) => id).toSorted());
});

describe.each([
  [120, 40],
  [80, 24],
  [60, 12],
])('%ix%i', (columns, rows) => {
  let pty: Pty;
  beforeAll(async () => {
    pty = open(columns, rows);
    // Names come in one after the other; the order is settled once a build says what it does.
    await pty.waitFor((screen) => has('50 running')(screen) && has('cc1plus src')(screen), 'all builds');
  });
  afterAll(() => pty.close());
  beforeEach(async () => {
    // Out of every mode, then no filter, no search, no selection.
    pty.press('<escape>', '<escape>', '<escape>', '<escape>', '<escape>', '1');
    await pty.waitFor(
      (screen) =>
        view(1)(screen) && has('Quit')(screen) && selected(screen).includes(firstBuild(screen) ?? '?'),
      'a fresh start',
    );
    pty.press('u', '<escape>');
    await pty.waitFor((screen) => firstBuild(screen) === 'pkg00' && !has('tagged')(screen), 'a fresh start');
  });

  test.each(Object.keys(cases))('%s', async (id) => {
    const hand: Hand = {
      pty,
      rows,
      async do(keys, expected) {
        pty.press(...keys);
        const screen = await pty.waitFor(expected, `${keys.join(' ')}: ${expected}`);
        expect(screen).toHaveLength(rows);
      },
      selects: (keys, name) => hand.do(keys, (screen) => selected(screen).includes(name)),
    };
    await cases[id]?.(hand);
  });
});
