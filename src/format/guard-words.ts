/** The words of a guard: that it is armed, what its rules look at, what it did. */
import { lengthText } from '../base/duration.ts';
import { listText } from '../base/plural.ts';
import type { GuardAct, GuardReading, GuardRuleId } from '../model/guard/guard.ts';
import { type GuardSeen, type GuardStanding, silentMs, standingOf } from '../model/guard/guard-seen.ts';
import type { ModelEvent } from '../model/model.ts';
import { evidenceValue } from './evidence.ts';
import type { Tone } from './paint.ts';

/** What each rule looks at, in a column. */
export const guardRuleTitles: Readonly<Record<GuardRuleId, string>> = {
  memory: 'memory short',
  leak: 'leak',
  io: 'disk slow',
  stuck: 'stuck',
  'rebuild-time': 'rebuild time',
  'build-time': 'build time',
  space: 'space',
  'memory-delta': 'rebuild memory',
  unit: 'unit down',
};

/** Of these less is worse: what is left. */
const leftRules: readonly GuardRuleId[] = ['space'];

type Measured = Pick<GuardReading, 'rule' | 'value' | 'limit'>;

/** How near it is to its limit: 0 far from it, 1 there or beyond. Null: not known, or it has no limit. */
export function nearness({ rule, value, limit }: Measured): number | null {
  if (value === null || limit <= 0) return null;
  const part = leftRules.includes(rule) ? (value <= 0 ? 1 : limit / value) : value / limit;
  return Math.min(1, Math.max(0, part));
}

/** `42%`, `1.2 GB`; empty where nothing is measured. */
export function measureText({ value, unit }: Pick<GuardReading, 'value' | 'unit'>): string {
  return value === null ? '' : evidenceValue({ value, unit });
}

const verbs: Readonly<Record<Exclude<GuardAct['action'], 'tell'>, readonly [done: string, would: string]>> = {
  lower: ['lowered', 'lower'],
  limit: ['limited', 'limit'],
  pause: ['paused', 'pause'],
  kill: ['killed', 'kill'],
  cancel: ['cancelled', 'cancel'],
  'restart-daemon': ['restarted', 'restart'],
  'restart-unit': ['restarted', 'restart'],
  resume: ['resumed', 'resume'],
  restore: ['put back', 'put back'],
};

type Act = Pick<
  GuardAct,
  'rule' | 'action' | 'names' | 'dryRun' | 'status' | 'value' | 'limit' | 'unit' | 'heldSec'
>;

/** `paused firefox-130.0`, `would kill firefox-130.0`, `could not pause firefox-130.0 (denied)`, `tells of …`. */
export function actText({ action, names, dryRun, status }: Act): string {
  const whom = names.length === 0 ? 'the machine' : listText(names, 3);
  if (action === 'tell') return `warns of ${whom}`;
  const [done, would] = verbs[action];
  if (dryRun) return `would ${would} ${whom}`;
  if (status === null || status === 'done') return `${done} ${whom}`;
  if (status === 'incomplete') return `${done} ${whom} in part`;
  return `could not ${would} ${whom} (${status})`;
}

/** `memory short: 42%, limit 20%, for 6 s`; of what is undone why it was done is no longer so. */
export function actReason({ rule, action, value, limit, unit, heldSec }: Act): string {
  const title = guardRuleTitles[rule];
  if (action === 'resume' || action === 'restore') return `${title}: calm again`;
  const figures = [
    ...(value === null ? [] : [measureText({ value, unit })]),
    ...(value === null || limit <= 0 ? [] : [`limit ${evidenceValue({ value: limit, unit })}`]),
    ...(heldSec > 0 ? [`for ${lengthText(heldSec * 1000)}`] : []),
  ];
  return figures.length === 0 ? title : `${title}: ${figures.join(', ')}`;
}

/** `paused firefox-130.0 (memory short: 42%, limit 20%, for 6 s)`. */
export function actClause(act: Act): string {
  return `${actText(act)} (${actReason(act)})`;
}

export function guardEventText(event: Extract<ModelEvent, { kind: 'guard' }>): string {
  return `the guard ${actClause(event)}`;
}

interface Word {
  readonly text: string;
  /** The same where room is short. */
  readonly short: string;
  readonly tone: Tone | undefined;
}

/** That a guard is armed, and how far one can rely on it. `nowMs`: Unix ms. */
export function guardWord(guard: GuardSeen, nowMs: number): Word {
  const standing = standingOf(guard, nowMs);
  const text = standingText(guard, standing, nowMs);
  const short = standing === 'armed' ? 'guard' : `guard ${standing}`;
  return { text: `guard${text === '' ? '' : ` ${text}`}`, short, tone: standingTones[standing] };
}

const standingTones: Readonly<Record<GuardStanding, Tone | undefined>> = {
  armed: undefined,
  held: 'accent',
  silent: 'warning',
  ended: 'warning',
};

/** `held 42 min`, `silent 40 s`, `ended`, `dry run`; empty of one that is armed. */
export function standingText(guard: GuardSeen, standing: GuardStanding, nowMs: number): string {
  switch (standing) {
    case 'ended':
      return 'ended';
    case 'silent':
      return `silent ${lengthText(silentMs(guard, nowMs))}`;
    case 'held':
      return `held ${lengthText(Math.max(0, (guard.heldUntilMs ?? nowMs) - nowMs))}`;
    case 'armed':
      return guard.dryRun ? 'dry run' : '';
  }
}

/** Of several the one that most needs a look: none that is gone while another is armed. Null: there is none. */
export function mainGuard(guards: readonly GuardSeen[], nowMs: number): GuardSeen | null {
  const order: readonly GuardStanding[] = ['silent', 'held', 'armed', 'ended'];
  const rank = (guard: GuardSeen) => order.indexOf(standingOf(guard, nowMs));
  return guards.reduce<GuardSeen | null>(
    (first, one) => (first === null || rank(one) < rank(first) ? one : first),
    null,
  );
}
