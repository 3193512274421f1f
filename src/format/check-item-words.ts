/** The shape of a row of words for one kind of item. */
import type { Remedy } from '../model/diagnosis/remedy.ts';

export interface ItemWords<Found> {
  readonly title: string;
  /** One clause: what was seen, with its numbers. */
  readonly text: (found: Found) => string;
  /** Of what is not ok, the gentlest first. */
  readonly remedies: (found: Found) => readonly Remedy[];
  /** Issues of the deployment guide that it looks for, by their headings. */
  readonly guide?: readonly string[];
}

export type WordsOf<Kinds extends { readonly kind: string }> = {
  readonly [Kind in Kinds['kind']]: ItemWords<Extract<Kinds, { readonly kind: Kind }>>;
};
