/** Rows of exactly so many columns: what stands to the right of them stays in its place. */
import { composeRow, type Span } from '../../src/format/row.ts';
import type { Theme } from '../theme.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export function boxedRow(spans: readonly Span[], columns: number, theme: Theme): string {
  return composeRow([...spans, { text: '', width: columns }], columns, theme);
}

/** Exactly so many rows. */
export function boxed(lines: readonly (readonly Span[])[], { columns, rows }: Size, theme: Theme): string[] {
  return Array.from({ length: rows }, (_, index) => boxedRow(lines[index] ?? [], columns, theme));
}
