/** What starts a program is loaded before one is to be started: while memory is short nothing is. */
import type { GuardSettings } from '../../guard/settings.ts';

export async function loadWhatStartsPrograms(settings: GuardSettings): Promise<void> {
  if (startsPrograms(settings)) await import('execa');
}

/** `limit` asks systemd where a build has no cgroup of its own, and so does what restarts a unit. */
export function startsPrograms({ hook, notify, units, rules }: GuardSettings): boolean {
  const acts = Object.values(rules).flatMap(({ enabled, actions }) => (enabled ? actions : []));
  const asksSystemd = acts.includes('limit') || acts.includes('restart-daemon');
  return hook.length > 0 || notify || units.length > 0 || asksSystemd;
}
