/**
 * What streams do not tell, read beside them because of what they name: which derivation needs which, how long such
 * builds took before, and how many run at once. Nothing is read before a stream names something.
 */
import { orNull } from '../base/problem.ts';
import type { Model } from '../model/model.ts';
import { doneBuilds } from '../model/rebuild/done-builds.ts';
import { durationName } from '../model/rebuild/durations.ts';
import type { FollowedRebuild, LogsRaw } from '../model/rebuild/followed.ts';
import { namedDerivations } from '../model/rebuild/named-derivations.ts';
import { parseCpuList } from '../parse/host-facts.ts';
import type { Ports } from '../platform/ports.ts';
import { createDerivationReader } from './derivations.ts';
import type { DurationHistory } from './duration-history.ts';
import type { LogFacts } from './logs-source.ts';
import { readNixSetting } from './nix-settings.ts';

export function createLogFacts(
  { files }: Pick<Ports, 'files'>,
  history: DurationHistory | null = null,
): LogFacts {
  const derivations = createDerivationReader(files);
  let maxJobs: 'unread' | 'reading' | 'told' | number = 'unread';
  let before: readonly FollowedRebuild[] = [];
  const seen = { paused: new Set<string>(), goneMs: new Map<string, number | null>() };

  async function readMaxJobs(): Promise<void> {
    maxJobs = 'reading';
    const set = await readNixSetting(files, '/etc/nix', ['max-jobs', 'build-max-jobs']);
    const cpus = parseCpuList(orNull(files.read('/sys/devices/system/cpu/online')) ?? '');
    maxJobs = (set === 'auto' ? cpus : isCount(set) ? Number(set) : null) ?? 'told';
  }

  return {
    take(streams) {
      const named = streams.flatMap(({ events }) => namedDerivations(events));
      if (named.length > 0 && maxJobs === 'unread') void readMaxJobs();
      derivations.want(named);
      const read = derivations.take();
      history?.ask([
        ...named.map((drv) => durationName(drv, undefined)),
        ...read.map((one) => durationName(one.drv, one)),
      ]);
      const durations = history?.take() ?? [];
      const facts: Omit<LogsRaw, 'streams'> = {
        ...(read.length > 0 && { derivations: read }),
        ...(durations.length > 0 && { durations }),
        ...(typeof maxJobs === 'number' && { maxJobs }),
      };
      if (typeof maxJobs === 'number') maxJobs = 'told';
      return facts;
    },
    looked(model: Model) {
      // Who stands still says nothing: the rebuild is the same as before.
      const there = new Set<string>();
      for (const { log, paused } of model.builds) {
        if (log === null) continue;
        there.add(log.drv);
        if (paused) seen.paused.add(log.drv);
      }
      for (const [drv, goneMs] of seen.goneMs)
        if (goneMs === null && !there.has(drv)) seen.goneMs.set(drv, model.timeMs);
      for (const drv of there) seen.goneMs.set(drv, null);
      if (model.rebuilds === before) return;
      history?.add(doneBuilds(before, model, seen));
      before = model.rebuilds;
      if (before.every(({ over }) => over)) for (const one of Object.values(seen)) one.clear();
    },
    close: () => void history?.flush(),
  };
}

function isCount(text: string | null): boolean {
  return text !== null && /^\d{1,5}$/.test(text);
}
