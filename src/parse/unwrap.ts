/** Lines that a terminal or a mail program cut at its width, put together again. */
import type { PastedLine } from '../model/advice/explanation.ts';

const narrowest = 60;
const widest = 400;
/** Longer than this no message is; lines that are all of one width (an encoded file) would become one of megabytes. */
const longest = 4000;
/** What begins a line of its own wherever it stands. */
const begins =
  /^(?:\s{2}|$|error|warning|building|copying|these|this derivation|trace|fetching|unpacking|\/nix\/store\/\S+$)/i;

/**
 * The same lines where nothing was cut. A line was cut where it is as long as the longest one, and others or the usual
 * width of a terminal say that this is a width. Whether that is right shows in what is recognised: both are to be tried.
 */
export function unwrapped(lines: readonly PastedLine[]): readonly PastedLine[] {
  const width = widthOf(lines);
  if (width === null) return lines;
  const whole: PastedLine[] = [];
  let cut = false;
  for (const line of lines) {
    const last = whole.at(-1);
    if (cut && last !== undefined && last.text.length < longest && !begins.test(line.text)) {
      whole[whole.length - 1] = { at: last.at, text: last.text + line.text };
    } else whole.push(line);
    cut = line.text.length === width;
  }
  return whole;
}

const usual = new Set([80, 100, 120, 132]);

function widthOf(lines: readonly PastedLine[]): number | null {
  const width = lines.reduce((most, { text }) => Math.max(most, text.length), 0);
  if (width < narrowest || width > widest) return null;
  const times = lines.filter(({ text }) => text.length === width).length;
  return times > 1 || usual.has(width) ? width : null;
}
