/** Open activities: Nix's ids, and what belongs to one. */
import type { StartEvent } from '../model/rebuild/log-event.ts';
import { bounds, withLast } from './bounds.ts';
import type { Draft } from './draft.ts';
import type { OpenActivity } from './log-state.ts';

/**
 * The pid in an id (`counter + (pid << 32)`). A number cannot hold the id's last digits; the pid's are the first.
 * Null for ids that are text, and for a counter without pid.
 */
export function writerOfId(id: string): number | null {
  if (!/^\d{10,20}$/.test(id)) return null;
  const pid = Math.floor(Number(id) / 2 ** 32);
  return pid > 0 ? pid : null;
}

export function openActivity(draft: Draft, event: StartEvent, transfer: string | null): OpenActivity {
  const activities = draft.recall('activities');
  const writer = writerOfId(event.id);
  const opened: OpenActivity = {
    activity: event.activity,
    parent: event.parent,
    writer,
    transfer,
    covered: coverable(activities.get(event.id) ?? null),
  };
  activities.set(event.id, opened);
  const { rebuild } = draft;
  if (writer !== null && !rebuild.writers.includes(writer))
    rebuild.writers = withLast(rebuild.writers, writer, bounds.writers);
  return opened;
}

/** A stream that begins one id for ever and ends none: of so many the later ones are forgotten. */
function coverable(below: OpenActivity | null): OpenActivity | null {
  let depth = 0;
  for (let one = below; one !== null; one = one.covered) depth += 1;
  return depth < bounds.covered ? below : (below?.covered ?? null);
}

/** Takes it out; of two with one id the later one. */
export function closeActivity(draft: Draft, id: string): OpenActivity | null {
  const open = draft.memory.activities.get(id);
  if (open === undefined) return null;
  const activities = draft.recall('activities');
  if (open.covered === null) activities.delete(id);
  else activities.set(id, open.covered);
  return open;
}

/** Another activity of this derivation is open: through ssh-ng a build is told twice, by both sides. */
export function buildIsOpen(draft: Draft, drv: string): boolean {
  for (const { activity } of draft.memory.activities.values())
    if (activity.type === 'build' && activity.drv === drv) return true;
  return false;
}
