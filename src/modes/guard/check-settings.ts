/** `nixpulse guard --check`: what is wrong with the files of settings, and what is in force, each value with its place. */
import { inForceText } from '../../format/settings-in-force.ts';
import type { Given } from '../mode.ts';
import { complaintLines, readSettings, type SettingsGiven } from '../settings.ts';

/** Exit code: 2 where something is wrong, as the guard itself would end. */
export async function checkSettings(
  given: SettingsGiven & Pick<Given, 'complain' | 'write'>,
): Promise<number> {
  const read = await readSettings(given);
  const { settingRows } = await import('../../settings/rows.ts');
  for (const line of complaintLines(read)) given.complain(line);
  // On stderr they stand already.
  await given.write(inForceText({ ...read, rows: settingRows, complaints: [] }));
  return read.complaints.length === 0 ? 0 : 2;
}
