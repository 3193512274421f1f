/** `[screen]`, `[colors]` and `[sampling]`: what is shown, how it looks, and how often one looks. */
import type { SettingRow, SettingValue } from '../model/settings/setting.ts';
import {
  buildColumnIds,
  type ChosenColumns,
  type SortId,
  sortIds,
  usualColumnIds,
} from '../model/ui/build-list.ts';
import { lookParameters, type ToneLooks, toneHelp, tones, usualLooks } from '../model/ui/tones.ts';

export interface ScreenSettings {
  readonly columns: ChosenColumns;
  readonly sort: SortId;
  readonly inverted: boolean;
  /** As --color. */
  readonly color: 'auto' | 'always' | 'never';
  readonly ascii: boolean;
}

export interface SamplingSettings {
  /** As --interval, seconds. */
  readonly interval: number;
}

const usualScreen: ScreenSettings = {
  columns: null,
  sort: 'resident',
  inverted: false,
  color: 'auto',
  ascii: false,
};
const usualSampling: SamplingSettings = { interval: 1 };

export const screenRows: readonly SettingRow[] = [
  {
    key: 'screen.columns',
    type: { kind: 'choices', choices: buildColumnIds, known: buildColumnIds },
    usual: usualColumnIds,
    help: 'Columns of the build list, in their order; the name is always there, and first. The view Builds has phaseAge, processes and clientPid besides, unless this says something else. What does not fit is left out.',
  },
  {
    key: 'screen.sort',
    type: { kind: 'choice', choices: sortIds },
    usual: usualScreen.sort,
    help: 'The column by which builds are sorted at the start: names from A, numbers from the largest.',
  },
  {
    key: 'screen.inverted',
    type: { kind: 'switch' },
    usual: usualScreen.inverted,
    help: 'The other way round: names from Z, numbers from the smallest.',
  },
  {
    key: 'screen.color',
    type: { kind: 'choice', choices: ['auto', 'always', 'never'] },
    usual: usualScreen.color,
    help: 'As --color, for every command that reads these files; NO_COLOR wins over it.',
  },
  {
    key: 'screen.ascii',
    type: { kind: 'switch' },
    usual: usualScreen.ascii,
    help: 'As --ascii, for every command that reads these files: ASCII characters only.',
  },
];

export const colorRows: readonly SettingRow[] = tones.map((tone) => ({
  key: `colors.${tone}`,
  type: { kind: 'look' },
  usual: usualLooks[tone],
  help: toneHelp[tone],
}));

export const samplingRows: readonly SettingRow[] = [
  {
    key: 'sampling.interval',
    type: { kind: 'amount', unit: 's', bounds: { least: 0.1, most: 3600 } },
    usual: usualSampling.interval,
    help: 'As --interval, for what goes on: the dashboard, watch, record, guard and export.',
  },
];

type Values = ReadonlyMap<string, SettingValue>;

/** By the names without their sections, as the other two. */
export function screenSettingsOf(values: Values): ScreenSettings {
  const of = <Key extends keyof ScreenSettings>(key: Key) =>
    (values.get(key) ?? usualScreen[key]) as ScreenSettings[Key];
  const columns = of('columns');
  // Written out as it usually is, it is as usual.
  const asUsual = columns?.join() === usualColumnIds.join();
  return {
    columns: asUsual ? null : columns,
    sort: of('sort'),
    inverted: of('inverted'),
    color: of('color'),
    ascii: of('ascii'),
  };
}

export function toneLooksOf(values: Values): ToneLooks {
  const given = [...values].filter(
    ([, value]) => typeof value === 'string' && lookParameters(value) !== null,
  );
  return given.length === 0 ? usualLooks : { ...usualLooks, ...Object.fromEntries(given) };
}

export function samplingSettingsOf(values: Values): SamplingSettings {
  const interval = values.get('interval');
  return { interval: typeof interval === 'number' ? interval : usualSampling.interval };
}
