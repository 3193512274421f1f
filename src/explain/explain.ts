/** A text with an error in it to what it comes from: causes first, and what only follows from one of them is in it. */
import type { Explained, Explanation, Facts, PastedLine } from '../model/advice/explanation.ts';
import type { KnownMessage, PossibleCause } from '../model/advice/known-message.ts';
import { unwrapped } from '../parse/unwrap.ts';
import { fill, fillRemedy } from './fill.ts';
import { knownMessages } from './messages.ts';
import { type Recognised, recognise } from './recognise.ts';
import { suspectsOf } from './suspects.ts';

const ranks = ['cause', 'symptom', 'consequence'] as const;

/** `lines`: as they stand, or where a terminal cut them put together again, whichever is better known. */
export function explain(
  lines: readonly PastedLine[],
  messages: readonly KnownMessage[] = knownMessages,
): Explanation {
  const joined = unwrapped(lines);
  const asIs = recognise(lines, messages);
  const found = joined === lines ? asIs : better(asIs, recognise(joined, messages));
  const groups = grouped(found);
  const leading = groups.filter((group) => !followsFrom(group, groups));
  const explained = leading
    .map((group) => explainedOf(group, groups))
    .sort((a, b) => orderOf(a) - orderOf(b));
  const known = explained.some(({ rank }) => rank === 'cause');
  return { lines: lines.at(-1)?.at ?? 0, explained, suspects: known ? [] : suspectsOf(lines) };
}

/** What knows more causes, then more messages, then has fewer facts with a line's end in them. */
function better(one: readonly Recognised[], other: readonly Recognised[]): readonly Recognised[] {
  const causes = (found: readonly Recognised[]) =>
    found.filter(({ message }) => message.rank === 'cause').length;
  const broken = (found: readonly Recognised[]) => found.filter((each) => each.broken).length;
  const more = causes(other) - causes(one) || other.length - one.length || broken(one) - broken(other);
  return more > 0 ? other : one;
}

/** What was only warned of, and went on, comes behind what made it fail. */
function orderOf({ rank, text }: Explained): number {
  return ranks.indexOf(rank) * 2 + (isWarning(text[0] ?? '') ? 1 : 0);
}

function isWarning(text: string): boolean {
  return /^\s*warning:|; retrying (?:in|from)\b/i.test(text);
}

type Group = readonly [Recognised, ...Recognised[]];

/** One of each message, with all places where it stands. */
function grouped(found: readonly Recognised[]): readonly Group[] {
  const groups = new Map<string, [Recognised, ...Recognised[]]>();
  for (const one of found) {
    const group = groups.get(one.message.id);
    if (group === undefined) groups.set(one.message.id, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/** A consequence follows from whatever cause or symptom is there, another message from those that say so. */
function followsFrom([{ message }]: Group, groups: readonly Group[]): boolean {
  return groups.some(([other]) => isBroughtBy(message, other.message));
}

function isBroughtBy(message: KnownMessage, by: KnownMessage): boolean {
  if (message === by) return false;
  if (by.brings?.includes(message.id) === true) return true;
  return message.rank === 'consequence' && by.rank !== 'consequence';
}

function explainedOf(group: Group, groups: readonly Group[]): Explained {
  const [{ message, facts, text, wording }] = group;
  const followed = groups.flatMap((other) =>
    isBroughtBy(other[0].message, message)
      ? [{ id: other[0].message.id, title: titleOf(other[0]), count: other.length }]
      : [],
  );
  return {
    ...{ id: message.id, from: message.from, rank: message.rank, title: titleOf(group[0]) },
    text: text.split('\n'),
    at: group.map(({ at }) => at),
    facts,
    others: othersOf(group),
    count: group.length,
    followed,
    causes: causesOf(message, facts),
    versions: { since: wording.since, until: wording.until },
  };
}

function titleOf({ message, facts }: Pick<Recognised, 'message' | 'facts'>): string {
  return fill(message.title, facts);
}

export function causesOf({ causes }: KnownMessage, facts: Facts): Explained['causes'] {
  return causes
    .filter((cause) => fits(cause, facts))
    .map(({ text, confirm, remedies }) => ({
      text: fill(text, facts),
      confirm: confirm === null ? null : fill(confirm, facts),
      remedies: remedies.map((remedy) => fillRemedy(remedy, facts)),
    }));
}

function fits({ when = {} }: PossibleCause, facts: Facts): boolean {
  return Object.entries(when).every(([name, pattern]) => {
    const fact = facts[name];
    return fact !== undefined && pattern.test(fact);
  });
}

function othersOf([first, ...rest]: Group): Explained['others'] {
  const seen = new Set([JSON.stringify(first.facts)]);
  return rest.flatMap(({ facts, at }) => {
    const key = JSON.stringify(facts);
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ facts, at }];
  });
}
