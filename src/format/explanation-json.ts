/** What `nixpulse explain --json` prints: names are stable. */
import type { Explanation } from '../model/advice/explanation.ts';
import type { Fields } from './json.ts';

export function explanationDocument(explanation: Explanation, name: string): Fields {
  const { lines, explained, known, suspects } = explanation;
  return {
    version: 1,
    text: { name, lines },
    known,
    explained: explained.map((one) => ({
      ...{ id: one.id, from: one.from, rank: one.rank, title: one.title, count: one.count },
      ...{ lines: one.at, words: one.text, facts: one.facts, versions: one.versions },
      others: one.others.map(({ facts, at }) => ({ facts, line: at })),
      followed: one.followed,
      causes: one.causes.map(({ text, confirm, remedies }) => ({ text, confirm, remedies })),
    })),
    suspects: suspects.map(({ at, text }) => ({ line: at, text })),
  } as unknown as Fields;
}
