/**
 * MessagePack from somebody who may not be trusted: what it claims is checked against the bytes that are
 * there before anything is made of it.
 */
import { decode } from '@msgpack/msgpack';
import { viewOf } from './frame.ts';
import { Malformed } from './patch.ts';

const deepest = 256;

/**
 * Offset after the value that begins at `offset`. Throws a Malformed unless all of it is there. Samples are
 * packed without maps, and none is let through to where only lists and scalars are expected.
 */
export function endOfValue(bytes: Uint8Array, offset: number, maps: 'maps' | 'no maps'): number {
  const view = viewOf(bytes);
  /** Values still to come, by level: an array or a map is over when its own have come. */
  const open: number[] = [];
  let at = offset;
  let left = 1;
  for (;;) {
    while (left === 0) {
      const outer = open.pop();
      if (outer === undefined) return at;
      left = outer;
    }
    left -= 1;
    if (maps === 'no maps' && isMap(view, at)) throw new Malformed('a map');
    const head = headAt(view, at);
    at += head.bytes;
    if (at > bytes.length || head.values > bytes.length - at) throw new Malformed('cut off');
    if (head.values === 0) continue;
    if (open.length === deepest) throw new Malformed('nested too deep');
    open.push(left);
    left = head.values;
  }
}

/** The one value that the bytes are. */
export function readValue(bytes: Uint8Array, maps: 'maps' | 'no maps'): unknown {
  if (endOfValue(bytes, 0, maps) !== bytes.length) throw new Malformed('bytes left over');
  try {
    return decode(bytes);
  } catch (error) {
    throw new Malformed(error instanceof Error ? error.message : String(error));
  }
}

function isMap(view: DataView, at: number): boolean {
  const byte = at < view.byteLength ? view.getUint8(at) : 0;
  return (byte >= 0x80 && byte < 0x90) || byte === 0xde || byte === 0xdf;
}

interface Head {
  /** Of the value without those inside it. */
  readonly bytes: number;
  /** Values inside. */
  readonly values: number;
}

/** https://github.com/msgpack/msgpack/blob/master/spec.md. Neither binary nor extension: we write none. */
function headAt(view: DataView, at: number): Head {
  if (at >= view.byteLength) throw new Malformed('cut off');
  const byte = view.getUint8(at);
  if (byte < 0x80 || byte >= 0xe0) return { bytes: 1, values: 0 };
  if (byte < 0x90) return { bytes: 1, values: 2 * (byte & 15) };
  if (byte < 0xa0) return { bytes: 1, values: byte & 15 };
  if (byte < 0xc0) return { bytes: 1 + (byte & 31), values: 0 };
  if (byte === 0xc0 || byte === 0xc2 || byte === 0xc3) return { bytes: 1, values: 0 };
  // Floats and integers of 8 to 64 bits.
  if (byte >= 0xca && byte < 0xd4) return { bytes: 1 + 2 ** (byte & 3), values: 0 };
  // str 8, 16, 32; array 16, 32; map 16, 32.
  const width = [1, 2, 4, 2, 4, 2, 4][byte - 0xd9];
  if (width === undefined) throw new Malformed('a type that is not in use');
  if (at + 1 + width > view.byteLength) throw new Malformed('cut off');
  const length =
    width === 1 ? view.getUint8(at + 1) : width === 2 ? view.getUint16(at + 1) : view.getUint32(at + 1);
  if (byte <= 0xdb) return { bytes: 1 + width + length, values: 0 };
  return { bytes: 1 + width, values: byte <= 0xdd ? length : 2 * length };
}
