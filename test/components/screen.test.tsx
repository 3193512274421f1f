import { describe, expect, it } from 'vitest';
import { sortTitle } from '../../components/build-table/summary-row.ts';
import { themeFor } from '../../components/theme.ts';
import { identityKey } from '../../src/base/identity.ts';
import type { Build } from '../../src/model/model.ts';
import { emptyHistory } from '../../src/model/past/history.ts';
import { emptyTrack } from '../../src/model/past/track-rings.ts';
import { sortIds } from '../../src/model/ui/build-list.ts';
import type { Mode } from '../../src/model/ui/modes.ts';
import { usualLooks } from '../../src/model/ui/tones.ts';
import type { UiState } from '../../src/state/state.ts';
import { expectGolden } from '../support/golden.ts';
import {
  blind,
  busy,
  busyHistory,
  calm,
  chromium,
  firefox,
  first,
  fixtureCases,
  idle,
  noNix,
} from '../support/model-fixture.ts';
import { renderScreen, renderState, type ScreenOptions, stateOf, visible } from './render-screen.tsx';

const sizes = ['120x40', '80x24', '60x12', '60x15', '200x60', '40x8'] as const;

const details: Mode = { kind: 'details', build: identityKey(firefox), scroll: 2 };
const help: Mode = { kind: 'help', filter: '', typing: false, scroll: 0 };
const normal: Mode = { kind: 'normal' };
const selected: Partial<UiState> = {
  selected: identityKey(firefox),
  tagged: new Set([identityKey(chromium)]),
};

const views: Readonly<Record<string, Partial<UiState>>> = {
  overview: selected,
  builds: { ...selected, view: 'builds', unfolded: new Set([identityKey(firefox)]) },
  disks: { view: 'disks', selectedDisk: 'nvme0n1' },
  details: { ...selected, modes: [normal, details] },
  help: { ...selected, modes: [normal, help] },
};

const machine = { model: busy, history: busyHistory };

function sizeOf(size: string): Pick<ScreenOptions, 'columns' | 'rows'> {
  const [columns = 0, rows = 0] = size.split('x').map(Number);
  return { columns, rows };
}

describe.each(Object.entries(views))('%s', (view, ui) => {
  it.each(sizes)('in %s', (size) => {
    expectGolden(`${view}-${size}`, renderScreen(machine, { ...sizeOf(size), ui }));
  });

  it('on a text console', () => {
    const console = { ...sizeOf('80x25'), unicode: false, ui };
    const frame = renderScreen(machine, console);
    expect(visible(frame)).toMatch(/^[\x20-\x7e\n␛]+$/);
    expectGolden(`${view}-80x25-ascii`, frame);
  });

  it('on a text console nothing is faint, which its VGA shows as black on black', () => {
    const draw = (console: boolean) =>
      renderScreen(machine, { ...sizeOf('80x25'), unicode: false, color: true, console, ui });
    const faint = /␛\[(?:[\d;]*;)?2m/;
    expect(visible(draw(false))).toMatch(faint);
    expect(visible(draw(true))).not.toMatch(faint);
    const plain = (frame: string) => visible(frame).replaceAll(/␛\[[\d;]*m/g, '');
    expect(plain(draw(true))).toBe(plain(draw(false)));
  });

  it('in colour', () => {
    const frame = renderScreen(machine, { ...sizeOf('120x40'), color: true, ui });
    expectGolden(`${view}-120x40-color`, visible(frame));
  });
});

describe('columns of your own', () => {
  const short = { columns: ['resident', 'phase', 'cpu', 'clientPid'] } as const;

  it.each(['60x15', '80x24', '120x40'])('in %s', (size) => {
    const ui = { ...selected, ...short };
    expectGolden(`columns-${size}`, renderScreen(machine, { ...sizeOf(size), ui }));
  });

  const titles = (columns: UiState['columns'], size = '200x60') =>
    renderScreen(machine, { ...sizeOf(size), ui: { columns } })
      .split('\n')
      .find((line) => /^ *DERIVATION/.test(line))
      ?.replaceAll(/[▲▼]/g, '')
      .trim()
      .split(/ {2,}/);

  it('stand in their order; the name is there, and first', () => {
    expect(titles(['cpu', 'phase', 'name', 'age'])).toEqual(['DERIVATION', 'CPU%', 'PHASE', 'TIME']);
    expect(titles(['user'])?.slice(0, 1)).toEqual(['DERIVATION']);
  });

  it('without phase and NOW what must be known has a column of its own', () => {
    const frame = renderScreen(machine, { ...sizeOf('120x40'), ui: { columns: ['cpu'] } });
    expect(frame).toMatch(/DERIVATION +STATE +CPU%/);
    expect(frame).toMatch(/firefox-130\.0 .*D \d/);
  });

  it('are the same in the view Builds', () => {
    const frame = renderScreen(machine, { ...sizeOf('120x40'), ui: { view: 'builds', columns: ['age'] } });
    expect(frame).toMatch(/DERIVATION +STATE +TIME *\n/);
  });
});

describe('colours of your own', () => {
  const looks = { ...usualLooks, title: 'blue', selection: 'bold' };
  const frame = (color: boolean) => {
    const state = stateOf(machine, { ...sizeOf('80x24'), color, ui: selected });
    return visible(renderState({ ...state, terminal: { ...state.terminal, looks } }));
  };

  it('stand in place of the usual ones; a selection without reverse has a mark', () => {
    expect(frame(true)).toContain('␛[34m');
    expect(frame(true)).toMatch(/␛\[1m.>.*firefox/);
  });

  it('without colours there are none', () => {
    expect(frame(false)).toBe(visible(renderScreen(machine, { ...sizeOf('80x24'), ui: selected })));
  });

  it('the same theme as long as they are the same', () => {
    const terminal = { color: true, unicode: true };
    expect(themeFor({ ...terminal, looks })).toBe(themeFor({ ...terminal, looks }));
    expect(themeFor(terminal)).toBe(themeFor({ ...terminal, looks: undefined }));
  });
});

describe('other machines', () => {
  it.each([
    ['calm', calm],
    ['idle', idle],
    ['no-nix', noNix],
    ['first', first],
    ['blind', blind],
  ])('%s', (name, model) => {
    for (const size of ['100x30', '60x12']) {
      const screen = {
        ...sizeOf(size),
        health: { privilegeHint: 'Not root: I/O of other users is not shown.' },
      };
      expectGolden(`${name}-${size}`, renderScreen({ model, history: emptyHistory }, screen));
    }
  });
});

describe('above the footer', () => {
  const prompts: Readonly<Record<string, Partial<UiState>>> = {
    search: {
      ...selected,
      modes: [normal, { kind: 'search', text: 'fire', before: { search: '', selected: null } }],
      search: 'fire',
    },
    filter: {
      modes: [normal, { kind: 'filter', text: 'nothing has this', before: '' }],
      filter: 'nothing has this',
    },
    sort: { ...selected, modes: [normal, { kind: 'sort', cursor: 3 }] },
    notice: {
      ...selected,
      notice: { text: 'Next match of the search: search first (/)', level: 'warning' },
    },
    'help-filter': { modes: [normal, { ...help, filter: 'sort', typing: true }] },
    frozen: {
      ...selected,
      frozen: {
        model: { ...busy, monotonicMs: busy.monotonicMs - 42_000 },
        history: busyHistory,
        track: emptyTrack,
      },
    },
    inverted: { ...selected, inverted: true, sort: 'name' },
  };

  it.each(Object.entries(prompts))('%s', (name, ui) => {
    expectGolden(`prompt-${name}`, renderScreen(machine, { ...sizeOf('80x24'), ui }));
  });

  it('shows the end of a long text, where one types', () => {
    const text = `${'x'.repeat(200)}END`;
    const ui: Partial<UiState> = { modes: [normal, { kind: 'filter', text, before: '' }] };
    const prompt =
      renderScreen(machine, { ...sizeOf('60x12'), ui })
        .split('\n')
        .at(-2) ?? '';
    expect(prompt).toContain('END');
  });
});

describe('the screen', () => {
  const row = (ui: Partial<UiState>, color: boolean) =>
    visible(renderScreen(machine, { ...sizeOf('100x30'), color, ui }))
      .split('\n')
      .find((line) => line.includes('nixbld3')) ?? '';

  it('marks the selected row in reverse to its whole width, without colour by a sign as well', () => {
    expect(row(selected, true)).toMatch(/^␛\[7m▸ firefox-130\.0.*␛\[27m$/);
    expect(row(selected, false)).toMatch(/^␛\[7m▸>firefox-130\.0.*␛\[27m$/);
    expect(row({ selected: identityKey(chromium) }, false)).toMatch(/^▸ firefox-130\.0/);
  });

  it('marks the top row before anything is selected: keys act on it', () => {
    expect(row({}, true)).toMatch(/^␛\[7m▸ firefox-130\.0.*␛\[27m$/);
    expect(row({}, false)).toMatch(/^␛\[7m▸>firefox-130\.0.*␛\[27m$/);
    expect(row({ tagged: new Set([identityKey(firefox)]) }, false)).toMatch(/^␛\[7m>\*firefox-130\.0/);
  });

  it('has no colour without colour', () => {
    for (const ui of Object.values(views)) {
      const codes = visible(renderScreen(machine, { ...sizeOf('120x40'), ui })).match(/␛\[[\d;]*m/g) ?? [];
      expect([...new Set(codes)].sort()).toEqual(['␛[27m', '␛[7m']);
    }
  });

  it('says what is wrong when the terminal is too small', () => {
    expect(renderScreen(machine, { columns: 39, rows: 8 })).toBe('nixpulse needs 40x8, this is 39x8');
    expect(renderScreen(machine, { columns: 12, rows: 3 })).toBe('nixpulse ne…');
  });

  it('counts who waits for the lock of the build looked at, whatever the holder is called', () => {
    const clients = busy.clients.map((client) =>
      client.waitsFor === null
        ? client
        : { ...client, waitsFor: { ...client.waitsFor, holder: 'nix build' } },
    );
    const other = { ...firefox, lock: `${firefox.lock}.other` };
    const look = (builds: readonly Build[]) =>
      renderScreen(
        { model: { ...busy, clients, builds }, history: busyHistory },
        { ...sizeOf('200x60'), ui: { modes: [normal, details] } },
      );
    expect(look(busy.builds)).toContain('1 client waiting for it: nix build .#firefox');
    expect(look([other])).not.toContain('waiting for it');
  });

  it('does not call builds that cannot be seen none', () => {
    const hidden = { ...idle, problems: [{ kind: 'denied' as const, where: '/proc', cause: 'hidepid' }] };
    const frame = renderScreen({ model: hidden, history: busyHistory }, sizeOf('80x24'));
    expect(frame).toContain('BUILDS unknown');
    expect(frame).toContain('Builds cannot be seen.');
    expect(frame).not.toMatch(/0 running|Nothing is building/);
  });

  it('says when a build looked at has ended', () => {
    const ui: Partial<UiState> = { modes: [normal, { kind: 'details', build: '1:1', scroll: 0 }] };
    expect(renderScreen(machine, { ...sizeOf('80x24'), ui })).toContain('This build has ended.');
  });

  it('says when the program itself is late, and when a part is', () => {
    const late = renderScreen(
      { model: blind, history: busyHistory },
      { ...sizeOf('120x40'), health: { latenessMs: 1400 } },
    );
    expect(late).toContain('late 1.4s');
    expect(late).toContain('14 s old');
    expect(late).toContain('5 s old');
    const slow = renderScreen(
      { model: blind, history: busyHistory },
      { ...sizeOf('120x40'), health: { intervalScale: 5 } },
    );
    expect(slow).not.toContain('s old');
  });

  it('asks for patience before the first look at the processes', () => {
    const { forest: _, ...readAtMs } = noNix.readAtMs;
    const frame = renderScreen({ model: { ...noNix, readAtMs }, history: busyHistory }, sizeOf('80x24'));
    expect(frame).toContain('have not been read yet');
    expect(frame).not.toContain('No Nix');
  });

  it('has the sort menu in the order in which the cursor walks', () => {
    const ui = (cursor: number): Partial<UiState> => ({ modes: [normal, { kind: 'sort', cursor }] });
    for (const [cursor, id] of sortIds.entries()) {
      const frame = renderScreen(machine, { ...sizeOf('80x24'), ui: ui(cursor) });
      expect(frame).toContain(`[${sortTitle(id)}]`);
    }
  });

  it('knows every fixture by name', () => {
    expect(new Set(fixtureCases.map(({ name }) => name)).size).toBe(fixtureCases.length);
  });
});
