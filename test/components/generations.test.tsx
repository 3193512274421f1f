import { renderToString } from 'ink';
import { describe, expect, it, vi } from 'vitest';
import { GenerationsView, generationsLayout } from '../../components/generations/generations.tsx';
import { AppContextProvider } from '../../hooks/app-context.ts';
import { fail, ok } from '../../src/base/problem.ts';
import { textColumns } from '../../src/base/text.ts';
import type { GenerationsState } from '../../src/model/nix-store/generations.ts';
import { emptyHistory } from '../../src/model/past/history.ts';
import {
  compared,
  comparison,
  generationList,
  generationsState,
  storePathOf,
} from '../support/generation-fixture.ts';
import { expectGolden } from '../support/golden.ts';
import { idle } from '../support/model-fixture.ts';
import { contextOf, type ScreenOptions, stateOf, visible } from './render-screen.tsx';

vi.stubEnv('TZ', 'UTC');

function draw(
  state: GenerationsState,
  selected: number | null,
  size: Pick<ScreenOptions, 'columns' | 'rows' | 'unicode' | 'color'>,
): string {
  const context = contextOf(stateOf({ model: idle, history: emptyHistory }, size));
  return renderToString(
    <AppContextProvider value={context}>
      <GenerationsView state={state} columns={size.columns} rows={size.rows} selected={selected} />
    </AppContextProvider>,
    { columns: size.columns },
  );
}

const wide = { columns: 120, rows: 24 };
const home: GenerationsState = {
  profile: {
    target: { kind: 'home-manager', path: '/home/ada/.local/state/nix/profiles/home-manager' },
    user: 'ada',
    title: 'home-manager of ada',
  },
  list: null,
  sizes: new Map(),
  comparison: null,
};

describe('golden', () => {
  it.each([
    [120, 24],
    [80, 20],
    [60, 15],
    [60, 10],
    [40, 8],
  ])('%dx%d', (columns, rows) => {
    const frame = draw(generationsState, 144, { columns, rows });
    expectGolden(`generations-${columns}x${rows}`, frame);
  });

  it('on a text console', () => {
    const frame = draw(generationsState, 144, { columns: 80, rows: 20, unicode: false });
    expect(visible(frame)).toMatch(/^[\x20-\x7e\n␛]+$/);
    expectGolden('generations-80x20-ascii', frame);
  });

  it('in colour', () => {
    expectGolden('generations-120x24-color', visible(draw(generationsState, 143, { ...wide, color: true })));
  });

  it('of home-manager', () => {
    const list = {
      ...generationList,
      profile: home.profile.target,
      generations: generationList.generations.slice(0, 2).map((one) => ({ ...one, kernel: null })),
    };
    expectGolden('generations-home-80x20', draw({ ...home, list: ok(list) }, 147, { columns: 80, rows: 20 }));
  });
});

describe('states', () => {
  it.each([
    ['reading', { list: null }, 'Reading the generations…'],
    ['none', { list: fail('gone', '/nix/var/nix/profiles') }, 'No NixOS system profile here.'],
    ['empty', { list: ok({ ...generationList, generations: [] }) }, 'No NixOS system profile here.'],
    ['denied', { list: fail('denied', '/nix/var/nix/profiles') }, 'denied: /nix/var/nix/profiles/system'],
    ['hung', { list: fail('timeout', '/nix/var/nix/profiles') }, '/nix/var/nix/profiles: timeout'],
    ['comparing', { comparison: compared(144, null) }, 'Comparing the two closures…'],
    ['not compared', { comparison: compared(144, fail('timeout', 'nix-store')) }, 'nix-store: timeout'],
  ] satisfies [string, Partial<GenerationsState>, string][])('%s', (_name, change, text) => {
    for (const columns of [120, 80, 60]) {
      expect(draw({ ...generationsState, ...change }, 144, { columns, rows: 20 })).toContain(text);
    }
  });

  it('says of whom a profile without generations is', () => {
    const frame = draw({ ...home, list: fail('gone', 'x') }, null, wide);
    expect(frame).toContain('No generations in the home-manager of ada.');
  });

  it('shows no comparison with another generation than the selected and the default one', () => {
    for (const stale of [compared(145), { ...compared(144), from: 146 }]) {
      expect(draw({ ...generationsState, comparison: stale }, 144, wide)).not.toContain('firefox');
    }
  });

  it('says why a generation cannot be rolled back to, and never calls an unknown one sound', () => {
    expect(draw(generationsState, 98, wide)).toMatch(/refused +dangling: its store path is gone/);
    expect(draw(generationsState, 144, wide)).toMatch(/refused +it could not be checked: kernel: timeout/);
  });

  it('says when what runs is not what will boot', () => {
    expect(draw(generationsState, 147, wide)).toContain('146 runs');
    const same = {
      ...generationList,
      generations: generationList.generations.map((one) => ({ ...one, isRunning: one.isDefault })),
    };
    expect(draw({ ...generationsState, list: ok(same) }, 147, wide)).not.toContain(' runs');
  });

  it('knows no size difference where one of the two is unknown', () => {
    const frame = draw({ ...generationsState, sizes: new Map(), comparison: null }, 146, wide);
    expect(frame).not.toMatch(/\d[MG]\b/);
  });
});

describe('bounds', () => {
  const many = {
    ...generationList,
    generations: Array.from({ length: 300 }, (_, i) => ({
      ...(generationList.generations[0] as (typeof generationList.generations)[0]),
      number: 300 - i,
    })),
  };
  const hostile: GenerationsState = {
    ...generationsState,
    list: ok({
      ...generationList,
      generations: generationList.generations.map((one) => ({
        ...one,
        version: `\u001b[2J日本${'x'.repeat(300)}\n`,
        kernel: '\u202e6.6',
        storePath: storePathOf('x'.repeat(180)),
      })),
    }),
    comparison: compared(
      144,
      ok({
        ...comparison,
        changed: Array.from({ length: 400 }, (_, i) => ({
          name: `pack\tage-${'y'.repeat(i % 90)}`,
          from: ['1\u001b[31m'],
          to: ['2'],
        })),
      }),
    ),
  };

  it('never has a row too many or too wide', () => {
    for (const columns of [40, 60, 80, 120, 200]) {
      for (const rows of [1, 2, 3, 8, 11, 12, 20, 60]) {
        for (const state of [generationsState, hostile, { ...generationsState, list: ok(many) }]) {
          const lines = draw(state, 144, { columns, rows }).split('\n');
          expect(lines.length).toBeLessThanOrEqual(rows);
          for (const line of lines) {
            expect(textColumns(visible(line).replace(/␛\[\d*m/g, ''))).toBeLessThanOrEqual(columns);
          }
        }
      }
    }
  });

  it('keeps the selected one visible wherever it is', () => {
    for (const selected of [300, 299, 150, 2, 1]) {
      const frame = draw({ ...generationsState, list: ok(many), comparison: null }, selected, {
        columns: 80,
        rows: 20,
      });
      expect(frame).toMatch(new RegExp(`> +${selected} `));
    }
  });

  it('says how many items of a list have no room', () => {
    const frame = draw(hostile, 144, { columns: 80, rows: 24 });
    const shown = (frame.match(/pack age-/g) ?? []).length;
    expect(frame).toContain(`and ${400 - shown} more`);
  });

  it('gives every row to the table or to the pane', () => {
    for (let rows = 3; rows < 80; rows += 1) {
      for (const count of [0, 1, 6, 300]) {
        const { listRows, paneRows } = generationsLayout(rows, count);
        expect(2 + listRows + (paneRows > 0 ? paneRows + 1 : 0)).toBeLessThanOrEqual(rows);
      }
    }
  });
});
