/** `[scorecard]`: by which numbers a rebuild that was watched is scored. */
import type { SettingRow, SettingValue } from '../model/settings/setting.ts';
import { defaultScoreLimits, type ScoreLimit, type ScoreLimits, scoreLimitTable } from '../score/limits.ts';

const most: Readonly<Record<ScoreLimit['unit'], number>> = { s: 30 * 86_400, percent: 100, ms: 3_600_000 };

export const scorecardRows: readonly SettingRow[] = Object.entries<ScoreLimit>(scoreLimitTable).map(
  ([name, { value, unit, help }]) => ({
    key: `scorecard.${name}`,
    type: { kind: 'amount', unit, bounds: { above: 0, most: most[unit] } },
    usual: value,
    help,
  }),
);

/** By the name without its section. */
export function scoreLimitsOf(values: ReadonlyMap<string, SettingValue>): ScoreLimits {
  const given = [...values].filter(([name, value]) => name in scoreLimitTable && typeof value === 'number');
  return { ...defaultScoreLimits, ...Object.fromEntries(given) };
}
