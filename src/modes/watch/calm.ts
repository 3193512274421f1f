/** `watch --calm`: builds of a daemon inherit nothing from the command that waits for them, so each is lowered as it appears. */
import { type IdentityKey, identityKey } from '../../base/identity.ts';
import { type Intent, targetOf } from '../../model/intents/intent.ts';
import type { JournalEntry } from '../../model/intents/outcome.ts';
import type { Build } from '../../model/model.ts';

export interface Calm {
  /** With every look: its builds on this machine. */
  looked(builds: readonly Build[]): void;
  end(): void;
}

/** A build may end while it is lowered, and one that cannot be lowered cannot the next time. */
const mostTries = 2;

export function createCalm(
  perform: (intent: Intent) => Promise<JournalEntry | null>,
  say: (line: string) => void,
): Calm {
  const tries = new Map<IdentityKey, number>();
  let busy = false;
  let ended = false;
  /** Once is enough: the next one fails for the same reason. */
  let complained = false;

  async function lower(builds: readonly Build[]): Promise<void> {
    busy = true;
    for (const build of builds) tries.set(identityKey(build), (tries.get(identityKey(build)) ?? 0) + 1);
    const entry = await perform({ type: 'lower', targets: builds.map(targetOf) });
    busy = false;
    if (entry === null || entry.status === 'done') {
      // Not begun is no try; done is done.
      for (const build of builds) tries.set(identityKey(build), entry === null ? 0 : mostTries);
    } else if (entry.status === 'denied' && !complained) {
      complained = true;
      say(`builds of the daemon stay as they are: ${entry.summary}`);
    }
  }

  return {
    looked(builds) {
      const living = new Set(builds.map(identityKey));
      for (const key of tries.keys()) if (!living.has(key)) tries.delete(key);
      const todo = builds.filter((build) => (tries.get(identityKey(build)) ?? 0) < mostTries);
      if (!busy && !ended && todo.length > 0) void lower(todo);
    },
    end() {
      ended = true;
    },
  };
}
