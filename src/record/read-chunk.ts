/** One chunk of a segment, read, checked, decompressed and decoded. */
import { constants, zstdDecompress } from 'node:zlib';
import { joinBytes } from '../base/join-bytes.ts';
import type { Sample } from '../model/sample.ts';
import type { ReadableFile } from '../platform/ports.ts';
import { createDecoder } from './decode.ts';
import { recordKinds } from './format.ts';
import { endOfValue } from './message-pack.ts';
import { Malformed } from './patch.ts';
import type { Damage } from './recording.ts';
import { scanFrom } from './scan.ts';
import { scanFile } from './scan-file.ts';

/** A chunk of ten builds is 35 KiB, unpacked 300 KiB; a writer ends one at 16 MiB unpacked. */
const longestCompressedBytes = 32 << 20;
export const longestBytes = 64 << 20;
/** What is asked of memory before the first byte is out. */
const largestWindowLog = 23;

export interface ChunkRead {
  /** Up to the first that is damaged. */
  readonly samples: readonly Sample[];
  readonly damage: readonly Omit<Damage, 'file'>[];
}

interface Part {
  readonly kind: number;
  readonly offset: number;
  readonly bytes: number;
  readonly body: Uint8Array;
}

/** `offset`: of its key record. */
export async function readChunk(file: ReadableFile, offset: number, sizeBytes: number): Promise<ChunkRead> {
  const { parts, damage } = await partsOf(file, offset, sizeBytes);
  const [first] = parts;
  if (first === undefined) return { samples: [], damage };
  const lost = (from: Part, what: string) => {
    const end = parts.at(-1) ?? from;
    return { offset: from.offset, bytes: end.offset + end.bytes - from.offset, what };
  };
  const bytes = await decompress(parts.map(({ body }) => body));
  if (typeof bytes === 'string') return { samples: [], damage: [...damage, lost(first, bytes)] };
  const samples: Sample[] = [];
  const decoder = createDecoder();
  let at = 0;
  for (const part of parts) {
    try {
      const end = endOfValue(bytes, at, 'no maps');
      const body = bytes.subarray(at, end);
      samples.push(part.kind === recordKinds.key ? decoder.key(body) : decoder.delta(body));
      at = end;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return { samples, damage: [...damage, lost(part, error.message)] };
    }
  }
  return { samples, damage };
}

async function partsOf(file: ReadableFile, offset: number, sizeBytes: number) {
  const parts: Part[] = [];
  const damage: Omit<Damage, 'file'>[] = [];
  let compressedBytes = 0;
  for await (const scanned of scanFile(file, scanFrom(offset), sizeBytes)) {
    if (scanned.what === 'damage') {
      damage.push({ offset: scanned.offset, bytes: scanned.bytes, what: scanned.why });
      continue;
    }
    const { kind } = scanned;
    const begins = kind === recordKinds.key;
    if (begins ? parts.length > 0 : parts.length === 0) break;
    if (parts.length === 0 && scanned.offset !== offset) break;
    if (kind === recordKinds.chunk || kind === recordKinds.index) break;
    if (!begins && kind !== recordKinds.delta) continue;
    parts.push(scanned);
    compressedBytes += scanned.body.length;
    if (compressedBytes <= longestCompressedBytes) continue;
    damage.push({ offset, bytes: scanned.offset - offset, what: 'too long for a chunk' });
    return { parts: [], damage };
  }
  if (parts.length === 0 && damage.length === 0) {
    damage.push({ offset, bytes: 0, what: 'no chunk begins where the index says' });
  }
  return { parts, damage };
}

/** What of it is there, or why not. */
function decompress(bodies: readonly Uint8Array[]): Promise<Uint8Array | string> {
  const options = {
    // Chunks are cut off, not ended.
    finishFlush: constants.ZSTD_e_continue,
    maxOutputLength: longestBytes,
    params: { [constants.ZSTD_d_windowLogMax]: largestWindowLog },
  };
  return new Promise((resolve) => {
    zstdDecompress(joinBytes(bodies), options, (error, bytes) => {
      resolve(error === null ? bytes : `does not decompress (${error.message})`);
    });
  });
}
