/** A unit that the settings name is down, or does not answer: started again after growing pauses, and then only told. */
import { pro } from '../../diagnose/judgement.ts';
import type { Candidate, GuardRule, GuardUnitState } from '../rule.ts';

/** Between two restarts in a row; before the first it must have been down for `forSec`. */
export const retrySec: readonly number[] = [10, 60, 300];

export const unitRule: GuardRule<'unit'> = {
  id: 'unit',
  look({ units, settings }) {
    if (settings.units.length === 0) return null;
    return settings.units
      .map(({ unit }) => candidateOf(units.find((one) => one.unit === unit) ?? unseen(unit)))
      .toSorted((a, b) => Number(b.over) - Number(a.over));
  },
};

function unseen(unit: string): GuardUnitState {
  return { unit, active: null, answers: null };
}

function candidateOf({ unit, active, answers }: GuardUnitState): Candidate {
  const isKnown = active !== null || answers !== null;
  const over = active === false || answers === false;
  return {
    ...{ subject: { kind: 'unit', unit }, name: unit, unitName: unit },
    ...{ value: isKnown ? Number(over) : null, limit: 1, unit: 'none', over, worsening: null, agrees: null },
    evidence: [
      ...(active === null ? [] : [pro('units.active', Number(active), 'flag')]),
      ...(answers === null ? [] : [pro('units.answers', Number(answers), 'flag')]),
    ],
    ...{ builds: [], clients: [], repeats: true },
  };
}
