/**
 * The source `caches`: which caches and builders the settings name, which slots are taken, what the last checks found. Read
 * beside the tick, on pool threads, and given when something has changed. No process is started for it.
 */
import { ok } from '../base/problem.ts';
import { isSame } from '../base/same.ts';
import type { CachesRaw } from '../model/caches/caches-raw.ts';
import type { Model } from '../model/model.ts';
import type { Ports } from '../platform/ports.ts';
import { createBuilderLocks } from './builder-locks.ts';
import { createLastChecks } from './last-checks.ts';
import { readPeerSettings, type SettingsRead } from './peer-settings.ts';
import { fullDetail, type LowDetail, type Source } from './source.ts';

export interface CachesSource extends Source {
  /** Resolves when what was begun is back; a snapshot waits for it. */
  settled(): Promise<void>;
}

/** Of the settings; a page that is open asks for the locks more often. */
const settingsEveryMs = 10_000;

type Seen = Pick<Model, 'totals' | 'clients' | 'workers' | 'builds'>;

/** `checkFiles`: those of check-cache. */
export function createCachesSource(
  { files, clock }: Pick<Ports, 'files' | 'clock'>,
  checkFiles: readonly string[],
  lowDetail: LowDetail = fullDetail,
): CachesSource {
  const locks = createBuilderLocks(files);
  const lastChecks = createLastChecks(files, checkFiles);
  let settings: SettingsRead | null = null;
  let settingsAtMs = Number.NEGATIVE_INFINITY;
  let found: CachesRaw | null = null;
  let given: CachesRaw | null = null;
  let looking: Promise<void> | null = null;
  let mayHold = true;
  let closed = false;

  async function look(): Promise<void> {
    const nowMs = clock.monotonic();
    if (settings === null || nowMs - settingsAtMs >= settingsEveryMs) {
      settings = await readPeerSettings(files);
      settingsAtMs = nowMs;
    }
    const held = await locks.read(mayHold);
    const { checks, day, problems } = await lastChecks.read();
    const seen = 'kind' in held ? null : held;
    const raw: CachesRaw = {
      ...settings.settings,
      ...{ locks: seen, checks, day },
      problems: [...settings.problems, ...('kind' in held ? [held] : []), ...problems],
    };
    if (!isSame(found, raw)) found = raw;
  }

  return {
    id: 'caches',
    sample() {
      if (!closed && !lowDetail.on)
        looking ??= look().finally(() => {
          looking = null;
        });
      if (found === given || found === null) return {};
      given = found;
      return { caches: { atMs: clock.monotonic(), ...ok(found) } };
    },
    looked({ totals, clients, workers, builds }: Seen) {
      // Nobody of Nix, nobody who holds a lock; who may be hidden may hold one.
      mayHold = totals.running === null || clients.length + workers.length + builds.length > 0;
    },
    async settled() {
      await looking;
    },
    close() {
      closed = true;
    },
  };
}
