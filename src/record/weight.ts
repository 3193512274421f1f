/** How much a plain value is, roughly in bytes: eight for each value in it, and its text. */
import { isFields } from '../base/fields.ts';

/** Looks no further once it is more than `most`. */
export function weightOf(value: unknown, most: number): number {
  if (typeof value === 'string') return 8 + value.length;
  let weight = 8;
  if (Array.isArray(value)) {
    for (const item of value) {
      weight += weightOf(item, most - weight);
      if (weight > most) break;
    }
  } else if (isFields(value)) {
    for (const name in value) {
      weight += weightOf(value[name], most - weight);
      if (weight > most) break;
    }
  }
  return weight;
}
