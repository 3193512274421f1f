/** Bytes of a stream, cut anywhere, to whole lines. */
import { joinBytes } from '../base/join-bytes.ts';

/** What is left of a line whose end has not come yet. Plain data; a step never changes the one before it. */
export interface OpenLine {
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
}

export const emptyLine: OpenLine = { parts: [], bytes: 0 };

/**
 * Log lines of 200 kB exist. What a line has beyond this is dropped: a stream without any line end must not take
 * memory without end.
 */
export const longestLineBytes = 1 << 20;

/** Joined from here on, so that a long line in short pieces costs no list as long as itself. */
const mostParts = 64;
const newline = 10;
/** Invalid UTF-8 becomes U+FFFD; a line is decoded whole, so a character that was cut is not. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function cutLines(open: OpenLine, bytes: Uint8Array): { open: OpenLine; lines: readonly string[] } {
  const first = bytes.indexOf(newline);
  if (first < 0) return { open: withPart(open, bytes), lines: [] };
  const last = bytes.lastIndexOf(newline);
  const lines = first < last ? decoder.decode(bytes.subarray(first + 1, last)).split('\n') : [];
  lines.unshift(textOf(withPart(open, bytes.subarray(0, first))));
  return { open: withPart(emptyLine, bytes.subarray(last + 1)), lines };
}

/** The line as far as it came, once nothing follows any more. */
export function textOf(open: OpenLine): string {
  return decoder.decode(joinBytes(open.parts));
}

/** Copied: whoever reads may use the buffer again. */
function withPart(open: OpenLine, bytes: Uint8Array): OpenLine {
  const part = bytes.slice(0, Math.max(0, longestLineBytes - open.bytes));
  if (part.length === 0) return open;
  if (open.parts.length >= mostParts) {
    const whole = joinBytes(open.parts);
    return { parts: [whole, part], bytes: open.bytes + part.length };
  }
  return { parts: [...open.parts, part], bytes: open.bytes + part.length };
}
