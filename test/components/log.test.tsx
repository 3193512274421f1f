/** The page of a log, at every size. */
import { describe, expect, it } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import type { Model } from '../../src/model/model.ts';
import { applyLogFile } from '../../src/state/log-page.ts';
import { settle } from '../../src/state/settle.ts';
import type { State } from '../../src/state/state.ts';
import { initialUi } from '../../src/state/ui.ts';
import { pressed, stateOf } from '../state/support.ts';
import { box, boxFirefox, followedOf, streamAt, withRebuilds } from '../support/followed-fixture.ts';
import { expectGolden } from '../support/golden.ts';
import { busy, firefox, idle } from '../support/model-fixture.ts';
import { drvOf } from '../support/rebuild-log.ts';
import { renderState, visible } from './render-screen.tsx';

const keyOf = (name: string) => `${drvOf(name)} of command stream`;

function opened(
  model: Model,
  selected: string,
  columns: number,
  rows: number,
  terminal: Partial<State['terminal']> = {},
): State {
  const ui = { ...initialUi, view: 'builds' as const, selected };
  const look = { columns, rows, unicode: true, color: false, ...terminal };
  return pressed(stateOf(model, { ui, terminal: look }), 'l');
}

const running = (columns: number, rows: number, terminal: Partial<State['terminal']> = {}) =>
  opened(box, identityKey(boxFirefox), columns, rows, terminal);
const failed = (columns: number, rows: number, terminal: Partial<State['terminal']> = {}) =>
  opened(box, keyOf('openblas-0.3.28'), columns, rows, terminal);

describe('a build that runs', () => {
  it.each([
    [120, 40],
    [80, 24],
    [60, 15],
    [60, 12],
    [40, 8],
  ])('%ix%i', (columns, rows) => {
    expectGolden(`log-${columns}x${rows}`, renderState(running(columns, rows)));
  });

  it('in colour, one looks further up', () => {
    const state = pressed(running(100, 20, { color: true }), 'pageup');
    expectGolden('log-100x20-color', visible(renderState(state)));
  });

  it('on a text console nothing is faint, and all is ASCII', () => {
    const frame = visible(renderState(running(80, 25, { color: true, console: true, unicode: false })));
    expect(frame).toMatch(/^[\x20-\x7e\n␛]+$/);
    expect(frame).not.toMatch(/␛\[(?:[\d;]*;)?2m/);
    expectGolden('log-80x25-ascii', renderState(running(80, 25, { unicode: false })));
  });
});

describe('a build that failed', () => {
  it('is searched', () => {
    const typing = pressed(failed(80, 20), '/', ...'fatal');
    expectGolden('log-search-typing-80x20', renderState(typing));
    expectGolden('log-search-80x20', renderState(pressed(typing, 'enter')));
    expectGolden('log-search-none-80x20', renderState(pressed(failed(80, 20), '/', ...'nothing', 'enter')));
  });

  it('is moved to the right', () => {
    const rows = renderState(pressed(failed(40, 12), 'right')).split('\n');
    expect(rows.join('\n')).toContain('from column 21');
    expect(rows.some((row) => row.includes('differs by'))).toBe(true);
  });

  it('has its whole log in a file', () => {
    const state = pressed(failed(80, 12), 'l');
    const of = state.log?.of;
    if (of === undefined) throw new Error('no log is open');
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
    const file = { state: 'read', path: '/x', lines, total: 48_211, atMs: 0 } as const;
    const frame = renderState(settle(applyLogFile(state, of, file), state));
    expect(frame).toMatch(/the last 5,000 of 48,211 lines, from its file at \d\d:\d\d:00/);
    expect(frame).toContain('line 4999');
  });
});

it('the whole rebuild says what was said of it', () => {
  const state = opened(
    withRebuilds(idle, [followedOf(streamAt('nixos-rebuild/flake-fail-keepgoing-json', 200))]),
    'rebuild command stream',
    80,
    16,
  );
  const frame = renderState(state).replaceAll(/\d\d:\d\d:\d\d/g, 'hh:mm:ss');
  expectGolden('log-rebuild-80x16', frame);
});

describe('where nothing is there it says why, and how one gets it', () => {
  const none = (file: Parameters<typeof applyLogFile>[2] | null, model: Model = busy) => {
    const state = opened(model, identityKey(firefox), 60, 15);
    const of = state.log?.of;
    if (of === undefined || file === null) return renderState(state);
    return renderState(settle(applyLogFile(state, of, file), state));
  };

  it('of a build that runs', () => {
    const frame = none({
      state: 'unread',
      reason: 'there is none at /nix/var/log/nix/drvs/0f/3k9x-firefox.drv.bz2',
    });
    expectGolden('log-none-60x15', frame);
    expect(frame).toContain('nixpulse watch');
    expect(frame).toContain('json-log-path');
  });

  it('while its file is read', () => {
    expect(none({ state: 'reading', lines: 12_345 })).toContain('Reading its file … 12,345 lines');
  });

  it('of a file that is empty so far', () => {
    const file = { state: 'read', path: '/x', lines: [], total: 0, atMs: 0 } as const;
    expect(none(file)).toContain('Its file is empty so far');
  });

  it('of a build that nobody can name', () => {
    const builds = busy.builds.map((one) => ({ ...one, drvHash: null }));
    expect(none(null, { ...busy, builds })).toContain('its log cannot be found');
  });
});
