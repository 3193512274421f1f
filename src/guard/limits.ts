/** Limits of one rebuild, as `watch --guard --limit` takes them, and the settings that guard it. */

import { type AmountUnit, amountExamples, parseAmount } from '../base/amount.ts';
import { nearestWord } from '../base/nearest.ts';
import type { GuardAction, GuardRuleId } from '../model/guard/guard.ts';
import { type GuardRuleSettings, type GuardSettings, guardRuleTable } from './settings.ts';

/** By `RULE.NUMBER`, or `RULE.for`: the value in the unit of its row. */
export type GuardLimits = Readonly<Record<string, number>>;

interface Limit {
  readonly rule: GuardRuleId;
  /** Null: how long it must hold. */
  readonly number: string | null;
  readonly unit: AmountUnit;
}

/** A rule of a unit of systemd is of no rebuild. */
const rules = (Object.keys(guardRuleTable) as GuardRuleId[]).filter((rule) => rule !== 'unit');

/** What they are called beside the names of their rules. */
const otherNames: Readonly<Record<string, string>> = { await: 'io', time: 'rebuild-time' };

/** Every name that `--limit` takes: a rule for its first number, `RULE.NUMBER` for each. */
export const limitTable: ReadonlyMap<string, Limit> = new Map(
  rules.flatMap((rule) => {
    const numbers = Object.entries(guardRuleTable[rule].numbers);
    const named = numbers.map(([number, { unit }]): Named => [`${rule}.${number}`, { rule, number, unit }]);
    const held: Limit = { rule, number: null, unit: 's' };
    const first = named[0]?.[1] ?? held;
    const others = Object.entries(otherNames).filter(([, of]) => of === rule);
    return [[rule, first], ...others.map(([name]): Named => [name, first]), ...named, [`${rule}.for`, held]];
  }),
);
type Named = readonly [string, Limit];

/** The short ones, for people. */
export const limitNames: readonly string[] = [...limitTable.keys()].filter(
  (name) => !name.includes('.') && name !== 'io' && name !== 'rebuild-time',
);

export type ParsedLimits =
  | { readonly ok: true; readonly limits: GuardLimits }
  /** One clause: `expected memory-delta, not 'memory-detla'`. */
  | { readonly ok: false; readonly cause: string };

/** `memory-delta=10G,await=1000ms,time=30m`. */
export function parseLimits(text: string): ParsedLimits {
  const limits: Record<string, number> = {};
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    const name = (at < 0 ? part : part.slice(0, at)).trim();
    const limit = limitTable.get(name);
    if (limit === undefined) return { ok: false, cause: `expected ${expectedName(name)}, not '${name}'` };
    const { rule, number, unit } = limit;
    const value = at < 0 ? null : parseAmount(part.slice(at + 1), unit);
    if (value === null) return { ok: false, cause: `expected ${name}=${amountExamples[unit]}, or the like` };
    if (value === 0) return { ok: false, cause: `expected more than 0 of ${name}` };
    if (unit === 'percent' && value > 100) return { ok: false, cause: `expected at most 100% of ${name}` };
    limits[`${rule}.${number ?? 'for'}`] = value;
  }
  return { ok: true, limits };
}

function expectedName(name: string): string {
  return nearestWord(name, [...limitTable.keys()]) ?? limitNames.join(', ');
}

/** Each of a rule with a limit, as far as it can: the last ends the command as its user would. */
const breaker: readonly GuardAction[] = ['tell', 'lower', 'pause', 'cancel'];
/** Who has no time left is not helped by being held up. */
const breakers: Partial<Readonly<Record<GuardRuleId, readonly GuardAction[]>>> = {
  'rebuild-time': ['tell', 'cancel'],
  'build-time': ['tell', 'lower', 'cancel'],
  stuck: ['tell', 'cancel'],
};

/**
 * For one command that somebody asked to have guarded: it acts. A build that is killed fails its rebuild, so that the
 * whole of it is cancelled instead, and Nix cleans up; what is not the command's is nobody's business here.
 */
export function controlledSettings(usual: GuardSettings, limits: GuardLimits): GuardSettings {
  const limited = new Set([...Object.keys(limits)].map((name) => name.split('.', 1)[0]));
  const of = (rule: GuardRuleId): GuardRuleSettings => {
    const before: GuardRuleSettings = usual.rules[rule];
    if (!limited.has(rule)) return { ...before, actions: withoutKill(before.actions) };
    const numbers = Object.entries(before.numbers).map(([number, value]) => [
      number,
      limits[`${rule}.${number}`] ?? value,
    ]);
    return {
      enabled: true,
      forSec: limits[`${rule}.for`] ?? before.forSec,
      actions: breakers[rule] ?? breaker,
      numbers: Object.fromEntries(numbers),
    };
  };
  const own = Object.fromEntries(rules.map((rule) => [rule, of(rule)]));
  return {
    ...usual,
    dryRun: false,
    rules: { ...usual.rules, ...own, unit: { ...usual.rules.unit, enabled: false } },
    units: [],
  };
}

function withoutKill(actions: readonly GuardAction[]): readonly GuardAction[] {
  const own = actions.map((action): GuardAction => (action === 'kill' ? 'cancel' : action));
  return [...new Set(own.filter((action) => action !== 'restart-daemon' && action !== 'restart-unit'))];
}
