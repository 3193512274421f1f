/** `[diagnose]`: the thresholds, by the names that --threshold takes. */
import { defaultThresholds, isThresholdName, type Thresholds, thresholds } from '../diagnose/thresholds.ts';
import type { SettingRow, SettingValue } from '../model/settings/setting.ts';

/** As --threshold. */
const most = 1e15;

export const diagnoseRows: readonly SettingRow[] = Object.entries(thresholds).map(
  ([name, { value, unit, help, source }]) => ({
    key: `diagnose.${name}`,
    type: { kind: 'amount', unit, bounds: { most } },
    usual: value,
    help,
    source,
  }),
);

/** By the name without its section. */
export function thresholdsOf(values: ReadonlyMap<string, SettingValue>): Thresholds {
  const given = [...values].filter(([name, value]) => isThresholdName(name) && typeof value === 'number');
  return { ...defaultThresholds, ...Object.fromEntries(given) };
}
