/** Rates of counters that only rise, over elapsed monotonic time. */

/** Null where a reading is missing, time did not pass, or the counter went backwards (it was reset). */
export function perSecond(
  now: number | null,
  before: number | null,
  elapsedMs: number | null,
): number | null {
  if (now === null || before === null || elapsedMs === null || elapsedMs <= 0 || now < before) return null;
  return ((now - before) * 1000) / elapsedMs;
}
