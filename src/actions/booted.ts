/** Whether systemd runs this machine. */
import type { Files } from '../platform/ports.ts';

/** sd_booted(3). Only what is surely not there is absent: null where the answer came late or not at all. */
export async function isBooted(files: Pick<Files, 'ownerSlow'>, run = '/run'): Promise<boolean | null> {
  const directory = await files.ownerSlow(`${run}/systemd/system`);
  if (directory.ok) return true;
  return directory.problem.kind === 'gone' ? false : null;
}
