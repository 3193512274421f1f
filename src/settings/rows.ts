/** Every key of config.toml, in the order in which docs and the example have them. */
import type { SettingRow } from '../model/settings/setting.ts';
import { checkCacheRows } from './check-cache-rows.ts';
import { clientsRows } from './clients-rows.ts';
import { diagnoseRows } from './diagnose-rows.ts';
import { guardRows } from './guard-rows.ts';
import { scorecardRows } from './scorecard-rows.ts';
import { colorRows, samplingRows, screenRows } from './screen-rows.ts';

export const settingRows: readonly SettingRow[] = [
  ...guardRows,
  ...scorecardRows,
  ...clientsRows,
  ...checkCacheRows,
  ...screenRows,
  ...colorRows,
  ...samplingRows,
  ...diagnoseRows,
];
