/** What draws charts off-screen: numbers in, cells out. Colours, axes and words are the view's own. */

export interface ChartCell {
  /** One column wide: braille, a block from ▁ to █, or a space. */
  readonly glyph: string;
  /** Which of the series or shares it shows; null: none of them. */
  readonly of: number | null;
}

/** From the top, each row as long as asked for. */
export type ChartRows = readonly (readonly ChartCell[])[];

export interface ChartWidgets {
  /**
   * Each series has two values per cell, as shares of the height (0-1); NaN is a gap. A later series covers
   * an earlier one.
   */
  lines(
    series: readonly (readonly number[])[],
    size: { readonly cells: number; readonly rows: number },
  ): ChartRows;
  /** Upright bars side by side, heights as shares (0-1); NaN: no bar. */
  bars(
    shares: readonly number[],
    size: { readonly barCells: number; readonly gapCells: number; readonly rows: number },
  ): ChartRows;
  /** Rings side by side, each `cells` wide and filled by its share (0-1); NaN: an empty ring. */
  donuts(shares: readonly number[], size: { readonly cells: number; readonly rows: number }): ChartRows;
}

/** Loaded when charts are drawn for the first time. */
export interface ChartLoader {
  readonly loaded: ChartWidgets | null;
  /** Rejects where they cannot be loaded; tries again when asked again. */
  load(): Promise<ChartWidgets>;
}
