/** Where in a text which known message stands. */
import type { Facts, PastedLine } from '../model/advice/explanation.ts';
import type { KnownMessage, Wording } from '../model/advice/known-message.ts';
import { searched } from './searched.ts';
import { type Triples, triplesOf } from './triples.ts';

export interface Recognised {
  readonly message: KnownMessage;
  readonly wording: Wording;
  readonly facts: Facts;
  /** A line ends within one of them: it may have been cut there. */
  readonly broken: boolean;
  /** The words, without line ends. */
  readonly text: string;
  /** Line numbers, as they were given. */
  readonly at: number;
  /** In the joined text: what another one recognises in here is the same message. */
  readonly from: number;
  readonly to: number;
}

/** More than so many of one wording tell nothing new. */
const mostOfOne = 10_000;

/** In the order of the text. Of two that share words the one that begins first counts, then the one further up in the table. */
export function recognise(
  lines: readonly PastedLine[],
  messages: readonly KnownMessage[],
): readonly Recognised[] {
  const text = lines.map((line) => line.text).join('\n');
  const starts = startsOf(lines);
  const triples = triplesOf(text);
  const all = messages.flatMap((message) =>
    message.wordings.flatMap((wording) =>
      matches(text, triples, wording).map((match): Recognised => {
        const from = match.index;
        return {
          ...{ message, wording, from, to: from + match[0].length, facts: factsOf(match) },
          broken: Object.values(match.groups ?? {}).some((fact) => fact?.includes('\n') === true),
          text: wordsAround(text, from, match[0].length),
          at: lineAt(starts, lines, from),
        };
      }),
    ),
  );
  const order = new Map(messages.map((message, at) => [message, at]));
  const rankOf = ({ message }: Recognised) => order.get(message) ?? 0;
  return withoutShared(all.sort((a, b) => a.from - b.from || rankOf(a) - rankOf(b)));
}

function matches(text: string, triples: Triples, { pattern }: Wording): readonly RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  const { regex: search, needles } = searched(pattern);
  const has = (needle: string) => triples.mayHave(needle) && text.includes(needle);
  if (needles !== null && !needles.some(has)) return found;
  search.lastIndex = 0;
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    if (match[0] === '') search.lastIndex += 1;
    else found.push(match);
    if (found.length >= mostOfOne) break;
  }
  return found;
}

function factsOf({ groups = {} }: RegExpExecArray): Facts {
  const facts: Record<string, string> = {};
  for (const [name, value] of Object.entries(groups)) {
    if (value !== undefined) facts[name] = value.replace(/\s+/g, ' ').trim();
  }
  return facts;
}

/** From the start of its first line to the end of its last. */
function wordsAround(text: string, from: number, length: number): string {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const end = text.indexOf('\n', from + length);
  return text.slice(start, end < 0 ? undefined : end);
}

function startsOf(lines: readonly PastedLine[]): readonly number[] {
  let at = 0;
  return lines.map(({ text }) => {
    const start = at;
    at += text.length + 1;
    return start;
  });
}

function lineAt(starts: readonly number[], lines: readonly PastedLine[], index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return lines[low]?.at ?? 1;
}

function withoutShared(sorted: readonly Recognised[]): readonly Recognised[] {
  const kept: Recognised[] = [];
  let end = 0;
  for (const one of sorted) {
    if (one.from < end) continue;
    kept.push(one);
    end = one.to;
  }
  return kept;
}
