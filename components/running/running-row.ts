/** The action that runs, in one row above the footer: what, how far, how long still, how to end it. */

import { formatOf, formatRate } from '../../src/base/bytes.ts';
import { formatDuration } from '../../src/base/duration.ts';
import { formatPercent } from '../../src/base/number.ts';
import { bar } from '../../src/format/chart.ts';
import { composeRow, fitSegments, type RowStyle, type Segment, segment, span } from '../../src/format/row.ts';
import type { RunningAction } from '../../src/state/state.ts';

const barColumns = 12;

/** The newest; the others are counted. */
export function runningRow(
  actions: readonly RunningAction[],
  monotonicMs: number,
  width: number,
  style: RowStyle,
): string {
  const action = actions.at(-1);
  if (action === undefined) return '';
  const { progress, title, sinceMs, cancelling } = action;
  const { text, done, total, doneBytes, totalBytes, bytesPerSec, secondsLeft } = progress;
  const share = shareOf(doneBytes, totalBytes) ?? shareOf(done, total);
  const counted = total === undefined ? '' : `${done ?? 0}/${total}`;
  const segments: Segment[] = [
    segment(0, ` ${title}`, 'title'),
    segment(4, cancelling ? 'is being cancelled' : (text ?? ''), cancelling ? 'warning' : undefined),
    { rank: 6, spans: share === null ? [] : [span(bar(share, barColumns, style.unicode), 'accent')] },
    segment(2, share === null ? '' : formatPercent(Math.floor(share * 100))),
    segment(7, counted, 'muted'),
    segment(8, totalBytes === undefined ? '' : formatOf(doneBytes, totalBytes), 'muted'),
    segment(9, bytesPerSec == null ? '' : formatRate(bytesPerSec), 'muted'),
    segment(5, secondsLeft == null ? '' : `${formatDuration(secondsLeft)} left`),
    segment(3, formatDuration((monotonicMs - sinceMs) / 1000), 'accent'),
    segment(6, actions.length > 1 ? `and ${actions.length - 1} more` : '', 'muted'),
    {
      rank: 1,
      right: true,
      spans: cancelling ? [] : [span('x', 'key'), span(' cancels it')],
      short: [span('x', 'key')],
    },
  ];
  return composeRow(fitSegments(segments, width, { unicode: style.unicode }), width, style);
}

function shareOf(done: number | undefined, total: number | undefined): number | null {
  if (done === undefined || total === undefined || total <= 0) return null;
  return Math.min(1, done / total);
}
