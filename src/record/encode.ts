/** Samples to the bodies of `key` and `delta` records (packed.ts), before compression. */
import { Encoder as MessagePack } from '@msgpack/msgpack';
import type { Sample } from '../model/sample.ts';
import type { Part } from '../model/source-table.ts';
import { diff } from './diff.ts';
import { formatVersion } from './format.ts';
import { createPacker, fieldsOf } from './pack.ts';
import { changes as changeKinds, type Packed, type Plain, type PlainObject } from './packed.ts';

export interface EncodedSample {
  readonly kind: 'key' | 'delta';
  /** MessagePack, not yet compressed. */
  readonly body: Uint8Array;
  /** Fields and items that a reader has made of the chunk by then. */
  readonly chunkValues: number;
}

export interface Encoder {
  /**
   * The difference from the sample encoded before. A sample that is dropped must be dropped before this;
   * after one that was encoded and lost a chunk has to begin.
   */
  encode(sample: Sample): EncodedSample;
  /** The next sample is a whole one. */
  beginChunk(): void;
}

/** What came since the Sample before has nothing in common with it: written whole it is 6 % shorter, in half the time. */
const neverAlike: ReadonlySet<string> = new Set<Part>(['logs']);

export function createEncoder(): Encoder {
  const messagePack = new MessagePack();
  /** Last readings in this chunk, and the numbers of their parts. */
  const last = new Map<string, Plain>();
  const parts = new Map<string, number>();
  let packer = createPacker();
  let begins = true;

  function key(sample: PlainObject): Packed {
    packer = createPacker();
    last.clear();
    parts.clear();
    for (const name of fieldsOf(sample)) parts.set(name, parts.size);
    const packed = packer.pack(sample);
    return [formatVersion, packer.takeShapes(), packed];
  }

  function delta(sample: PlainObject): Packed {
    const present: number[] = [];
    const added: string[] = [];
    const changes: Packed[] = [];
    for (const name of fieldsOf(sample)) {
      let part = parts.get(name);
      if (part === undefined) {
        part = parts.size;
        parts.set(name, part);
        added.push(name);
      }
      const value = sample[name] as Plain;
      const change = neverAlike.has(name)
        ? [changeKinds.replaced, packer.pack(value)]
        : diff(last.get(name), value, packer);
      if (change !== undefined) changes.push(present.length, change);
      present.push(part);
    }
    return [packer.takeShapes(), added, present, ...changes];
  }

  return {
    encode(sample) {
      const plain = sample as unknown as PlainObject;
      const kind = begins ? 'key' : 'delta';
      // Should it throw, the next one does not build on a half of it.
      const wasBeginning = begins;
      begins = true;
      const body = messagePack.encode(wasBeginning ? key(plain) : delta(plain));
      begins = false;
      for (const name of fieldsOf(plain)) last.set(name, plain[name] as Plain);
      return { kind, body, chunkValues: packer.values };
    },
    beginChunk() {
      begins = true;
    },
  };
}
