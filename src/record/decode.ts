/** Samples from the bodies of a chunk's `key` and `delta` records (packed.ts), decompressed. */
import type { Sample } from '../model/sample.ts';
import { isTime } from './bodies.ts';
import { formatVersion } from './format.ts';
import { readValue } from './message-pack.ts';
import { isList, isScalar, type Packed, type Plain, type PlainObject } from './packed.ts';
import { createUnpacker, listOf, Malformed, setField } from './patch.ts';

export interface Decoder {
  /** Throws a Malformed; the chunk is over then. */
  key(body: Uint8Array): Sample;
  delta(body: Uint8Array): Sample;
  /** Fields and items made so far: what a writer counts too, to keep its chunks within what is read. */
  readonly values: number;
}

export function createDecoder(): Decoder {
  const unpacker = createUnpacker();
  const last = new Map<string, Plain>();
  const names: string[] = [];

  return {
    key(body) {
      const packed = listOf(readValue(body, 'no maps') as Packed);
      if (packed[0] !== formatVersion) throw new Malformed(`format ${packed[0]}`);
      unpacker.addShapes(packed[1]);
      const sample = objectOf(unpacker.unpack(packed[2]));
      for (const [name, value] of Object.entries(sample)) {
        names.push(name);
        last.set(name, value);
      }
      return asSample(sample);
    },
    delta(body) {
      const packed = listOf(readValue(body, 'no maps') as Packed);
      unpacker.addShapes(packed[0]);
      for (const name of listOf(packed[1])) names.push(textOf(name));
      const present = listOf(packed[2]).map((part) => textOf(typeof part === 'number' ? names[part] : null));
      for (let i = 3; i < packed.length; i += 2) {
        const name = textOf(present[Number(packed[i])]);
        last.set(name, unpacker.patch(last.get(name), packed[i + 1]));
      }
      const sample: Record<string, Plain> = {};
      for (const name of present) {
        const value = last.get(name);
        if (value === undefined) throw new Malformed('a part without a reading');
        setField(sample, name, value);
      }
      return asSample(sample);
    },
    get values() {
      return unpacker.values;
    },
  };
}

function objectOf(value: Plain): PlainObject {
  if (isScalar(value) || isList(value)) throw new Malformed('an object is missing');
  return value;
}

function textOf(value: Packed | undefined): string {
  if (typeof value !== 'string') throw new Malformed('a name is missing');
  return value;
}

/** Its parts are as the writer saw them; that much of it everyone relies on. */
function asSample(plain: PlainObject): Sample {
  if (plain['version'] !== 1 || !isTime(plain['timeMs']) || !Number.isFinite(plain['monotonicMs'])) {
    throw new Malformed('no sample');
  }
  return plain as unknown as Sample;
}
