/** Why an action cannot begin: another runs beside which it cannot, or it is root's. */
import { needsRoot } from '../model/intents/actor.ts';
import type { IntentType } from '../model/intents/intent.ts';
import type { Situation } from './command.ts';

/** Of each group one at a time. */
const exclusive: readonly (readonly IntentType[])[] = [
  ['rollback'],
  ['restart-daemon', 'restart-unit'],
  ['verify', 'repair', 'collect-garbage'],
  ['collect'],
];

const runs: Readonly<Partial<Record<IntentType, string>>> = {
  rollback: 'a rollback runs already',
  'restart-daemon': 'the daemon is being restarted',
  'restart-unit': 'a unit is being restarted',
  collect: 'a bundle is being gathered (x ends it)',
  verify: 'a verification runs (x cancels it)',
  repair: 'a repair runs (x cancels it)',
  'collect-garbage': 'a garbage collection runs (x cancels it)',
};

export function conflictReason(type: IntentType, running: readonly IntentType[]): string | undefined {
  const group = exclusive.find((types) => types.includes(type));
  const other = running.find((one) => group?.includes(one));
  return other === undefined ? undefined : runs[other];
}

/** Of an action that only root can carry out. */
export function rootOnly(type: IntentType): (situation: Situation) => string | undefined {
  return ({ act }) => (act.actor.privileged ? conflictReason(type, act.running) : needsRoot);
}
