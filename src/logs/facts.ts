/**
 * What was read beside the streams, packed for a recording: each path once, and rows of their places. A derivation's
 * inputs name a large rebuild's paths ten times over.
 */
import { isFields } from '../base/fields.ts';
import { listOf, number, orNull, text } from '../base/reader.ts';
import type { DerivationRaw } from '../model/rebuild/derivation.ts';
import { bounds } from './bounds.ts';
import { texts } from './read-events.ts';

/** Of derivations and their inputs together: 0.5 MB. The newest are kept. */
const mostPlaces = 100_000;

export function packFacts(derivations: ReadonlyMap<string, DerivationRaw>): unknown {
  const places = new Map<string, number>();
  const placeOf = (path: string) => {
    const known = places.get(path);
    if (known !== undefined) return known;
    places.set(path, places.size);
    return places.size - 1;
  };
  const rows: unknown[] = [];
  let left = mostPlaces;
  for (const { drv, inputs, pname, system } of [...derivations.values()].reverse()) {
    left -= 1 + inputs.length;
    if (left < 0) break;
    rows.push([placeOf(drv), pname, system, ...inputs.map(placeOf)]);
  }
  return { paths: [...places.keys()], derivations: rows.reverse() };
}

export function unpackFacts(packed: unknown): readonly DerivationRaw[] {
  if (!isFields(packed)) return [];
  const paths = texts(packed['paths']) ?? [];
  const read = listOf<DerivationRaw>((row) => {
    if (!Array.isArray(row)) return undefined;
    const [at, pname, system, ...inputs] = row;
    const pathAt = (place: unknown) => paths[number(place) ?? -1];
    const drv = pathAt(at);
    const [packageName, platform] = [orNull(text)(pname), orNull(text)(system)];
    if (drv === undefined || packageName === undefined || platform === undefined) return undefined;
    return {
      drv,
      inputs: inputs.flatMap((place) => pathAt(place) ?? []),
      pname: packageName,
      system: platform,
    };
  }, bounds.planned);
  return read(packed['derivations']) ?? [];
}
