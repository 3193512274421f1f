import { describe, expect, test } from 'vitest';
import { textColumns } from '../../../src/base/text.ts';
import { pressKeys } from '../../../src/modes/rescue/rescue-keys.ts';
import { rescueRows } from '../../../src/modes/rescue/rescue-screen.ts';
import type { State } from '../../../src/state/state.ts';
import { withUi } from '../../../src/state/ui.ts';
import { visible } from '../../components/render-screen.tsx';
import { expectGolden } from '../../support/golden.ts';
import {
  armedGuard,
  busy,
  calm,
  crowded,
  fixtureCases,
  hostile,
  noNix,
} from '../../support/model-fixture.ts';
import { consoleStyle, dumbStyle, rescueStateOf } from '../../support/rescue-state.ts';

const sizes = [
  [40, 8],
  [60, 12],
  [80, 25],
  [120, 40],
  [200, 60],
] as const;
const asked = (state: State, ...keys: readonly string[]) =>
  keys.reduce((now, name) => pressKeys(now, [{ name }]).state, state);
/** Without SGR. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const plain = (row: string) => row.replace(/\x1b\[[0-9;]*m/g, '');

describe('fits', () => {
  test.each(sizes)('%dx%d: every model, with and without a question', (columns, rows) => {
    for (const { model } of [...fixtureCases, { model: hostile }, { model: crowded }]) {
      const state = rescueStateOf({ model, columns, rows });
      for (const now of [state, asked(state, '1', 'k'), asked(state, 'C'), asked(state, 'k')]) {
        const drawn = rescueRows(now, consoleStyle);
        expect(drawn.length).toBeLessThanOrEqual(rows);
        for (const row of drawn) expect(textColumns(plain(row))).toBeLessThanOrEqual(columns);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what no row may contain
        for (const row of drawn) expect(plain(row)).not.toMatch(/[\x00-\x1f\x7f]/);
      }
    }
  });

  test('a terminal too small says so, and still shows an open question', () => {
    const small = rescueStateOf({ columns: 30, rows: 5 });
    expect(rescueRows(small, dumbStyle)[0]).toContain('nixpulse needs 40x8');
    expect(rescueRows(asked(small, '1', 'k'), dumbStyle).join('\n')).toContain('kill');
  });
});

test.each(sizes)('%dx%d: why something was not done is told to its end', (columns, rows) => {
  const text =
    'build of uid 988 was not touched: not yet: what proves it is still being read; again in a moment';
  const state = withUi(rescueStateOf({ columns, rows }), { notice: { text, level: 'warning' } });
  const drawn = rescueRows(state, dumbStyle).map((row) => row.trim());
  expect(drawn.length).toBeLessThanOrEqual(rows);
  expect(drawn.join(' ')).toContain(text);
});

describe('?', () => {
  const hardening: State['health']['hardening'] = [
    { id: 'memory', status: 'done', reason: '113 MB of files, 47 mappings' },
    { id: 'oom', status: 'denied', reason: 'needs CAP_SYS_RESOURCE (root) or OOMScoreAdjust=' },
  ];
  const text = (state: State) => rescueRows(state, consoleStyle).map(plain).join('\n');

  test.each(sizes)('%dx%d: tells what the health mark counts, until the next key', (columns, rows) => {
    const state = asked(rescueStateOf({ columns, rows, health: { hardening } }), '?');
    expect(text(state).replace(/\s+/g, ' ')).toContain(
      'OOM score denied: needs CAP_SYS_RESOURCE (root) or OOMScoreAdjust=',
    );
    expect(text(state).split('\n').length).toBeLessThanOrEqual(rows);
    for (const row of text(state).split('\n')) expect(textColumns(row)).toBeLessThanOrEqual(columns);
    for (const key of ['?', 'escape', 'C', 'down'])
      expect(text(asked(state, key)), key).not.toContain('denied');
  });
});

describe('looks', () => {
  const look = (name: string, state: State) => {
    const rows = rescueRows(state, consoleStyle).map((row) => visible(row).trimEnd());
    expectGolden(`rescue-${name}-${state.terminal.columns}x${state.terminal.rows}`, rows.join('\n'));
  };
  test.each(sizes)('%dx%d', (columns, rows) => {
    const state = rescueStateOf({ columns, rows });
    look('busy', asked(state, '2'));
    look('asked', asked(state, '2', 'k'));
  });
  test('everything', () => look('everything', asked(rescueStateOf(), 'C')));
  test('no Nix, calm, crowded', () => {
    look('no-nix', rescueStateOf({ model: noNix }));
    look('calm', rescueStateOf({ model: calm }));
    look('crowded', rescueStateOf({ model: crowded, health: { latenessMs: 2100 } }));
  });
});

test('numbers nobody has read for a while are marked', () => {
  const { monotonicMs, readAtMs } = busy;
  const model = { ...busy, readAtMs: { ...readAtMs, pressure: monotonicMs - 7400 } };
  expect(rescueRows(rescueStateOf({ model, columns: 120 }), dumbStyle).join('\n')).toContain('7 s old');
  expect(rescueRows(rescueStateOf(), dumbStyle).join('\n')).not.toContain('s old');
});

test('without sequences nothing but text is written', () => {
  const rows = rescueRows(asked(rescueStateOf(), '1', 'k'), dumbStyle).join('\n');
  expect(rows).not.toContain('\u001b');
  expect(rows).toContain('>1 ');
});

test('that a guard is armed is said, as far as there is room', () => {
  const top = (columns: number, over: object = {}) => {
    const guards = [{ ...armedGuard, acts: [], ...over }];
    const state = rescueStateOf({ model: { ...calm, guards }, columns, rows: 25 });
    return plain(rescueRows(state, consoleStyle)[0] ?? '');
  };
  expect(top(80)).toContain(' guard ');
  expect(top(40)).toContain('guard ');
  expect(top(80, { atMs: calm.timeMs - 40_000 })).toContain(' guard silent ');
});
