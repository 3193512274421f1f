/** Recordings in a real pseudo-terminal, with real keys: from a file, from the live dashboard, as JSON, the demo. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replayCommands } from '../../src/commands/replay-table.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { until } from '../lab/wait.ts';
import { readWhole } from '../record/segments.ts';
import { createBusyMachine } from '../support/machine.ts';
import { launcher, openPty, type Pty } from '../support/pty.ts';
import { alertAt, noteAt, recordedSamples, shortFromSec } from '../support/recorded-machine.ts';
import { writeRecording } from '../support/write-recording.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-replay-'));
const recording = join(scratch, 'recording');
const machine = createBusyMachine(3);
const files = createRecordingFiles();
/** The recording begins at 13:20:00 there. */
const env = { NO_COLOR: '1', TZ: 'UTC' };

beforeAll(async () => {
  await writeRecording(recording, recordedSamples(240), [
    noteAt(20, 'leaky grows: see its RSS'),
    alertAt(60, { kind: 'build-ended', level: 'ok', text: 'short-3.0 after 70 s (nixbld3)' }),
    alertAt(shortFromSec + 2, { kind: 'pressure', level: 'critical', text: 'memory critical: full 50%' }),
  ]);
});
afterAll(() => {
  machine.dispose();
  rmSync(scratch, { recursive: true });
});

const has = (text: string) => (screen: string[]) => screen.some((line) => line.includes(text));
/** Shown as where one is, not only as what is being typed. */
const at = (time: string) => (screen: string[]) => has(`13:${time}`)(screen) && !has('jump to')(screen);

interface Hand {
  readonly pty: Pty;
  do(keys: readonly string[], expected: (screen: string[]) => boolean): Promise<void>;
}

function handOf(pty: Pty, rows: number): Hand {
  return {
    pty,
    async do(keys, expected) {
      pty.press(...keys);
      expect(await pty.waitFor(expected, `${keys.join(' ')}: ${expected}`)).toHaveLength(rows);
    },
  };
}

/** By command id; each begins paused at 13:21:40. */
const cases: Readonly<Record<string, (hand: Hand) => Promise<void>>> = {
  async play(hand) {
    await hand.do(['<space>'], at('21:42'));
    await hand.do(['<space>'], (screen) => has('paused')(screen) || has('stop')(screen));
  },
  async 'next-sample'(hand) {
    await hand.do(['t', 't'], at('21:41'));
  },
  async 'previous-sample'(hand) {
    await hand.do(['T', 'T'], at('21:39'));
  },
  async jump(hand) {
    await hand.do(['j', '+40s'], has('jump to: +40s'));
    await hand.do(['<enter>'], at('22:20'));
    await hand.do(['j', '13:20:31', '<enter>'], at('20:31'));
    await hand.do(['j', '07:00', '<enter>'], has('not recorded, only '));
    await hand.do(['<escape>'], at('20:31'));
  },
  'jump-back': (hand) => hand.do(['J', '30', '<enter>'], at('21:10')),
  'jump-to': (hand) => hand.do(['j', 'end', '<enter>'], at('23:59')),
  async slower(hand) {
    await hand.do(['<', '<', '<space>'], has('1/4x'));
    await hand.do(['<space>', '>', '>'], (screen) => !has('1/4x')(screen));
  },
  async faster(hand) {
    await hand.do(['>', '>', '>', '>', '<space>'], (screen) => has('16x')(screen) && at('22:2')(screen));
    await hand.do(['<space>'], (screen) => has('paused')(screen) || has('stop')(screen));
  },
  'next-event': (hand) => hand.do(['e'], at('21:42')),
  'previous-event': (hand) => hand.do(['E'], at('21:00')),
  return: (hand) => hand.do(['b'], has('Back to the live dashboard')),
};

test('every key of a recording has a case here', () => {
  const ids = replayCommands.map(({ id }) => id).filter((id) => id !== 'go-back');
  expect(Object.keys(cases).toSorted()).toEqual(ids.toSorted());
});

describe.each([
  [120, 40],
  [60, 15],
  [40, 8],
])('%ix%i', (columns, rows) => {
  test('all keys of a recording, one after the other', async () => {
    using pty = openPty({ columns, rows, args: ['replay', recording, '--at', '13:21:40'], env });
    const hand = handOf(pty, rows);
    await pty.waitFor(at('21:40'), 'where it begins');
    for (const [id, run] of Object.entries(cases)) {
      await run(hand);
      await hand.do(['<escape>', 'j', '13:21:40', '<enter>'], at('21:40'));
      expect(has('REPLAY')(pty.screen()), id).toBe(true);
    }
    pty.press('q');
    expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
  });
});

describe('a recording', () => {
  test('cannot be acted on, and has views, journal and captions of its time', async () => {
    using pty = openPty({ columns: 100, rows: 30, args: ['replay', recording], env });
    const hand = handOf(pty, 30);
    await hand.do([], (screen) => at('20:00')(screen) && has('leaky-1.0')(screen));
    for (const key of ['k', 'K', 'p', 'c', 'C', 'D'])
      await hand.do(['<down>', key], has('this is a recording'));
    await hand.do(['j', '25', '<enter>'], has('leaky grows: see its RSS'));
    await hand.do(['7'], has('Nothing has been done'));
    await hand.do(['j', 'end', '<enter>'], has('memory critical: full 50%'));
    await hand.do(['5'], has('a recording has none'));
    await hand.do(['?'], has('Marks'));
    await hand.do(['<escape>', '2', '<home>', '<enter>'], has('processes  '));
    await hand.do(['T'], at('23:59'));
  });

  test('plays to its end, says so, and begins again', async () => {
    using pty = openPty({ columns: 80, rows: 24, args: ['replay', recording, '--at', '-2s'], env });
    await pty.waitFor(at('23:57'), 'two seconds before the end');
    pty.press('<space>');
    await pty.waitForText('end of the recording');
    pty.press('<space>');
    await pty.waitFor(at('20:0'), 'the start');
  });

  test('is drawn for every size while it plays', async () => {
    using pty = openPty({ columns: 120, rows: 40, args: ['replay', recording], env });
    await pty.waitForText('leaky-1.0');
    pty.press('>', '>', '<space>');
    for (const [columns, rows] of [
      [40, 8],
      [60, 15],
      [80, 24],
      [30, 5],
      [120, 40],
    ] as const) {
      pty.resize(columns, rows);
      const screen = await pty.waitForText(columns < 40 ? 'needs 40x8' : 'REPLAY');
      expect(screen).toHaveLength(rows);
    }
  });

  test('without a path: the last ten minutes of what one recorded', async () => {
    const state = join(scratch, 'state');
    await writeRecording(join(state, 'nixpulse/recordings'), recordedSamples(900));
    using pty = openPty({ args: ['replay'], env: { ...env, XDG_STATE_HOME: state } });
    await pty.waitFor(at('24:59'), 'ten minutes before the end');
    pty.press('<home>', 'q');
    expect((await pty.exited()).exitCode).toBe(0);
  });

  test('without a terminal: one line, exit code 2', () => {
    const { status, stderr } = run('replay', recording);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^nixpulse: .*replay --json\n$/)]);
  });
});

describe('from the live dashboard', () => {
  const args = (directory: string) => ['--dir', directory, '--root', machine.root, '--interval', '0.2'];
  const recorded = (directory: string) =>
    until('some samples', () => statSync(join(directory, readdirSync(directory)[0] ?? '')).size > 3000);

  test('b goes back and Esc returns: sampling and recording went on, nothing is missing', async () => {
    const directory = join(scratch, 'own');
    using pty = openPty({ args: args(directory), env });
    await pty.waitForText(' REC');
    await recorded(directory);
    pty.press('b');
    await pty.waitForText('REPLAY');
    expect(has('paused')(pty.screen())).toBe(true);
    const written = () => statSync(join(directory, readdirSync(directory)[0] ?? '')).size;
    const before = written();
    pty.press('T', 'T', '3', 'k');
    await pty.waitForText('this is a recording');
    await until('it goes on recording', () => written() > before + 200);
    pty.press('<escape>');
    await pty.waitFor((screen) => has(' REC')(screen) && !has('REPLAY')(screen), 'the live dashboard');
    // What was recorded meanwhile is in it when one goes back again, and a tagged build is still tagged.
    pty.press('1', '<home>', '<space>');
    await pty.waitForText('1 tagged');
    pty.press('b');
    await pty.waitForText('REPLAY');
    pty.press('b');
    await pty.waitFor((screen) => has('1 tagged')(screen) && !has('REPLAY')(screen), 'live again');
    // However busy the machine is.
    await until('a dozen samples', async () => (await readWhole(files, directory)).samples.length > 10);
    pty.press('q');
    expect((await pty.exited()).exitCode).toBe(0);
    const { samples, events, damage } = await readWhole(files, directory);
    expect(damage).toEqual([]);
    expect(events.filter(({ kind }) => kind === 'gap')).toEqual([]);
    expect(samples.length).toBeGreaterThan(10);
  });

  test('q in the recording goes back to live, where it quits; the size may change there', async () => {
    const directory = join(scratch, 'own2');
    using pty = openPty({ args: args(directory), env });
    await pty.waitForText(' REC');
    await recorded(directory);
    pty.press('b');
    await pty.waitForText('REPLAY');
    pty.resize(60, 15);
    await pty.waitFor((screen) => screen.length === 15 && has('REPLAY')(screen), 'the other size');
    pty.press('b');
    // Not only a frame that is half drawn anew.
    await pty.waitFor(([title = '']) => title.includes('labhost') && !title.includes('REPLAY'), 'live');
    pty.press('b');
    await pty.waitForText('REPLAY');
    pty.press('q');
    await pty.waitFor(([title = '']) => title.includes('labhost') && !title.includes('REPLAY'), 'live again');
    pty.press('q');
    expect((await pty.exited()).exitCode).toBe(0);
  });

  test('without a recording the key says why', async () => {
    using pty = openPty({ args: ['--root', machine.root, '--no-record'], env });
    await pty.waitForText('pkg00');
    pty.press('b');
    await pty.waitForText('nothing is recorded here');
  });
});

function run(...args: string[]) {
  return spawnSync(launcher, args, { encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 1e8 });
}

describe('replay --json', () => {
  test('one Model a line; --at begins there', () => {
    const { status, stdout, stderr } = run('replay', recording, '--json');
    expect([status, stderr]).toEqual([0, '']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { time: string });
    expect(lines).toHaveLength(480);
    expect(lines[0]?.time).toBe('2026-11-20T13:20:00.000Z');
    const later = run('replay', recording, '--json', '--at', '2026-11-20T13:23:00Z').stdout;
    expect(later.trimEnd().split('\n')).toHaveLength(120);
    expect(JSON.parse(later.split('\n')[0] ?? '')).toMatchObject({ host: { name: 'box' } });
  });

  test('nobody reads any more: ends quietly', () => {
    const shell = `"${launcher}" replay "${recording}" --json | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', shell], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    expect(stderr).toBe('');
    expect(stdout.split('\n')[1]).toBe('0');
  });

  test('damage is told once, on stderr, and the rest is there', () => {
    const cut = join(scratch, 'cut.nixpulse');
    const [name = ''] = readdirSync(recording);
    spawnSync('cp', [join(recording, name), cut]);
    truncateSync(cut, Math.floor(statSync(cut).size * 0.7));
    const { status, stdout, stderr } = run('replay', cut, '--json');
    expect(status).toBe(0);
    expect(stdout.split('\n').length).toBeGreaterThan(200);
    expect(stderr).toMatch(/^nixpulse: \S*cut\.nixpulse: .* at byte \d+: \d+ bytes passed over\n$/);
  });
});

describe('what is no recording: one line, exit code 2', () => {
  const empty = join(scratch, 'empty');
  const foreign = join(scratch, 'foreign.nixpulse');
  beforeAll(() => {
    mkdirSync(empty);
    writeFileSync(foreign, 'SQLite format 3\0'.repeat(10));
  });

  test.each([
    [['replay', join(scratch, 'none')], /none: there is no such file or directory/],
    [['replay', empty], /empty: nothing recorded/],
    [['replay', foreign], /foreign\.nixpulse: .*not a recording/],
    [['replay', '--at', '25:00', recording], /--at.*no such time/],
    [['replay', '--at', '2020-01-01', recording], /--at.*not recorded, only 2026-11-20 13:20 to 13:23/],
  ])('%j', (args, message) => {
    const { status, stdout, stderr } = run(...args, '--json');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^nixpulse: [^\n]*\n$/);
    expect(stderr).toMatch(message);
  });
});

test('the demo plays at once, needs nothing, and says at its end what to do next', async () => {
  using pty = openPty({ columns: 100, rows: 30, args: ['demo'], env });
  await pty.waitFor(has('playing 1x'), 'the demo plays');
  pty.press('j', 'end', '<enter>');
  await pty.waitForText('shows your own machine');
  pty.press('q');
  expect((await pty.exited()).exitCode).toBe(0);
});
