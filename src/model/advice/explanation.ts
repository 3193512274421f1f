/** What a text with an error in it comes from, as far as it is known. */
import type { Remedy } from '../diagnosis/remedy.ts';
import type { Speaker } from './known-message.ts';

export interface Explanation {
  /** Lines of the text that was read. */
  readonly lines: number;
  /** Causes first, the most likely first of all; what only follows from one of them is in it. */
  readonly explained: readonly Explained[];
  /** Whether a cause is among them, beside warnings of what has nothing to do with it. */
  readonly known: boolean;
  /** Where no cause is known: lines that look like one, the likeliest first. */
  readonly suspects: readonly Suspect[];
}

export interface Explained {
  /** Of the known message. */
  readonly id: string;
  readonly from: Speaker;
  readonly rank: 'cause' | 'symptom' | 'consequence';
  readonly title: string;
  /** The words that were recognised, one line each. */
  readonly text: readonly string[];
  /** From 1, in the text as it was given. */
  readonly at: readonly number[];
  readonly facts: Facts;
  /** Of further messages of the same kind, those that differ. */
  readonly others: readonly { readonly facts: Facts; readonly at: number }[];
  /** How often it was said. */
  readonly count: number;
  /** What followed from it. */
  readonly followed: readonly { readonly id: string; readonly title: string; readonly count: number }[];
  /** The most likely first. */
  readonly causes: readonly ExplainedCause[];
  /** Versions of `from` that have these words; null where they are not known. */
  readonly versions: { readonly since: string | null; readonly until: string | null };
}

export interface ExplainedCause {
  readonly text: string;
  readonly confirm: string | null;
  readonly remedies: readonly Remedy[];
}

export type Facts = Readonly<Record<string, string>>;

export interface Suspect {
  readonly at: number;
  readonly text: string;
}

/** A line of a text that was pasted, without what a terminal, a quote, a journal or a CI added. */
export interface PastedLine {
  /** Of the first line that it stands in, from 1. */
  readonly at: number;
  readonly text: string;
}
