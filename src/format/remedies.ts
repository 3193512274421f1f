/** What helps against what was found: a row a kind, the gentlest first. */
import type { Found } from '../model/diagnosis/found.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';
import { ofDisk, ofVolume } from './remedies-disk.ts';
import { ofMemory } from './remedies-memory.ts';
import type { Remedies } from './remedies-of.ts';
import { ofSpace } from './remedies-space.ts';
import { ofStore } from './remedies-store.ts';
import { ofWaits } from './remedies-waits.ts';

const rows = { ...ofMemory, ...ofSpace, ...ofDisk, ...ofStore, ...ofVolume, ...ofWaits } as Remedies<Found>;

/** The gentlest first; never empty of what is not `ok`. */
export function remediesOf(found: Found): readonly Remedy[] {
  return (rows[found.kind] as (one: Found) => readonly Remedy[])(found);
}
