/** A row of the details: what it is about, then what is known of it. */
import { type Span, span } from '../../src/format/row.ts';

const labelColumns = 10;
/** Before the text. */
export const factColumns = labelColumns + 2;

export function fact(label: string, text: string, more: readonly Span[] = []): Span[] {
  return [{ text: ` ${label}`, width: factColumns, tone: 'muted' }, span(text), ...more];
}
