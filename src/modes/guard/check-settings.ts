/** `nixpulse guard --check`: what is wrong with the files of settings, and what is in force, each value with its place. */
import { inForceText } from '../../format/settings-in-force.ts';
import type { Place, SettingValue } from '../../model/settings/setting.ts';
import type { Given } from '../mode.ts';
import { complaintLines, readSettings, type SettingsGiven } from '../settings.ts';

interface Checked extends Omit<SettingsGiven, 'invocation'>, Pick<Given, 'complain' | 'write'> {
  readonly invocation: Pick<Given['invocation'], 'config' | 'dryRun' | 'readOnly' | 'threshold'>;
}

/** Exit code: 2 where something is wrong, as the guard itself would end. */
export async function checkSettings(given: Checked): Promise<number> {
  const read = await readSettings(given);
  const { settingRows } = await import('../../settings/rows.ts');
  for (const line of complaintLines(read)) given.complain(line);
  const flags = flagsOf(given.invocation);
  const place = (flag: string): Place => ({ file: flag, line: null });
  const text = inForceText({
    ...{ rows: settingRows, files: read.files },
    given: new Map([...read.given, ...flags.map(([key, { value }]) => [key, value] as const)]),
    origins: new Map([...read.origins, ...flags.map(([key, { flag }]) => [key, place(flag)] as const)]),
    // On stderr they stand already.
    complaints: [],
  });
  await given.write(text);
  return read.complaints.length === 0 ? 0 : 2;
}

type Flag = readonly [key: string, { readonly value: SettingValue; readonly flag: string }];

/** They win over every file. */
function flagsOf({ dryRun, readOnly, threshold }: Checked['invocation']): readonly Flag[] {
  const milder = dryRun ? '--dry-run' : readOnly ? '--read-only' : null;
  const judged = Object.entries(threshold).map(
    ([name, value]): Flag => [`diagnose.${name}`, { value, flag: '--threshold' }],
  );
  return milder === null ? judged : [['guard.dry-run', { value: true, flag: milder }], ...judged];
}
