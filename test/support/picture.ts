/** A terminal's screen as an SVG picture in the frame of a window: runs of text, and shapes where fonts disagree. */
import type headless from '@xterm/headless';
import { type Cell, type PictureTheme, rowsOf, type Style } from './picture-cells.ts';
import { type Shape, shapesOf } from './picture-glyphs.ts';

/** Pixels. DejaVu Sans Mono advances 1233/2048 of its size, so that a cell is 9 wide. */
const cell = { width: 9, height: 18, baseline: 13.7 };
const fontSize = 14.949;
const barHeight = 34;
const padding = 14;
const radius = 10;

/** `title` stands in the window's bar. */
export function drawPicture(
  terminal: headless.Terminal,
  { theme, title }: { readonly theme: PictureTheme; readonly title: string },
): string {
  const width = terminal.cols * cell.width + 2 * padding;
  const height = terminal.rows * cell.height + barHeight + 2 * padding;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escaped(title)}</title>`,
    '<style>text{font-family:"DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono",monospace;' +
      `font-size:${fontSize}px}.b{font-weight:bold}.i{font-style:italic}.u{text-decoration:underline}</style>`,
    ...frame(width, height, theme, title),
    `<g transform="translate(${padding} ${barHeight + padding})" xml:space="preserve">`,
    ...rowsOf(terminal, theme).flatMap((cells, row) => [...grounds(cells, row, theme), ...signs(cells, row)]),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function frame(width: number, height: number, theme: PictureTheme, title: string): string[] {
  const window = `x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="${radius}"`;
  const inner = radius - 0.5;
  const bar =
    `M1 ${barHeight}V${radius}a${inner} ${inner} 0 0 1 ${inner}-${inner}` +
    `H${width - radius}a${inner} ${inner} 0 0 1 ${inner} ${inner}V${barHeight}z`;
  const middle = barHeight / 2;
  return [
    `<rect ${window} fill="${theme.ground}"/>`,
    `<path d="${bar}" fill="${theme.bar}"/>`,
    `<rect ${window} fill="none" stroke="${theme.border}"/>`,
    ...[20, 38, 56].map((x) => `<circle cx="${x}" cy="${middle}" r="5.5" fill="${theme.border}"/>`),
    `<text x="${width / 2}" y="${middle + 4.5}" text-anchor="middle" fill="${theme.title}">${escaped(title)}</text>`,
  ];
}

/** One rectangle for neighbours on one ground; the window's own is there already. */
function grounds(cells: readonly Cell[], row: number, theme: PictureTheme): string[] {
  const drawn: string[] = [];
  let column = 0;
  for (let at = 0; at < cells.length; ) {
    const { ground } = cells[at] as Cell;
    const start = column;
    for (; cells[at]?.ground === ground; at += 1) column += cells[at]?.columns ?? 1;
    if (ground === theme.ground) continue;
    drawn.push(rectangle(start, row, { x: 0, y: 0, width: column - start, height: 1 }, `fill="${ground}"`));
  }
  return drawn;
}

/** Text in runs of one style, parted at wide gaps and shapes, so that another font shifts nothing far. */
function signs(cells: readonly Cell[], row: number): string[] {
  const drawn: string[] = [];
  let run: { text: string; column: number; columns: number; style: Style } | null = null;
  let column = 0;
  const endRun = () => {
    if (run !== null) drawn.push(textRun(run.text, run.column, run.columns, row, run.style));
    run = null;
  };
  cells.forEach((one, at) => {
    const shapes = shapesOf(one.text);
    const next = cells[at + 1];
    if (shapes !== null) {
      endRun();
      if (shapes.length > 2) drawn.push(dots(shapes, column, row, one.ink));
      else drawn.push(...shapes.map((shape) => drawShape(shape, column, row, one.ink)));
    } else if (one.text === ' ') {
      if (run !== null && next !== undefined && next.text !== ' ' && sameInk(run.style, next)) {
        run = { ...run, text: `${run.text} `, columns: run.columns + 1 };
      } else endRun();
    } else {
      if (run !== null && !sameInk(run.style, one)) endRun();
      run ??= { text: '', column, columns: 0, style: one };
      run = { ...run, text: run.text + one.text, columns: run.columns + one.columns };
    }
    column += one.columns;
  });
  endRun();
  return drawn;
}

function sameInk(a: Style, b: Style): boolean {
  return a.ink === b.ink && a.bold === b.bold && a.italic === b.italic && a.underline === b.underline;
}

function textRun(text: string, column: number, columns: number, row: number, style: Style): string {
  const classes = [style.bold && 'b', style.italic && 'i', style.underline && 'u'].filter(Boolean).join(' ');
  const place = `x="${column * cell.width}" y="${round(row * cell.height + cell.baseline)}"`;
  const width = `textLength="${columns * cell.width}" lengthAdjust="spacingAndGlyphs"`;
  const looks = `${classes === '' ? '' : ` class="${classes}"`} fill="${style.ink}"`;
  return `<text ${place} ${width}${looks}>${escaped(text)}</text>`;
}

function drawShape(shape: Shape, column: number, row: number, ink: string): string {
  if (shape.kind === 'rectangle') {
    const opacity = shape.opacity === 1 ? '' : ` fill-opacity="${shape.opacity}"`;
    return rectangle(column, row, shape, `fill="${ink}"${opacity}`);
  }
  const points = shape.points.map(
    ([x, y]) => `${round((column + x) * cell.width)},${round((row + y) * cell.height)}`,
  );
  return `<polygon points="${points.join(' ')}" fill="${ink}"/>`;
}

/** Many rectangles in one cell, as short as SVG can say it. */
function dots(shapes: readonly Shape[], column: number, row: number, ink: string): string {
  const corners = shapes.map((shape) => {
    if (shape.kind !== 'rectangle') throw new Error('no dot');
    const x = round((column + shape.x) * cell.width);
    const y = round((row + shape.y) * cell.height);
    const width = round(shape.width * cell.width);
    return `M${x} ${y}h${width}v${round(shape.height * cell.height)}h-${width}z`;
  });
  return `<path d="${corners.join('')}" fill="${ink}"/>`;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** `box` in cells from the cell's corner. */
function rectangle(column: number, row: number, box: Box, looks: string): string {
  const x = round((column + box.x) * cell.width);
  const y = round((row + box.y) * cell.height);
  const size = `width="${round(box.width * cell.width)}" height="${round(box.height * cell.height)}"`;
  return `<rect x="${x}" y="${y}" ${size} ${looks}/>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** XML has no place for control characters. */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
