/** The rows of the clients: what gets the room where there is much, and where there is little. */
import { describe, expect, it } from 'vitest';
import { workRows } from '../../components/clients/work-rows.ts';
import { themeFor } from '../../components/theme.ts';
import { busy, rebuild, waiting } from '../support/model-fixture.ts';
import { followedAlone } from '../support/rebuild-models.ts';

const theme = themeFor({ color: false, unicode: true });
const rows = (over: Partial<typeof busy>, height: number, width: number) =>
  workRows({ ...busy, ...over }, { height, width, titled: true }, theme).rows;

describe('the command', () => {
  const command =
    'nixos-rebuild switch --flake .#workstation --target-host root@build.example.org --use-remote-sudo';
  const long = { clients: [{ ...rebuild, command }] };

  it('is shown as far as there is room', () => {
    const shown = (width: number) => (rows(long, 1, width)[0] ?? '').slice(2).split(/…| {2}/)[0]?.length ?? 0;
    expect([80, 120, 200].map(shown)).toEqual([24, 39, 77]);
    expect(rows(long, 1, 240)[0]).toContain(command);
  });
});

describe('clients for which there is no row', () => {
  it.each([200, 120, 80])('are counted at the right edge, behind what the last one does: %i', (width) => {
    const two = rows({}, 2, width);
    expect(two[0]).not.toContain('more');
    expect(two[1]).toMatch(/waits for firefox-130\.0, .* {2}\+1 more$/);
    expect(two[1]).toHaveLength(width);
    expect(rows({}, 3, width).join('')).not.toContain('more');
  });

  it('cost no other column where it is narrow', () => {
    expect(rows({ clients: [rebuild, waiting] }, 1, 44)[0]).not.toContain('more');
  });
});

describe('the rebuild that was started to be watched', () => {
  it('comes first, whatever else there is', () => {
    const [watched] = followedAlone.rebuilds;
    if (watched === undefined) throw new Error('nothing is followed');
    const shown = rows({ rebuilds: [{ ...watched, command: './deploy' }] }, 2, 80);
    expect(shown[0]).toMatch(/^ {2}deploy {2}.*0\/4 built/);
    expect(shown[1]).toContain('nixos-rebuild switch');
  });
});
