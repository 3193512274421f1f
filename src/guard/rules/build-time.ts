/** A build takes many times what builds of its name took here. */
import { nameOfBuild } from '../../diagnose/build-name.ts';
import { pro } from '../../diagnose/judgement.ts';
import type { Build, Model } from '../../model/model.ts';
import { usualOf } from '../../model/rebuild/durations.ts';
import type { Candidate, GuardRule } from '../rule.ts';
import { clientsOf, localBuilds } from '../victims.ts';

export const buildTimeRule: GuardRule<'build-time'> = {
  id: 'build-time',
  look({ model, settings, builds, clients }) {
    const { factor, least } = settings.rules['build-time'].numbers;
    if (factor <= 0) return null;
    return localBuilds(builds)
      .flatMap((build): readonly Candidate[] => {
        const usualSec = usualSecOf(build, model);
        const { pid, startTime, ageSec } = build;
        // What stands still takes longer for that alone.
        if (usualSec === null || ageSec === null || build.paused) return [];
        const limit = Math.max(least, factor * usualSec);
        const evidence = [pro('age', ageSec, 's'), pro('usual', percentOf(ageSec, usualSec), 'percent')];
        return [
          {
            ...{ subject: { kind: 'build', pid, startTime }, name: nameOfBuild(build) },
            ...{ value: Math.floor(ageSec), limit, unit: 's', over: ageSec >= limit },
            ...{ worsening: null, agrees: null, evidence },
            ...{ builds: [build], clients: clientsOf(build, clients) },
          },
        ];
      })
      .toSorted((a, b) => shareOf(b) - shareOf(a));
  },
};

function percentOf(sec: number, usualSec: number): number {
  return Math.round((100 * sec) / Math.max(1, usualSec));
}

function shareOf({ value, limit }: Candidate): number {
  return (value ?? 0) / Math.max(1, limit);
}

/** Of its log, else of what is known of its derivation. */
function usualSecOf({ log, name, drvHash, host }: Build, model: Model): number | null {
  if (log?.usual) return log.usual.medianSec;
  if (name === null || drvHash === null) return null;
  return usualOf(model, { drv: `/nix/store/${drvHash}-${name}.drv`, host })?.medianSec ?? null;
}
