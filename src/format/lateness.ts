/** That nixpulse itself was held up: its numbers were older than they looked. */
import { formatSeconds } from '../base/duration.ts';
import { type Segment, segment } from './row.ts';

/** Below this nobody would have noticed. */
const shownFromMs = 1000;

/** `nixpulse was late 2.1s`. */
export function latenessSegment(latenessMs: number): Segment {
  if (latenessMs < shownFromMs) return segment(2, '');
  const late = `late ${formatSeconds(latenessMs / 1000)}`;
  return segment(2, `nixpulse was ${late}`, 'warning', late);
}
