/** Probes that run, and the newest result of each. */
import { isSame } from '../../base/same.ts';
import type { ProbeId, ProbeResult, ProbesRaw } from './probe.ts';

export interface ProbesDone {
  readonly running: ProbesRaw['running'];
  /** Of each probe and subject the newest, oldest first; bounded. */
  readonly results: readonly ProbeResult[];
}

export const noProbes: ProbesDone = { running: [], results: [] };

const mostResults = 64;

export function followProbes(before: ProbesDone, raw: ProbesRaw | null): ProbesDone {
  if (raw === null) return before;
  const { running } = raw;
  // What is known is told again now and then.
  const results = raw.results.filter(
    ({ id, subject, endedMs }) =>
      !before.results.some((old) => old.id === id && old.subject === subject && old.endedMs === endedMs),
  );
  if (results.length === 0 && isSame(before.running, running)) return before;
  const isNewer = (old: ProbeResult) =>
    !results.some(({ id, subject }) => id === old.id && subject === old.subject);
  return { running, results: [...before.results.filter(isNewer), ...results].slice(-mostResults) };
}

/** `subject` absent: of any, the newest. Null: it has not run. */
export function resultOf<Id extends ProbeId>(
  { results }: ProbesDone,
  id: Id,
  subject?: string | null,
): Extract<ProbeResult, { readonly id: Id }> | null {
  const found = results.findLast(
    (one) => one.id === id && (subject === undefined || one.subject === subject),
  );
  return (found as Extract<ProbeResult, { readonly id: Id }> | undefined) ?? null;
}
