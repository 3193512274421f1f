/** `nixpulse guard --check`: what is wrong with the files of settings, and what is in force, each value with its place. */
import { inForceText } from '../../format/settings-in-force.ts';
import { type InForceGiven, settingsWithPlaces } from '../in-force.ts';
import type { Given } from '../mode.ts';
import { complaintLines } from '../settings.ts';

/** Exit code: 2 where something is wrong, as the guard itself would end. */
export async function checkSettings(
  given: InForceGiven & Pick<Given, 'complain' | 'write'>,
): Promise<number> {
  const inForce = await settingsWithPlaces(given);
  for (const line of complaintLines(inForce)) given.complain(line);
  // On stderr they stand already.
  await given.write(inForceText({ ...inForce, complaints: [] }));
  return inForce.complaints.length === 0 ? 0 : 2;
}
