/** A text with an error in it to what it comes from: causes first, and what only follows from one of them is in it. */
import type { Explained, Explanation, Facts, PastedLine } from '../model/advice/explanation.ts';
import type { KnownMessage, PossibleCause } from '../model/advice/known-message.ts';
import { unwrapped } from '../parse/unwrap.ts';
import { fill, fillCommand, fillRemedy } from './fill.ts';
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
  const groups = grouped(told(lines, found));
  const leading = groups.filter((group) => !groups.some((other) => isBroughtBy(group, other)));
  const beside = leading.filter(
    (group) => isWarning(group) && !groups.some((one) => isBroughtBy(one, group)),
  );
  const alone = beside.length === leading.length && !failed(lines);
  const failures = alone ? leading : leading.filter((one) => !beside.includes(one));
  const byRank = [...failures].sort((one, other) => orderOf(one) - orderOf(other));
  const explained = [...byRank, ...leading.filter((one) => !failures.includes(one))];
  const known = byRank.some(([{ message }]) => message.rank === 'cause');
  return {
    lines: lines.findLast(({ text }) => text !== '')?.at ?? 0,
    explained: explained.map((group) => explainedOf(group, groups)),
    known,
    suspects: known ? [] : suspectsOf(withoutTold(after(lines, succeededAt(lines)), found)),
  };
}

function after(lines: readonly PastedLine[], line: number): readonly PastedLine[] {
  return line === 0 ? lines : lines.filter(({ at }) => at > line);
}

/** What a known message says is no cause that is still to be found. */
function withoutTold(lines: readonly PastedLine[], found: readonly Recognised[]): readonly PastedLine[] {
  const known = new Set(found.flatMap(({ text }) => text.split('\n').map((line) => line.trim())));
  return lines.filter(({ text }) => !known.has(text.trim()));
}

/**
 * Without the warnings of what succeeded: a cache that did not answer is no cause where all was built. Where only
 * warnings were given they are what is asked about.
 */
function told(lines: readonly PastedLine[], all: readonly Recognised[]): readonly Recognised[] {
  const until = succeededAt(lines);
  const found = all.filter(({ at, text }) => at > until || warning.test(text));
  const explains = failed(lines) || !lines.some(({ text }) => working.test(text));
  return explains ? found : found.filter(({ message, text }) => !(message.alsoWarns && warning.test(text)));
}

/** Number of the last line that says that all of it is done; 0: none does. What was said before has stopped nothing. */
function succeededAt(lines: readonly PastedLine[]): number {
  return lines.findLast(({ text }) => succeeding.test(text))?.at ?? 0;
}

const succeeding = /^### Done! ###|^Done\. The new configuration is |^Finished NixOS Upgrade\./;

function failed(lines: readonly PastedLine[]): boolean {
  return lines.some(({ text }) => failing.test(text));
}

const warning = /^\s*warning:|; retrying (?:in|from)\b/i;
const failing = /^(?!\s*warning:|.*\berror \(ignored\)).*\berror:/i;
/** What a rebuild says while it goes on. */
const working =
  /^\s*(?:building|copying|fetching|unpacking|activating|these \d|this (?:derivation|path)|Done\.)/;

/** What knows more causes, then more messages, then has fewer facts with a line's end in them. */
function better(one: readonly Recognised[], other: readonly Recognised[]): readonly Recognised[] {
  const causes = (found: readonly Recognised[]) =>
    found.filter(({ message }) => message.rank === 'cause').length;
  const broken = (found: readonly Recognised[]) => found.filter((each) => each.broken).length;
  const more = causes(other) - causes(one) || other.length - one.length || broken(one) - broken(other);
  return more > 0 ? other : one;
}

/** What was only warned of, and went on, comes behind what made it fail. */
function orderOf([{ message, text }]: Group): number {
  return ranks.indexOf(message.rank) * 2 + (warning.test(text) ? 1 : 0);
}

/** It did not stop what said it; what follows from it may have. */
function isWarning(group: Group): boolean {
  return group.every(({ message, text }) => message.alsoWarns === true && warning.test(text));
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
function isBroughtBy(group: Group, by: Group): boolean {
  const [{ message }] = group;
  const [{ message: other }] = by;
  if (message === other) return false;
  if (other.brings?.includes(message.id) === true) return true;
  if (other.rank === 'cause' && message.followsFrom?.includes(other.from) === true) return true;
  return message.rank === 'consequence' && other.rank !== 'consequence' && !isWarning(by);
}

function explainedOf(group: Group, groups: readonly Group[]): Explained {
  const [{ message, facts, text, wording }] = group;
  const followed = groups.flatMap((other) =>
    isBroughtBy(other, group)
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
      confirm: confirm === null ? null : fillCommand(confirm, facts),
      remedies: remedies.map((remedy) => fillRemedy(remedy, facts)),
    }));
}

function fits({ when = {} }: PossibleCause, facts: Facts): boolean {
  return Object.entries(when).every(([name, pattern]) => {
    return pattern.test(facts[name] ?? '');
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
