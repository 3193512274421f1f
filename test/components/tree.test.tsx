/** View 2 where rebuilds are followed, at every size, and of real streams. */
import { describe, expect, it } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import type { Model } from '../../src/model/model.ts';
import type { UiState } from '../../src/state/state.ts';
import { box, boxRebuild, followedOf, streamAt, withRebuilds } from '../support/followed-fixture.ts';
import { expectGolden } from '../support/golden.ts';
import { busy, busyHistory, chromium, firefox, hostileName, idle } from '../support/model-fixture.ts';
import { build, drvOf, RebuildLog, say } from '../support/rebuild-log.ts';
import { renderScreen, type ScreenOptions, visible } from './render-screen.tsx';

const ui: Partial<UiState> = {
  view: 'builds',
  selected: identityKey(firefox),
  unfolded: new Set([identityKey(chromium)]),
};
const look = (model: Model, options: ScreenOptions) =>
  renderScreen({ model, history: busyHistory }, { ...options, ui: { ...ui, ...options.ui } });

describe('the machine in trouble', () => {
  it.each([
    [120, 40],
    [80, 24],
    [60, 15],
    [60, 12],
    [40, 8],
  ])('%ix%i', (columns, rows) => {
    expectGolden(`tree-${columns}x${rows}`, look(box, { columns, rows }));
  });

  it('in colour', () => {
    expectGolden('tree-120x40-color', visible(look(box, { columns: 120, rows: 40, color: true })));
  });

  it('on a text console', () => {
    const frame = look(box, { columns: 80, rows: 25, unicode: false });
    expect(visible(frame)).toMatch(/^[\x20-\x7e\n␛]+$/);
    expectGolden('tree-80x25-ascii', frame);
  });
});

describe('real streams', () => {
  it.each([
    ['nix-2.34/nixbuild-many', 367],
    ['nixos-rebuild/flake-fail-keepgoing-json', 140],
    ['nixos-rebuild/evalerror-json', 12],
    ['nix-2.34/nixbuild-lockwait', 36],
    ['nix-2.34/nixstore-realise-http', 369],
  ])('%s', (name, lines) => {
    const model = withRebuilds(idle, [followedOf(streamAt(name, lines))]);
    expectGolden(
      `tree-${name.replaceAll('/', '-')}`,
      look(model, { columns: 80, rows: 12, ui: { selected: null } }),
    );
  });
});

it('of several rebuilds each is a tree, and those that are over stand closed behind', () => {
  const over = streamAt('nix-2.8/nixbuild-parallel', 400);
  const model = withRebuilds(busy, [
    followedOf({ ...over, ended: { atMs: busy.timeMs - 5000, exitCode: 0 } }, { id: 'a', over: true }),
    followedOf(boxRebuild),
  ]);
  const rows = look(model, { columns: 100, rows: 30 }).split('\n');
  const at = (text: string) => rows.findIndex((row) => row.includes(text));
  expect(at('nixos-rebuild switch --flake')).toBeLessThan(at('done in'));
  expect(rows[at('done in')]).toMatch(/^▸ /);
});

it('is bounded, whatever the names', () => {
  const log = new RebuildLog().at(
    1,
    say('these 2 derivations will be built:'),
    say(`  ${drvOf('top')}`),
    build(1, hostileName),
    build(2, `x${'y'.repeat(5000)}`),
  );
  for (const columns of [40, 60, 80]) {
    const frame = look(withRebuilds(idle, [followedOf(log.rebuild)]), { columns, rows: 12 });
    for (const row of visible(frame)
      .replaceAll(/␛\[[\d;]*m/g, '')
      .split('\n'))
      expect(row.length).toBeLessThanOrEqual(columns);
    expect(frame).not.toContain('\u009b');
  }
});
