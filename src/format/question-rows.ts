/** A question in two rows: its pieces flow over both, its answers stand at the end of the second. */

import { printable, textColumns } from '../base/text.ts';
import type { Piece } from './question-piece.ts';
import { composeRow, type RowStyle, type Span, span, spanColumns } from './row.ts';

const separator = ' · ';
const margin = 1;
/** What is asked needs the room more than how to answer. */
const answersShare = 0.45;
/** Between the text and the answers. */
const gap = 2;

/** The long answers where the text has room beside them, the short ones where only they let it be whole. */
export function questionRows(
  pieces: readonly Piece[],
  [long, short]: readonly [long: readonly Span[], short: readonly Span[]],
  width: number,
  style: RowStyle,
): readonly [string, string] {
  const { unicode } = style;
  const roomsBeside = (answers: readonly Span[]): Rooms => [
    width - margin,
    width - margin - spanColumns(answers, unicode) - gap,
  ];
  const whole = [long, short].find(
    (form) =>
      spanColumns(form, unicode) <= width - margin && flow(pieces, roomsBeside(form), unicode) !== null,
  );
  const answers = whole ?? (spanColumns(long, unicode) <= width * answersShare ? long : short);
  const [first, second] = fitted(pieces, roomsBeside(answers), unicode);
  const left = Math.max(gap, width - margin - spanColumns(second, unicode) - spanColumns(answers, unicode));
  return [
    composeRow([span(' '), ...first], width, style),
    composeRow([span(' '), ...second, span(' '.repeat(left)), ...answers], width, style),
  ];
}

type Rooms = readonly [first: number, second: number];

/** Whole; then with short forms; then without what matters least. */
function fitted(pieces: readonly Piece[], rooms: Rooms, unicode: boolean): readonly [Span[], Span[]] {
  const kept = [...pieces];
  for (;;) {
    const flowed = flow(kept, rooms, unicode);
    if (flowed !== null) return flowed;
    const shorter = last(kept, ({ short }) => short !== undefined);
    const piece = kept[shorter];
    if (piece?.short !== undefined) {
      const { rank, short, tone } = piece;
      kept.splice(shorter, 1, ...(short === '' ? [] : [{ rank, text: short, tone }]));
      continue;
    }
    const least = last(kept, ({ rank }) => rank > 0);
    if (least < 0) return [kept.flatMap((one, index) => spansOf(one, index)), []];
    kept.splice(least, 1);
  }
}

/** The piece that matters least among those asked for, the later one of equals; -1 without one. */
function last(pieces: readonly Piece[], asked: (piece: Piece) => boolean): number {
  let found = -1;
  for (const [index, piece] of pieces.entries()) {
    if (asked(piece) && (found < 0 || piece.rank >= (pieces[found]?.rank ?? 0))) found = index;
  }
  return found;
}

function spansOf({ text, tone }: Piece, index: number): Span[] {
  return [span(index === 0 ? '' : separator, 'muted'), span(text, tone)];
}

/** Word by word; null where it does not fit. A name is a word, however long. */
function flow(pieces: readonly Piece[], rooms: Rooms, unicode: boolean): [Span[], Span[]] | null {
  const rows: [Span[], Span[]] = [[], []];
  let row: 0 | 1 = 0;
  let used = 0;
  const put = (text: string, tone: Piece['tone'], before: string): boolean => {
    const columns = textColumns(printable(text, unicode));
    const space = used === 0 ? '' : before;
    if (used + textColumns(printable(space, unicode)) + columns <= rooms[row]) {
      if (space !== '') rows[row].push(span(space, before === separator ? 'muted' : tone));
      rows[row].push(span(text, tone));
      used += textColumns(printable(space, unicode)) + columns;
      return true;
    }
    if (row === 1) return false;
    row = 1;
    used = 0;
    return put(text, tone, before);
  };
  for (const { text, tone } of pieces) {
    for (const [index, word] of text.split(' ').entries()) {
      if (!put(word, tone, index === 0 ? separator : ' ')) return null;
    }
  }
  return rows;
}
