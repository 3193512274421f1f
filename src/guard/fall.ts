/** How fast what is left gets less, and whether a level gets better, over the last seconds. */

interface Points {
  readonly points: readonly { readonly atMs: number; readonly value: number }[];
}

/** Units a second; negative: it rises. Null: not known yet, since the last action. */
export interface Fall extends Points {
  readonly perSec: number | null;
}

/** So far back; of a machine that looks rarely at least the last two looks. */
const windowMs = 5000;
const leastMs = 2000;

export function nextFall(
  before: Fall | undefined,
  atMs: number,
  value: number,
  sinceMs: number | null,
): Fall {
  const points = nextPoints(before, { atMs, value }, windowMs, sinceMs);
  const [first] = points;
  if (first === undefined || atMs - first.atMs < leastMs) return { points, perSec: null };
  const perSec = ((first.value - value) * 1000) / (atMs - first.atMs);
  return { points, perSec: perSec === 0 ? null : perSec };
}

/** Of a level that is better when it is lower: by how much it fell in each of the last seconds; null: not known yet. */
export interface Trend extends Points {
  readonly fallPerSec: number | null;
}

/** avg10 of PSI falls by a quarter within so long once nothing presses any more (kernel/sched/psi.c). */
const trendMs = 3000;

export function nextTrend(
  before: Trend | undefined,
  atMs: number,
  value: number,
  sinceMs: number | null,
): Trend {
  const points = nextPoints(before, { atMs, value }, 2 * trendMs, sinceMs);
  const then = points.findLast((one) => atMs - one.atMs >= trendMs);
  const fallPerSec = then === undefined ? null : ((then.value - value) * 1000) / (atMs - then.atMs);
  return { points, fallPerSec };
}

/** So long after an action nothing is seen of it. */
const settleMs = 500;

function nextPoints(
  before: Points | undefined,
  point: Points['points'][number],
  spanMs: number,
  sinceMs: number | null,
): Points['points'] {
  const known = (before?.points ?? []).filter(
    ({ atMs }) => atMs < point.atMs && (sinceMs === null || atMs >= sinceMs + settleMs),
  );
  const begin = known.findLastIndex(({ atMs }) => point.atMs - atMs >= spanMs);
  return [...known.slice(Math.max(0, begin)), point];
}
