/** Samples to the bodies of `key` and `delta` records, before compression. */
import { encode } from '@msgpack/msgpack';
import type { Sample } from '../model/sample.ts';

export interface EncodedSample {
  readonly kind: 'key' | 'delta';
  /** MessagePack, not yet compressed. */
  readonly body: Uint8Array;
}

export interface Encoder {
  /**
   * The difference from the sample encoded before. A sample that is dropped must be dropped before this;
   * one that is lost after it breaks its chunk: begin a new one.
   */
  encode(sample: Sample): EncodedSample;
  /** The next sample is a whole one. */
  beginChunk(): void;
}

export function createEncoder(): Encoder {
  let begins = true;
  return {
    encode(sample) {
      const kind = begins ? 'key' : 'delta';
      begins = false;
      return { kind, body: encode(sample, { ignoreUndefined: true }) };
    },
    beginChunk() {
      begins = true;
    },
  };
}
