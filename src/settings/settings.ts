/** What is in force: the files laid over each other, later over earlier, over what usually holds. */
import type { Thresholds } from '../diagnose/thresholds.ts';
import type { GuardSettings } from '../guard/settings.ts';
import type { GivenSetting, Place, SettingValue } from '../model/settings/setting.ts';
import type { ToneLooks } from '../model/ui/tones.ts';
import type { ScoreLimits } from '../score/limits.ts';
import { type CheckCacheSettings, checkCacheSettingsOf } from './check-cache-rows.ts';
import { type ClientSettings, clientSettingsOf } from './clients-rows.ts';
import { thresholdsOf } from './diagnose-rows.ts';
import { guardSettingsOf } from './guard-rows.ts';
import { scoreLimitsOf } from './scorecard-rows.ts';
import {
  type SamplingSettings,
  type ScreenSettings,
  samplingSettingsOf,
  screenSettingsOf,
  toneLooksOf,
} from './screen-rows.ts';

export interface Settings {
  readonly guard: GuardSettings;
  readonly diagnose: Thresholds;
  readonly scorecard: ScoreLimits;
  readonly clients: ClientSettings;
  readonly checkCache: CheckCacheSettings;
  readonly screen: ScreenSettings;
  readonly colors: ToneLooks;
  readonly sampling: SamplingSettings;
}

/** By key: where it is said. Not in it: what usually holds. */
export type Origins = ReadonlyMap<string, Place>;

export interface SettingsInForce {
  readonly settings: Settings;
  /** By key: what files say. Not in it: what usually holds. */
  readonly given: ReadonlyMap<string, SettingValue>;
  readonly origins: Origins;
}

/** `layers`: the one that wins comes last. */
export function settingsInForce(layers: readonly ReadonlyMap<string, GivenSetting>[]): SettingsInForce {
  const given = new Map(layers.flatMap((layer) => [...layer]));
  const section = (name: string): ReadonlyMap<string, SettingValue> => {
    const prefix = `${name}.`;
    const own = [...given].filter(([key]) => key.startsWith(prefix));
    return new Map(own.map(([key, { value }]) => [key.slice(prefix.length), value]));
  };
  return {
    settings: {
      guard: guardSettingsOf(section('guard')),
      diagnose: thresholdsOf(section('diagnose')),
      scorecard: scoreLimitsOf(section('scorecard')),
      clients: clientSettingsOf(section('clients')),
      checkCache: checkCacheSettingsOf(section('check-cache')),
      screen: screenSettingsOf(section('screen')),
      colors: toneLooksOf(section('colors')),
      sampling: samplingSettingsOf(section('sampling')),
    },
    given: new Map([...given].map(([key, { value }]) => [key, value])),
    origins: new Map([...given].map(([key, { place }]) => [key, place])),
  };
}

export const usualSettings: Settings = settingsInForce([]).settings;
