/**
 * Two neighbouring samples become a Model. Pure: the same samples give the same model, live or replayed.
 * What must be remembered between ticks (last raw readings, growth, since when) travels in `carry`.
 */
import type { Model } from './model.ts';
import type { Sample } from './sample.ts';

export interface Derived {
  readonly model: Model;
  readonly carry: Carry;
}

/** Opaque to everyone but the derive functions. */
export interface Carry {
  readonly last: Sample;
}

export declare function derive(sample: Sample, before: Derived | null): Derived;
