/** Why a configuration does not evaluate, as far as what Nix said is known. */
import { explain } from '../explain/explain.ts';
import type { EvaluationCause } from '../model/advice/evaluation-cause.ts';
import { pastedLines } from '../parse/paste.ts';

/** The first cause that is known of what was said. */
export function causeOf(said: readonly string[], error: string | null): EvaluationCause | null {
  const text = [...said, ...(error === null ? [] : [`error: ${error.replace(/^error:\s*/, '')}`])].join('\n');
  const known = explain(pastedLines(text)).explained.find(({ rank }) => rank === 'cause');
  if (known === undefined) return null;
  const [first] = known.causes;
  return { title: known.title, text: first?.text ?? null, remedies: first?.remedies ?? [] };
}

/** Nothing is built by a check (import from derivation), and a rebuild would. */
export function wantsToBuild(said: readonly string[]): boolean {
  return said.some((line) => /allow-import-from-derivation|during evaluation because/.test(line));
}
