/** The one line that says which privilege would show more, from what the forest's source could not read. */
import type { Sample } from '../model/sample.ts';

/** undefined: this sample does not tell. null: nothing is missing. */
export function privilegeHint(sample: Sample): string | null | undefined {
  if (sample.forest === undefined || !sample.forest.ok) return undefined;
  const { privileged, hidden, missingPrivileges = [] } = sample.forest.value;
  if (privileged) return null;
  const names = missingPrivileges.filter((one) => one !== 'root');
  const [first] = names;
  const how =
    first === undefined ? 'as root' : names.length > 1 ? `as root (${names.join(', ')})` : `with ${first}`;
  return hidden
    ? `hidepid hides other users' processes: seen only ${how}`
    : `I/O, hashes, lock holders: only ${how}`;
}
