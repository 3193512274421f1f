/** Recordings in memory: samples in chunks, with their events; loads are counted, and can be held up or fail. */
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { Damage, RecordedChunk, Recording } from '../../src/record/recording.ts';

export interface FakeRecording extends Recording {
  chunks: readonly RecordedChunk[];
  events: readonly RecordedEvent[];
  /** How often each chunk was decoded, in order. */
  readonly loads: number[];
  /** What refresh() finds. */
  grown: { readonly chunks: readonly RecordedChunk[]; readonly events?: readonly RecordedEvent[] } | null;
}

export function createFakeRecording(
  chunks: readonly RecordedChunk[],
  events: readonly RecordedEvent[] = [],
  damage: readonly Damage[] = [],
): FakeRecording {
  const loads: number[] = [];
  return {
    chunks: chunks.map((chunk, index) => ({
      ...chunk,
      load() {
        loads.push(index);
        return chunk.load();
      },
    })),
    events,
    damage,
    title: 'fake.nixpulse',
    loads,
    grown: null,
    async refresh() {
      if (this.grown === null) return;
      this.chunks = this.grown.chunks;
      this.events = this.grown.events ?? this.events;
      this.grown = null;
    },
  };
}

export function chunkOf(samples: readonly Sample[], writer = 'one', point = {}): RecordedChunk {
  const times = samples.map(({ timeMs }) => timeMs);
  return {
    writer,
    point: { fromMs: Math.min(...times), toMs: Math.max(...times), max: {}, builds: [], ...point },
    load: async () => samples,
  };
}

/** In chunks of so many samples. */
export function chunksOf(samples: readonly Sample[], size: number, writer = 'one'): RecordedChunk[] {
  const chunks: RecordedChunk[] = [];
  for (let from = 0; from < samples.length; from += size) {
    chunks.push(chunkOf(samples.slice(from, from + size), writer));
  }
  return chunks;
}
