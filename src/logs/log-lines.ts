/** The lines of a log that one looks at: more than its state keeps, from when one began to look. */
import { clockText } from '../base/clock-time.ts';
import type { Build, Rebuild } from '../model/rebuild/rebuild.ts';

/** A line, or how many of them are missing here: more came at once than a tick keeps. */
export type LogLine = string | number;

export interface KeptLines {
  /** The oldest first. */
  readonly lines: readonly LogLine[];
  /** How many are not kept any more: what tells where a line stands while others come and go. */
  readonly dropped: number;
  /** Lines that there have been; null: nobody counts. */
  readonly total: number | null;
}

export const noLines: KeptLines = { lines: [], dropped: 0, total: 0 };

/** Some hundred kB; who needs more reads the file. */
const mostKept = 5_000;
/** Cut in long steps, so that a line costs no copy of the others. */
const overKept = 500;

/** With what the build has said since `before`. */
export function followLines(
  build: Pick<Build, 'lines' | 'tail' | 'failure'>,
  before: KeptLines | null,
): KeptLines {
  const { lines: total, tail } = build;
  const more = before?.total == null ? null : total - before.total;
  if (before === null || more === null || more < 0 || (more > 0 && tail.length === 0))
    return firstLines(build);
  if (more === 0) return before;
  const fresh = tail.slice(-more);
  const lines: LogLine[] = [...before.lines];
  if (more > fresh.length) lines.push(more - fresh.length);
  lines.push(...fresh);
  if (lines.length <= mostKept + overKept) return { lines, dropped: before.dropped, total };
  const over = lines.length - mostKept;
  return { lines: lines.slice(over), dropped: before.dropped + over, total };
}

/** Where its own are not in the stream, those that Nix repeats with its error. */
function firstLines({ lines: total, tail, failure }: Pick<Build, 'lines' | 'tail' | 'failure'>): KeptLines {
  const repeated = failure?.lastLines ?? [];
  if (tail.length === 0 && repeated.length > 0) return { lines: repeated, dropped: 0, total: null };
  return { lines: tail, dropped: 0, total };
}

const tones = { error: '\x1b[1;31merror:\x1b[0m ', warning: '\x1b[33mwarning:\x1b[0m ', note: '' } as const;

/** What Nix and the tool around it said of the whole, with its time; then lines of nobody we know. */
export function linesOfRebuild({ messages, steps, output }: Rebuild): KeptLines {
  const said = [
    ...messages.map(({ atMs, severity, text }) => ({ atMs, text: tones[severity] + text })),
    ...steps.map(({ sinceMs, step, names }) => ({
      atMs: sinceMs,
      text: `\x1b[36m${step.replaceAll('-', ' ')}\x1b[0m ${names.join(', ')}`.trimEnd(),
    })),
  ].sort((a, b) => a.atMs - b.atMs);
  const lines = said.flatMap(({ atMs, text }) => {
    const [first = '', ...rest] = text.split('\n');
    return [`\x1b[2m${clockText(atMs)}\x1b[0m  ${first}`, ...rest.map((line) => `          ${line}`)];
  });
  const apart = lines.length > 0 && output.length > 0 ? [''] : [];
  return { lines: [...lines, ...apart, ...output], dropped: 0, total: null };
}

/** How many of the log are not kept: before what is, and in between. */
export function missingLines({ lines, total }: KeptLines): number {
  if (total === null) return 0;
  let kept = 0;
  for (const line of lines) if (typeof line === 'string') kept += 1;
  return Math.max(0, total - kept);
}
