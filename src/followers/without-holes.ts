/** Bytes of a file out of which others take what they have read: where that was quicker than we, there are zeros. */
import type { StreamBuffer } from './stream-buffer.ts';

export interface Place {
  /** In the middle of a line, whose rest is not looked at. */
  readonly midLine: boolean;
  /** Something was read: from then on a hole is a loss. */
  readonly begun: boolean;
}

/** Fewer zeros than this are no hole (a hole has whole blocks), but what somebody wrote. */
const leastHole = 512;
const newline = 10;

/** Hands the buffer what stands between the holes, from the first whole line on; returns the place after it. */
export function pushWithoutHoles(
  buffer: Pick<StreamBuffer, 'push' | 'lost'>,
  bytes: Uint8Array,
  before: Place,
): Place {
  let { midLine, begun } = before;
  for (let at = 0; at < bytes.length; ) {
    const hole = nextHole(bytes, at);
    let text = bytes.subarray(at, hole.from);
    if (text.length > 0) begun = true;
    if (midLine) {
      const end = text.indexOf(newline);
      midLine = end < 0;
      text = end < 0 ? text.subarray(text.length) : text.subarray(end + 1);
    }
    buffer.push(text);
    if (hole.end > hole.from) {
      if (begun) buffer.lost(hole.end - hole.from);
      midLine = true;
    }
    at = hole.end;
  }
  return { midLine, begun };
}

function nextHole(bytes: Uint8Array, at: number): { readonly from: number; readonly end: number } {
  for (let from = bytes.indexOf(0, at); from >= 0; ) {
    let end = from;
    while (bytes[end] === 0) end += 1;
    if (end - from >= leastHole) return { from, end };
    from = bytes.indexOf(0, end);
  }
  return { from: bytes.length, end: bytes.length };
}
