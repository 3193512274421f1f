/** The pictures: both forms of each, small enough for a page, of one size, and of a real run. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scenes } from '../../scripts/screenshots/scenes.ts';

const folder = new URL('../../screenshots/', import.meta.url);
const file = (name: string) => new URL(name, folder);
const mostBytes = 200_000;

describe('screenshots', () => {
  it('are those of the scenes (npm run screenshots draws them)', () => {
    const names = scenes.flatMap(({ name }) => [`${name}.png`, `${name}.svg`]);
    expect(readdirSync(folder).toSorted()).toEqual(names.toSorted());
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
  });

  it.each(scenes)('$name: shows the builds of the lab', ({ name }) => {
    const svg = readFileSync(file(`${name}.svg`), 'utf8');
    expect(svg).toContain('firefox-130');
    expect(svg.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});
