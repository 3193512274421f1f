/** What recordings of this machine say of the last half hour, for a look that goes on from there. */
import type { DerivedSample } from '../../diagnose/derive-sample.ts';
import { noStreams, type Streams } from '../../logs/streams.ts';
import type { Sample } from '../../model/sample.ts';
import { type Folded, lookBackMs } from './recorded.ts';

/** Clocks are set by less than this while a machine runs. */
const bootSlackMs = 60_000;
/** Streams that ended longer ago would seem to stand still: whoever recorded them may have missed their end. */
const freshMs = 15_000;

/** Null where it is of another boot, of another time, or does not say. */
export function beforeNow(
  { moment: { derived }, fromMs }: Folded,
  now: Sample,
): { readonly derived: DerivedSample; readonly following: Streams; readonly fromMs: number } | null {
  const { timeMs, monotonicMs, host } = derived.model;
  const agoMs = now.timeMs - timeMs;
  if (agoMs < 0 || agoMs > lookBackMs || monotonicMs > now.monotonicMs) return null;
  const bootMs = bootOf(timeMs, host.uptimeSec);
  const nowBootMs = now.cpu?.ok ? bootOf(now.timeMs, now.cpu.value.uptimeSec) : null;
  if (bootMs === null || nowBootMs === null || Math.abs(bootMs - nowBootMs) > bootSlackMs) return null;
  return { derived, following: agoMs <= freshMs ? commandsOf(derived.streams) : noStreams, fromMs };
}

function bootOf(timeMs: number, uptimeSec: number | null): number | null {
  return uptimeSec === null ? null : timeMs - uptimeSec * 1000;
}

/** A log in a file is followed anew, and would be told twice. */
function commandsOf(streams: Streams): Streams {
  const byId = new Map([...streams.byId].filter(([, { origin }]) => origin.kind !== 'file'));
  const rebuilds = streams.rebuilds.filter(({ stream }) => byId.has(stream));
  return { ...streams, byId, rebuilds };
}
