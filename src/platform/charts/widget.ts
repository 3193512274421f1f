/** A widget drawn once, off-screen, and its frame as cells. */
import type { ChartCell, ChartRows } from '../../model/past/chart-widgets.ts';
import type { OffScreen } from './blessed.ts';

export interface WidgetOptions {
  readonly width: number;
  readonly height: number;
  readonly [option: string]: unknown;
}

export type WidgetClass<Data> = new (
  options: WidgetOptions,
) => OffScreen & {
  setData(data: Data): void;
  readonly ctx: { readonly _canvas: { frame(): string }; clearRect(): void };
};

export function drawn<Data>(Widget: WidgetClass<Data>, options: WidgetOptions, data: Data): ChartRows {
  const widget = new Widget(options);
  widget.attach();
  // Each is drawn once: dot by dot they would clear what is empty.
  widget.ctx.clearRect = () => {};
  widget.setData(data);
  return cellsOf(widget.ctx._canvas.frame());
}

/** The widgets take a number as one of 256 colours; 0 would be no colour to them. */
export function colourOf(index: number): number {
  return index + 1;
}

/** The colour of what belongs to nothing. */
export const restColour = 255;

/** Foreground or background by number, any other sequence, a line's end, or a character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it reads escape sequences.
const tokens = /\u001b\[[34]8;5;(\d+)m|\u001b\[[\d;]*m|(\n)|([^\u001b\n])/g;

function cellsOf(frame: string): ChartRows {
  const rows: ChartCell[][] = [];
  let row: ChartCell[] = [];
  let of: number | null = null;
  for (const [, colour, end, glyph] of frame.matchAll(tokens)) {
    if (end !== undefined) {
      rows.push(row);
      row = [];
    } else if (glyph !== undefined) row.push({ glyph, of: glyph === ' ' && of === null ? null : of });
    else of = colour === undefined || Number(colour) === restColour ? null : Number(colour) - 1;
  }
  return rows;
}
