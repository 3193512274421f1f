/** How fast something grows: the slope of a line through the points of the last minute. */

/** Time in monotonic ms and a value. */
export interface Point {
  readonly atMs: number;
  readonly value: number;
}

const windowMs = 60_000;
/** A build that begins takes what it needs at once: over a shorter span that looks like a leak. */
const shortestMs = 20_000;

/** Two a second would make the slope no better, and all of them are reckoned with for each build. */
const apartMs = 1900;

/** Adds a point and forgets those that left the window; the same list where the last point is just a moment old. */
export function addPoint(points: readonly Point[], point: Point): readonly Point[] {
  const sinceMs = point.atMs - (points.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY);
  if (sinceMs >= 0 && sinceMs < apartMs) return points;
  const kept = points.filter(({ atMs }) => point.atMs - atMs <= windowMs && atMs < point.atMs);
  return [...kept, point];
}

/** Least-squares slope in units per minute; null while the points span less than 20 s. */
export function growthPerMin(points: readonly Point[]): number | null {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < shortestMs) return null;
  const meanTime = points.reduce((sum, { atMs }) => sum + (atMs - first.atMs), 0) / points.length;
  const meanValue = points.reduce((sum, { value }) => sum + value, 0) / points.length;
  let covariance = 0;
  let variance = 0;
  for (const { atMs, value } of points) {
    const time = atMs - first.atMs - meanTime;
    covariance += time * (value - meanValue);
    variance += time * time;
  }
  return (covariance / variance) * 60_000;
}
