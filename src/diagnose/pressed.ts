/** What the machine itself is short of: a stall is of a disk, a limit of a cgroup, and neither is the machine's. */
import type { Model, Shortage } from '../model/model.ts';

export function pressed(
  { shortages }: Pick<Model, 'shortages'>,
  resource: Shortage['resource'],
): Shortage | undefined {
  return shortages.find((one) => one.resource === resource && one.cause.kind === 'pressure');
}
