/** Kills by others: one that gives the machine memory is waited for as an action of ours is. */
import type { Model } from '../model/model.ts';
import type { GuardMemory } from './memory.ts';

/** A kill by the kernel or another guard has to show before we act: two kills for one shortage are one too many. */
export function afterOthers(memory: GuardMemory, { events, builds, monotonicMs }: Model): GuardMemory {
  const kills = events.filter(isKill);
  const killsSeen = kills.at(-1)?.timeMs ?? 0;
  if (killsSeen === memory.killsSeen) return memory;
  const unseen = kills.slice(kills.findLastIndex(({ timeMs }) => timeMs === memory.killsSeen) + 1);
  // What was there when we began is none of ours.
  const isNew = memory.killsSeen >= 0 && unseen.some((kill) => gaveMemory(kill, builds));
  return { ...memory, killsSeen, ...(isNew && { acted: { action: 'kill', atMs: monotonicMs } as const }) };
}

type Kill = Extract<Model['events'][number], { kind: 'killed' | 'oom-kill' | 'oom-limit' }>;

function isKill(event: Model['events'][number]): event is Kill {
  return event.kind === 'killed' || event.kind === 'oom-kill' || event.kind === 'oom-limit';
}

/** A container that meets its own limit again and again gives the machine nothing, and is no reason to rest for ever. */
function gaveMemory(kill: Kill, builds: Model['builds']): boolean {
  if (kill.kind === 'oom-kill' || (kill.kind === 'killed' && kill.killer !== 'limit')) return true;
  const { cgroup, build } = kill;
  const isOurs = kill.kind === 'killed' && (kill.builds > 0 || kill.command !== null);
  // In the cgroup of the daemon it may be of a build that is not to be seen any more.
  const holds = (one: string | null) => one !== null && `${one}/`.startsWith(`${cgroup}/`);
  return build !== null || isOurs || cgroup === null || builds.some((one) => holds(one.cgroup));
}
