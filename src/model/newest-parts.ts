/** Two Samples as one look: the newest of each part; of streams and notices, which tell each thing once, all of it. */
import type { Sample } from './sample.ts';

/** With the times of `now`. */
export function withNewest(before: Partial<Sample>, now: Sample): Sample {
  const both = { ...before, ...now, ...allNotices(before, now) };
  if (!before.logs?.ok || !now.logs?.ok) return both;
  const streams = [...before.logs.value.streams, ...now.logs.value.streams];
  const value = { ...before.logs.value, ...now.logs.value, streams };
  return { ...both, logs: { ...now.logs, value } };
}

function allNotices({ notices: before }: Partial<Sample>, { notices }: Sample): Pick<Sample, 'notices'> {
  if (!before?.ok || !notices?.ok) return {};
  return { notices: { ...notices, value: [...before.value, ...notices.value] } };
}
