/** Pictures of a screen: runs, styles, shapes, and text that would break XML. */
import headless from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { windowTheme as theme } from '../../scripts/screenshots/themes.ts';
import { drawPicture } from './picture.ts';
import { shapesOf } from './picture-glyphs.ts';

async function pictureOf(text: string, columns = 20): Promise<string> {
  const terminal = new headless.Terminal({ cols: columns, rows: 1, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  return drawPicture(terminal, { theme, title: 'a picture' });
}
/** The cells, without the window. */
const body = (svg: string) => svg.slice(svg.indexOf('<g '), svg.indexOf('</g>'));
const textsOf = (svg: string) => [...body(svg).matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)];

describe('drawPicture', () => {
  it('parts text at wide gaps and says how wide each run is', async () => {
    const runs = textsOf(await pictureOf('one two   three'));
    expect(runs.map(([, , text]) => text)).toEqual(['one two', 'three']);
    expect(runs.map(([, attributes]) => attributes)).toEqual([
      expect.stringContaining('x="0" y="13.7" textLength="63"'),
      expect.stringContaining('x="90" y="13.7" textLength="45"'),
    ]);
  });

  it('gives each style its run, its colour and its weight', async () => {
    const runs = textsOf(await pictureOf('a\x1b[1;31mb\x1b[0;33mc\x1b[0m'));
    expect(runs.map(([, attributes, text]) => [text, /fill="([^"]+)"/.exec(attributes ?? '')?.[1]])).toEqual([
      ['a', theme.ink],
      ['b', theme.colors[1]],
      ['c', theme.colors[3]],
    ]);
    expect(runs.map(([, attributes]) => attributes?.includes('class="b"'))).toEqual([false, true, false]);
  });

  it('dims towards the ground and draws reversed cells on their ink', async () => {
    const [, dimmed] = textsOf(await pictureOf('\x1b[2mx'))[0] ?? [];
    expect(dimmed).not.toContain(theme.ink);
    const reversed = body(await pictureOf('\x1b[7mab\x1b[0m c'));
    expect(reversed).toContain(`<rect x="0" y="0" width="18" height="18" fill="${theme.ink}"/>`);
    expect(reversed).toMatch(new RegExp(`fill="${theme.ground}">ab<`));
  });

  it('draws blocks, lines, triangles and braille as shapes, never as text', async () => {
    const svg = body(await pictureOf('▁▄█░─├▸▼⣿'));
    expect(textsOf(svg)).toEqual([]);
    expect(svg).toContain('<rect x="9" y="9" width="9" height="9"');
    expect(svg).toContain('fill-opacity');
    expect(svg.match(/<polygon/g)).toHaveLength(2);
  });

  it('gives wide characters two cells', async () => {
    const runs = textsOf(await pictureOf('日x'));
    expect(runs[0]?.[1]).toContain('textLength="27"');
  });

  it('escapes what XML would read', async () => {
    expect(textsOf(await pictureOf('<a&b>'))[0]?.[2]).toBe('&lt;a&amp;b&gt;');
  });

  it('refuses colours that the program does not have', async () => {
    await expect(pictureOf('\x1b[38;5;200mx')).rejects.toThrow('none of the terminal');
    await expect(pictureOf('\x1b[38;2;1;2;3mx')).rejects.toThrow('none of the terminal');
  });
});

describe('shapesOf', () => {
  it('leaves letters to the font', () => {
    for (const character of ['a', 'Δ', '·', '×', '…', '日']) expect(shapesOf(character)).toBeNull();
  });

  it('keeps every shape in its cell', () => {
    for (const character of '▁▂▃▄▅▆▇█▏▎▍▌▋▊▉░▒▓─│┌┐└┘├┤┬┴┼▲▼▸▾⠁⢀⣿') {
      const shapes = shapesOf(character) ?? [];
      expect(shapes, character).not.toHaveLength(0);
      for (const shape of shapes) {
        const corners =
          shape.kind === 'polygon'
            ? shape.points.flat()
            : [shape.x, shape.y, shape.x + shape.width, shape.y + shape.height];
        for (const at of corners) expect(at, character).toBeGreaterThanOrEqual(0);
        for (const at of corners) expect(at, character).toBeLessThanOrEqual(1.0001);
      }
    }
  });
});
