/** The one line that says what root would add, from what the forest's source could not read. */
import type { Sample } from '../model/sample.ts';

/** undefined: this sample does not tell. null: nothing is missing. */
export function privilegeHint(sample: Sample): string | null | undefined {
  if (sample.forest === undefined || !sample.forest.ok) return undefined;
  const { privileged, hidden } = sample.forest.value;
  if (privileged) return null;
  return hidden
    ? "hidepid hides other users' processes: run as root to see builds, names, I/O and locks"
    : 'as root also: I/O of builds, derivation hashes, who holds which lock';
}
