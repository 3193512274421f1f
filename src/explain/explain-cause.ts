/** Why a build or a rebuild failed, explained: from its last words, and from what the log told of it without words. */
import type { Explained, Explanation, Facts, PastedLine } from '../model/advice/explanation.ts';
import type { KnownMessage } from '../model/advice/known-message.ts';
import type { RootCause } from '../model/rebuild/cause.ts';
import { pastedLines } from '../parse/paste.ts';
import { causesOf, explain } from './explain.ts';
import { fill } from './fill.ts';
import { knownMessages } from './messages.ts';

export type FailedWords = Pick<RootCause, 'cause' | 'text' | 'lines'>;

/** What was found by evidence stands first; numbers of lines count its last log lines, then Nix's words. */
export function explainCause(
  root: FailedWords,
  messages: readonly KnownMessage[] = knownMessages,
): Explanation {
  const said = root.text.split('\n').map((line, at) => (at === 0 ? `error: ${line}` : line));
  const lines: readonly PastedLine[] = pastedLines([...root.lines, ...said].join('\n'));
  const told = explain(lines, messages);
  const seen = ofKind(root, messages);
  if (seen === null || told.explained.some((one) => isIn(one, seen.id))) return told;
  const others = told.explained.filter(({ rank }) => rank === 'cause' || seen.rank !== 'cause');
  const explained = seen.rank === 'cause' ? [seen, ...others] : [...others, seen];
  return { ...told, explained, suspects: seen.rank === 'cause' ? [] : told.suspects };
}

/** It is told already, by itself or as what followed from another one. */
function isIn({ id, followed }: Explained, wanted: string): boolean {
  return id === wanted || followed.some((one) => one.id === wanted);
}

/** The message that says in words what the log engine knows as a kind. */
function ofKind({ cause, text }: FailedWords, messages: readonly KnownMessage[]): Explained | null {
  const message = messages.find(({ sameAs }) => sameAs?.includes(cause.kind) === true);
  if (message === undefined) return null;
  const facts = factsOf(cause);
  return {
    ...{ id: message.id, from: message.from, rank: message.rank, title: fill(message.title, facts) },
    ...{ text: [text], at: [], facts, others: [], count: 1, followed: [] },
    causes: causesOf(message, facts),
    versions: { since: null, until: null },
  };
}

/** Its numbers, names and lists of names, by the names of its fields. */
function factsOf(cause: RootCause['cause']): Facts {
  const facts: Record<string, string> = {};
  for (const [name, value] of Object.entries(cause)) {
    if (name === 'kind') continue;
    if (typeof value === 'string' || typeof value === 'number') facts[name] = String(value);
    else if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
      facts[name] = value.join(', ');
  }
  return facts;
}
