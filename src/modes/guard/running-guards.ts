/** Guards that say of themselves that they run, as root's or one's own. */
import { guardDirectories } from '../../model/guard/guard-files.ts';
import type { GuardSeen } from '../../model/guard/guard-seen.ts';
import { guardDirectoryOf, guardPlaces } from '../environment.ts';
import type { Given } from '../mode.ts';
import { guardIn, isRunning } from './guard-directory.ts';

/** One's own first. */
export async function guardsThere({
  ports,
  environment,
}: Pick<Given, 'ports' | 'environment'>): Promise<readonly (GuardSeen & { readonly directory: string })[]> {
  const { files, native } = ports;
  const directories = new Set([
    guardDirectoryOf(environment, native.uid),
    ...guardDirectories(guardPlaces(environment, native.uid)),
  ]);
  // Where /proc hides what others run (hidepid) nobody is seen to be gone.
  const seesAll = files.read('/proc/1/stat').ok;
  const read = await Promise.all(
    [...directories].map(async (directory) => {
      const status = await guardIn(directory, ports);
      if (status === null) return [];
      return [{ ...status, directory, uid: null, ended: seesAll && !isRunning(status, files) }];
    }),
  );
  return read.flat();
}
