/** What is said of a recording's moment: of the live machine, by a note, by what happened. */

import { spanText } from '../../src/base/clock-time.ts';
import { plural } from '../../src/base/plural.ts';
import { printable, textColumns } from '../../src/base/text.ts';
import { recordedText } from '../../src/format/events.ts';
import type { Tone } from '../../src/format/paint.ts';
import {
  composeRow,
  fitSegments,
  type Segment,
  type Span,
  segment,
  span,
  spanColumns,
} from '../../src/format/row.ts';

import type { ReplayState } from '../../src/model/past/replay.ts';
import type { Theme } from '../theme.ts';

/** What is said of the moment, in so many rows; where nothing is, what this recording is. */
export function captionRows(replay: ReplayState, rows: number, width: number, theme: Theme): string[] {
  if (rows === 0) return [];
  const { caption, live, damaged } = replay;
  const before: Span[] = live === null ? [] : [span(`LIVE: ${live}`, 'alarm')];
  if (caption === null) {
    const segments: Segment[] = [
      { rank: 0, spans: before },
      segment(2, replay.title, 'muted'),
      segment(1, spanText(replay), 'muted'),
      segment(1, damaged === 0 ? '' : `${plural(damaged, 'damaged place')} passed over`, 'warning'),
    ];
    const row = composeRow([span(' '), ...fitSegments(segments, width - 1, theme)], width, theme);
    return padded([row], rows);
  }
  const tone: Tone | undefined =
    caption.kind === 'note' ? 'title' : caption.kind === 'said' ? 'accent' : undefined;
  const used = spanColumns(before, theme.unicode);
  const gap = used === 0 ? '' : '  ';
  const [first = '', ...rest] = wrapped(
    printable(caption.kind === 'event' ? recordedText(caption.event) : caption.text, theme.unicode),
    width - 2,
    width - 2 - used - gap.length,
  );
  const lines = [
    composeRow(
      [span(' '), ...before, span(`${gap}${rows === 1 ? [first, ...rest].join(' ') : first}`, tone)],
      width,
      theme,
    ),
    ...(rest.length === 0 ? [] : [composeRow([span(` ${rest.join(' ')}`, tone)], width, theme)]),
  ];
  return padded(lines, rows);
}

/** Above what they speak of: an empty row comes first. */
function padded(lines: readonly string[], rows: number): string[] {
  const shown = lines.slice(0, rows);
  return [...Array.from({ length: rows - shown.length }, () => ''), ...shown];
}

/** Broken at blanks; the first line has a width of its own. */
function wrapped(text: string, width: number, firstWidth: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textColumns(longer) <= (lines.length === 0 ? firstWidth : width) || line === '') line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}
