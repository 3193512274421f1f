/** A sentence for each kind of what was found. */
export type FoundWords<Kinds extends { readonly kind: string }> = {
  readonly [Kind in Kinds['kind']]: (one: Extract<Kinds, { readonly kind: Kind }>) => string;
};
