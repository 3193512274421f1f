/** The pictures: as they would be drawn now, both forms of each, small enough for a page, of one size. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawScene } from '../../scripts/screenshots/draw.ts';
import { scenes } from '../../scripts/screenshots/scenes.ts';
import { drawnFrom } from '../../scripts/screenshots/small-png.ts';

const folder = new URL('../../screenshots/', import.meta.url);
const file = (name: string) => new URL(name, folder);
const mostBytes = 200_000;

describe('screenshots', () => {
  it('are those of the scenes (npm run screenshots draws them)', () => {
    const names = scenes.flatMap(({ name }) => [`${name}.png`, `${name}.svg`]);
    const drawn = readdirSync(folder).filter((name) => name !== 'vm');
    expect(drawn.toSorted()).toEqual(names.toSorted());
  });

  it.each(scenes)('$name: is current (npm run screenshots)', async (scene) => {
    const drawn = await drawScene(scene);
    // Both whole texts as a message would bury what differs.
    const [now, then] = [drawn, readFileSync(file(`${scene.name}.svg`), 'utf8')].map((svg) =>
      svg.split('\n'),
    );
    const differing = now?.findIndex((line, at) => line !== then?.[at]) ?? -1;
    expect([now?.[differing], now?.length]).toEqual([then?.[differing], then?.length]);
  });

  it.each(scenes)('$name: SVG and PNG of one size, below 200 kB', ({ name, columns, rows }) => {
    const svg = readFileSync(file(`${name}.svg`), 'utf8');
    const png = readFileSync(file(`${name}.png`));
    expect(statSync(file(`${name}.svg`)).size).toBeLessThan(mostBytes);
    expect(png.length).toBeLessThan(mostBytes);
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    const [, width, height] = /^<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * Number(width), 2 * Number(height)]);
    expect(Number(width)).toBeGreaterThan(columns * 9);
    expect(Number(height)).toBeGreaterThan(rows * 18);
    expect(drawnFrom(png, svg), 'the PNG is of another SVG: npm run screenshots').toBe(true);
    expect(svg.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('show what they are of', () => {
    const svgOf = (name: string) => readFileSync(file(`${name}.svg`), 'utf8');
    for (const name of ['overview', 'overview-80x24', 'pane', 'console', 'builds', 'kill', 'replay']) {
      expect(svgOf(name), name).toContain('webkitgtk-2.46.1');
    }
    expect(svgOf('overview')).toContain('STALLED');
    expect(svgOf('kill')).toContain('yes, any other key no');
    expect(svgOf('history')).toContain('HISTORY');
    expect(svgOf('replay')).toContain('REPLAY');
    expect(svgOf('console')).not.toMatch(/[^\n -~]/);
  });
});
