/** What `?` tells on the rescue screen: the parts of the health mark, those that are missing first. */

import { textColumns } from '../../base/text.ts';
import { composeRow, type RowStyle, span } from '../../format/row.ts';
import { type HardeningPart, hardeningLine } from '../../model/health/hardening.ts';

/** At most `height` rows. */
export function whyRows(
  parts: readonly HardeningPart[] | null,
  width: number,
  height: number,
  style: RowStyle,
): string[] {
  const lacks = (part: HardeningPart) => part.status !== 'done';
  const told = (parts ?? []).toSorted((a, b) => Number(lacks(b)) - Number(lacks(a)));
  const rows = told.flatMap((part) =>
    broken(hardeningLine(part), width - 3).map((text, index) =>
      composeRow(
        [span(index === 0 ? ' ' : '   '), span(text, lacks(part) ? 'warning' : 'muted')],
        width,
        style,
      ),
    ),
  );
  const none = composeRow([span(' not hardened: --harden=off, or not yet', 'muted')], width, style);
  return (rows.length === 0 ? [none] : rows).slice(0, Math.max(1, height));
}

/** Between words. */
function broken(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textColumns(`${last} ${word}`) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
