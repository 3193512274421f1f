/** Ways out for each kind of what was found, the gentlest first. */
import type { Remedy } from '../model/diagnosis/remedy.ts';

export type Remedies<Kinds extends { readonly kind: string }> = {
  readonly [Kind in Kinds['kind']]: (one: Extract<Kinds, { readonly kind: Kind }>) => readonly Remedy[];
};
