/** What is in force with the place of each: what files say, and over it flags and NO_COLOR. */
import type { Flags } from '../cli/table.ts';
import type { InForce } from '../format/settings-in-force.ts';
import type { SettingValue } from '../model/settings/setting.ts';
import type { Given } from './mode.ts';
import { readSettings, type SettingsGiven } from './settings.ts';

type Asked = Pick<Flags, 'config' | 'dryRun' | 'readOnly' | 'threshold' | 'interval' | 'color' | 'ascii'> &
  Pick<Given['invocation'], 'typed'>;

export interface InForceGiven extends Omit<SettingsGiven, 'invocation'> {
  readonly invocation: Asked;
}

export async function settingsWithPlaces(given: InForceGiven): Promise<InForce> {
  const [{ settingRows }, read] = await Promise.all([import('../settings/rows.ts'), readSettings(given)]);
  const over = [...flagsOf(given)];
  return {
    ...{ rows: settingRows, files: read.files, complaints: read.complaints },
    given: new Map([...read.given, ...over.map(({ key, value }) => [key, value] as const)]),
    origins: new Map([
      ...read.origins,
      ...over.map(({ key, by }) => [key, { file: by, line: null }] as const),
    ]),
  };
}

interface Said {
  readonly key: string;
  readonly value: SettingValue;
  /** A flag, or a variable. */
  readonly by: string;
}

/** They win over every file. */
function* flagsOf({ invocation, environment }: InForceGiven): Generator<Said> {
  const { typed = [], dryRun, readOnly, threshold, interval, color, ascii } = invocation;
  if (dryRun || readOnly) {
    yield { key: 'guard.dry-run', value: true, by: dryRun ? '--dry-run' : '--read-only' };
  }
  for (const [name, value] of Object.entries(threshold))
    yield { key: `diagnose.${name}`, value, by: '--threshold' };
  if (typed.includes('interval')) yield { key: 'sampling.interval', value: interval, by: '--interval' };
  if (typed.includes('color')) yield { key: 'screen.color', value: color, by: '--color' };
  else if (environment['NO_COLOR']) yield { key: 'screen.color', value: 'never', by: 'NO_COLOR' };
  if (ascii) yield { key: 'screen.ascii', value: true, by: '--ascii' };
}
