/** One chunk's zstd stream: bodies go in one by one, each comes out as what a reader needs to have it back. */
import { constants, createZstdCompress } from 'node:zlib';

export interface ChunkStream {
  /** Compressed on a pool thread; one at a time, in order. */
  next(body: Uint8Array): Promise<Uint8Array>;
  /** The stream is not ended: a chunk may be cut off after any of its records. */
  close(): void;
}

/**
 * Measured on ten builds with 200 processes: records are a few hundred bytes that resemble each other, and a lazy
 * search of chains takes 45 us a sample for them. btultra takes 170 us to make 6 % less of them; level 3 as it is takes
 * 30 us, and makes 14 % more.
 */
const options = {
  /** Each body comes out at once, with one journey to the pool instead of two. */
  flush: constants.ZSTD_e_flush,
  params: {
    [constants.ZSTD_c_compressionLevel]: 6,
    [constants.ZSTD_c_strategy]: constants.ZSTD_lazy2,
    [constants.ZSTD_c_minMatch]: 4,
    [constants.ZSTD_c_searchLog]: 5,
    /** 512 KiB: a chunk as it is mostly, and what both ends keep in memory. */
    [constants.ZSTD_c_windowLog]: 19,
    /** Tables for the search, together 384 KiB. */
    [constants.ZSTD_c_hashLog]: 15,
    [constants.ZSTD_c_chainLog]: 16,
  },
};

export function createChunkStream(): ChunkStream {
  const stream = createZstdCompress(options);
  let pieces: Uint8Array[] = [];
  stream.on('data', (piece: Uint8Array) => pieces.push(piece));
  return {
    next: (body) =>
      new Promise((resolve, reject) => {
        stream.once('error', reject);
        stream.write(body, () => {
          stream.off('error', reject);
          // What was not handed on yet comes with this.
          stream.read();
          const taken = pieces;
          pieces = [];
          resolve(taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken));
        });
      }),
    close: () => void stream.destroy(),
  };
}
