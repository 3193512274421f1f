/** The places of a recorded Sample's storage, read: rules look at them as they are, and a file may hold anything. */
import { isFields } from '../base/fields.ts';
import { flag, listOf, number, object, orNull, type Reader, text } from '../base/reader.ts';
import type { BootPlace, BuildSize, PlacesRaw, UpperLayer } from '../model/machine/places.ts';
import type { Sample } from '../model/sample.ts';

const mostRows = 1000;
const numberOrNull = orNull(number);

const readKept: Reader<Omit<PlacesRaw, 'buildSizes'>> = object({
  buildDirectory: orNull(text),
  minFreeBytes: numberOrNull,
  upperLayers: listOf(
    object<UpperLayer>({ mountPoint: text, upperMountPoint: text, upperType: text }),
    mostRows,
  ),
  boot: orNull(
    object<BootPlace>({
      mountPoint: text,
      type: text,
      totalBytes: numberOrNull,
      availableBytes: numberOrNull,
      pairBytes: numberOrNull,
      staleEntries: numberOrNull,
    }),
  ),
});
const readSizes = listOf(
  object<BuildSize>({ path: text, uid: numberOrNull, bytes: number, whole: flag }),
  mostRows,
);

/** Places that are none are left out, and the rest of the storage is as it was. */
export function withReadPlaces(storage: Sample['storage']): Sample['storage'] {
  const reading: unknown = storage;
  if (!isFields(reading) || !isFields(reading['value'])) return storage;
  const { places, ...rest } = reading['value'];
  if (places === undefined) return storage;
  const kept = readKept(places);
  const sizes = isFields(places) ? readSizes(places['buildSizes']) : undefined;
  const read = kept && { ...kept, ...(sizes && { buildSizes: sizes }) };
  return { ...reading, value: { ...rest, ...(read && { places: read }) } } as unknown as Sample['storage'];
}
