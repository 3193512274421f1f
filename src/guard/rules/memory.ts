/** Memory is short for the whole machine, by its pressure and by what is left; or it is gone within seconds. */
import { pro } from '../../diagnose/judgement.ts';
import type { GuardAction } from '../../model/guard/guard.ts';
import type { Candidate, GuardRule, GuardScene } from '../rule.ts';
import { type MemoryReading, readMemory } from './memory-reading.ts';
import { holdersOf, readersOf } from './memory-victims.ts';

export const memoryRule: GuardRule<'memory'> = {
  id: 'memory',
  look(scene) {
    const read = readMemory(scene);
    if (read === null) return [];
    const { numbers } = scene.settings.rules.memory;
    const { full, soonSec, makers, short, little, nothing, thrash, reclaims, better } = read;
    const soon = soonSec !== null;
    const mild = thrash || (full === null && reclaims === null);
    return [
      {
        ...{ subject: { kind: 'machine' }, name: null },
        ...levelOf(read, numbers),
        over: short || soon,
        worsening: soon || !better,
        agrees: soon || little || thrash ? true : short ? false : null,
        ...(soon ? { leftSec: soonSec } : nothing ? { leftSec: 0 } : {}),
        ...(!soon && !nothing && upTo(full, mild, numbers.kill)),
        evidence: [
          ...(full === null ? [] : [pro('pressure.memory.full', full, 'percent')]),
          pro('memory.available', scene.model.memory.availableBytes, 'bytes'),
        ],
        ...(thrash ? readersOf(scene) : holdersOf(scene, soon || nothing, makers)),
        repeats: true,
      },
    ];
  },
};

/** `mild`: who reads is in nobody's way once he stands still; and without any second source nobody is killed. */
function upTo(full: number | null, mild: boolean, kill: number): { readonly upTo?: GuardAction } {
  return mild || (full !== null && full < kill) ? { upTo: 'pause' } : {};
}

type Numbers = GuardScene['settings']['rules']['memory']['numbers'];

/** Level and limit of what it is about: seconds where the end is near, what is left where nobody tells the pressure. */
function levelOf(
  { soonSec, full, left }: MemoryReading,
  numbers: Numbers,
): Pick<Candidate, 'value' | 'limit' | 'unit' | 'below'> {
  if (soonSec !== null) return { value: soonSec, limit: numbers.within, unit: 's', below: true };
  if (full === null)
    return { value: left.availablePercent, limit: numbers.available, unit: 'percent', below: true };
  return { value: full, limit: numbers.full, unit: 'percent' };
}
