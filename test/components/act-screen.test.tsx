/** Questions, menus, what runs, the journal and the store page, as they stand on the screen. */
import { describe, expect, test, vi } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import { clientTargetOf, type Intent, targetOf } from '../../src/model/intents/intent.ts';
import type { LoweredMark } from '../../src/model/intents/lowered-mark.ts';
import type { Model } from '../../src/model/model.ts';
import type { Mode } from '../../src/model/ui/modes.ts';
import { journalOf } from '../../src/state/journal.ts';
import type { RunningAction, UiState } from '../../src/state/state.ts';
import { generationsState } from '../support/generation-fixture.ts';
import { expectGolden } from '../support/golden.ts';
import { journalEntry } from '../support/journal-entry.ts';
import {
  activating,
  buildOf,
  busy,
  busyHistory,
  chromium,
  firefox,
  fixtureTimeMs,
  linux,
  waiting,
} from '../support/model-fixture.ts';
import { renderScreen, type ScreenOptions, visible } from './render-screen.tsx';

vi.stubEnv('TZ', 'UTC');

const machine = { model: busy, history: busyHistory };
const normal: Mode = { kind: 'normal' };
const kill: Intent = { type: 'kill', targets: [targetOf(firefox)], reason: null };
const confirm = (intent: Intent, over: Partial<Extract<Mode, { kind: 'confirm' }>> = {}): Mode => ({
  kind: 'confirm',
  intent,
  openedBy: 'k',
  word: null,
  typed: '',
  ...over,
});
const mark = { target: targetOf(linux), pausedAtMs: fixtureTimeMs - 130_000, ours: true };
const loweredMark: LoweredMark = {
  ...{ target: targetOf(chromium), atMs: fixtureTimeMs - 130_000, ours: true },
  ...{ lowered: true, limited: false, memoryHighBytes: null },
};
const verifying: RunningAction = {
  id: 1,
  intent: { type: 'verify' },
  title: 'verify the store',
  sinceMs: busy.monotonicMs - 754_000,
  progress: {
    text: 'checks the contents of the store paths',
    done: 37_120,
    total: 90_412,
    doneBytes: 128 * 2 ** 30,
    totalBytes: 312 * 2 ** 30,
    bytesPerSec: 41 * 2 ** 20,
    secondsLeft: 4330,
  },
  lines: ['corrupt /nix/store/8h7g6f5d4s3a2p1o9i8u7y6t5r4e3w2q-hello-2.12.1'],
  cancelling: false,
};
const profile = { kind: 'system', path: '/nix/var/nix/profiles/system' } as const;

interface Scene {
  readonly mode?: Mode;
  readonly ui?: Partial<UiState>;
  readonly slices?: ScreenOptions['slices'];
  readonly model?: Model;
}

const scenes: Readonly<Record<string, Scene>> = {
  kill: { mode: confirm(kill) },
  'kill-worst': {
    mode: confirm({
      ...kill,
      reason: {
        by: 'memory',
        shortage: busy.shortages[0] ?? null,
        cpuPercent: null,
        grows: true,
      },
    }),
  },
  'kill-set': { mode: confirm({ ...kill, targets: [firefox, chromium, linux].map(targetOf) }) },
  'too-late': { mode: confirm({ ...kill, targets: [targetOf(buildOf({ pid: 7, name: 'gone-1.0' }))] }) },
  everything: { mode: confirm({ type: 'cancel', clients: [], orphans: [], everything: true }) },
  activation: {
    model: { ...busy, builds: [], clients: [activating, waiting] },
    mode: confirm(
      { type: 'cancel', clients: [clientTargetOf(activating)], orphans: [], everything: false },
      { word: 'stop', typed: 'st' },
    ),
  },
  rollback: {
    ui: { view: 'generations', selectedGeneration: 146 },
    mode: confirm(
      { type: 'rollback', profile, generation: 146, mode: 'switch' },
      { word: '146', typed: '14' },
    ),
    slices: { generations: generationsState },
  },
  signals: {
    mode: {
      kind: 'choose',
      title: 'signal to cc1plus (2101)',
      openedBy: 'k',
      cursor: 2,
      choices: (['TERM', 'INT', 'KILL', 'STOP', 'CONT'] as const).map((signal) => ({
        title: signal,
        word: null,
        intent: {
          type: 'signal',
          build: targetOf(firefox),
          process: { pid: 2101, startTime: 21_010 },
          signal,
        },
      })),
    },
  },
  quit: { mode: { kind: 'quit', openedBy: 'q' }, slices: { paused: [mark], actions: [verifying] } },
  low: {
    model: {
      ...busy,
      builds: busy.builds.map((build) =>
        build.pid === firefox.pid
          ? { ...build, lowered: true, limited: true, memoryHighBytes: 8 * 2 ** 30 }
          : build.pid === chromium.pid
            ? { ...build, lowered: true }
            : build,
      ),
    },
    mode: { kind: 'quit', openedBy: 'q' },
    slices: { lowered: [{ ...loweredMark, target: targetOf(firefox) }, loweredMark] },
  },
  limit: {
    mode: confirm({ type: 'limit', targets: [targetOf(firefox)], memoryHighBytes: 8 * 2 ** 30, ioWeight: 1 }),
  },
  'limit-menu': {
    mode: {
      kind: 'choose',
      title: 'limit to',
      openedBy: 'L',
      cursor: 1,
      choices: [
        ...[25, 50, 75].map((percent) => ({
          title: `${(percent * 32) / 100}.0 GB (${percent}%)`,
          intent: { type: 'limit', targets: [targetOf(firefox)] } as const,
          word: null,
        })),
        { title: 'last at disk', intent: { type: 'limit', targets: [], ioWeight: 1 }, word: null },
        { title: 'as before', intent: { type: 'restore', targets: [] }, word: null, asks: false },
      ],
    },
  },
  'quit-command': {
    mode: { kind: 'quit', openedBy: 'q' },
    slices: {
      command: {
        words: ['sudo', 'nixos-rebuild', 'switch', '--flake', '.#host'],
        startedMs: busy.timeMs - 2_832_000,
        asked: 'SIGINT',
      },
    },
  },
  offer: { mode: { kind: 'offer', marks: [mark] } },
  running: { slices: { actions: [verifying], paused: [mark] } },
  journal: {
    ui: { view: 'journal' },
    slices: {
      journal: journalOf(
        [
          journalEntry({
            time: '2026-11-20T12:00:00.000Z',
            title: 'pause linux-6.11.3',
            status: 'incomplete',
          }),
          journalEntry({ status: 'denied', summary: 'not permitted; run it as root', details: [] }),
          journalEntry(),
        ],
        busy.events.slice(1),
        null,
      ),
    },
  },
  'journal-empty': { ui: { view: 'journal' }, slices: { journal: journalOf([], [], 'not read: denied') } },
  store: {
    ui: { view: 'generations', selectedGeneration: 146 },
    slices: {
      generations: generationsState,
      actions: [verifying],
      storeCheck: { last: null, garbage: null },
    },
  },
  unread: { ui: { view: 'generations' } },
};

const sizes = ['120x40', '80x24', '60x15', '60x12', '40x8'] as const;

function draw(scene: Scene, size: string, over: Partial<ScreenOptions> = {}): string {
  const [columns = 0, rows = 0] = size.split('x').map(Number);
  const modes = scene.mode === undefined ? [normal] : [normal, scene.mode];
  const ui = { selected: identityKey(firefox), ...scene.ui, modes };
  return renderScreen(
    { ...machine, model: scene.model ?? busy },
    {
      columns,
      rows,
      ui,
      ...(scene.slices ? { slices: scene.slices } : {}),
      ...over,
    },
  );
}

describe.each(Object.entries(scenes))('%s', (name, scene) => {
  test.each(sizes)('in %s', (size) => {
    const frame = draw(scene, size);
    const [columns = 0, rows = 0] = size.split('x').map(Number);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no column.
    const lines = frame.replace(/\u001b\[[\d;]*m/g, '').split('\n');
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expectGolden(`act-${name}-${size}`, frame);
  });

  test('on a text console', () => {
    const frame = draw(scene, '80x25', { unicode: false });
    expect(visible(frame)).toMatch(/^[\x20-\x7e\n␛]+$/);
    expectGolden(`act-${name}-80x25-ascii`, frame);
  });
});

test('in colour', () => {
  for (const name of ['kill', 'rollback', 'running', 'journal']) {
    const frame = draw(scenes[name] as Scene, '120x40', { color: true });
    expectGolden(`act-${name}-120x40-color`, visible(frame));
  }
});

test('the numbers stay: a question takes two rows of the list and nothing else', () => {
  const calm = draw({}, '80x24').split('\n');
  const asked = draw(scenes.kill as Scene, '80x24').split('\n');
  expect(asked.slice(0, 12)).toEqual(calm.slice(0, 12));
});
