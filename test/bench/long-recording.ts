/** A recording of many hours of a busy machine that was made up, written by the recorder's own writer. */

import type { TrackPoint } from '../../src/model/past/track.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { RecordingFiles } from '../../src/platform/ports.ts';
import { createEncoder } from '../../src/record/encode.ts';
import { defaultLimits } from '../../src/record/limits.ts';
import { createSegmentWriter } from '../../src/record/segment-writer.ts';
import { busyMachine } from '../record/busy-machine.ts';

export interface LongRecording {
  readonly samples: number;
  readonly bytes: number;
  /** Main thread, per sample. */
  readonly encodeMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

const startMs = Date.UTC(2026, 10, 20);

export async function writeLongRecording(
  files: RecordingFiles,
  directory: string,
  hours: number,
): Promise<LongRecording> {
  const machine = busyMachine(1, startMs);
  const encoder = createEncoder();
  let sample: Sample = machine.next().value;
  const clock = { now: () => sample.timeMs, monotonic: () => sample.monotonicMs, after: () => () => {} };
  const header = { writer: 'bench', hostName: 'bench' };
  const limits = defaultLimits;
  const onOpened = () => {};
  const writer = createSegmentWriter({ files, clock, directory, header, pid: process.pid, limits, onOpened });
  let samples = 0;
  let encodeMs = 0;
  let chunkMs = Number.NEGATIVE_INFINITY;
  for (; sample.timeMs < startMs + hours * 3_600_000; sample = machine.next().value) {
    if (sample.forest !== undefined && sample.monotonicMs - chunkMs >= limits.chunkMs) {
      encoder.beginChunk();
      chunkMs = sample.monotonicMs;
    }
    const beginMs = performance.now();
    const { kind, body } = encoder.encode(sample);
    encodeMs += performance.now() - beginMs;
    const written = await writer.put({ kind, body, point: pointAt(sample) });
    if (!written.ok) throw new Error(JSON.stringify(written.problem));
    samples += 1;
  }
  await writer.close();
  const encodeEach = encodeMs / samples;
  return { samples, bytes: writer.writtenBytes, encodeMs: encodeEach, fromMs: startMs, toMs: sample.timeMs };
}

/** As large as those of ten builds. */
function pointAt({ timeMs, pressure, memory }: Sample): TrackPoint {
  const { some, full } = (pressure?.ok && pressure.value.memory.ok && pressure.value.memory.value) || {};
  const bytes = (memory?.ok && memory.value.freeBytes) || 0;
  const max = {
    memorySomePercent: some?.avg10 ?? 0,
    memoryFullPercent: full?.avg10 ?? 0,
    ioSomePercent: some?.avg60 ?? 0,
    ioFullPercent: full?.avg60 ?? 0,
    cpuSomePercent: some?.avg300 ?? 0,
    memoryUsedBytes: bytes,
    memoryTotalBytes: 64 * 2 ** 30,
    swapUsedBytes: bytes / 2,
    swapTotalBytes: 8 * 2 ** 30,
    diskAwaitMs: some?.avg10 ?? 0,
    diskUtilPercent: some?.avg60 ?? 0,
    nixResidentBytes: bytes * 2,
  };
  const builds = Array.from({ length: 8 }, (_, i) => ({
    name: `package${i}-1.${i}`,
    residentBytes: bytes + i,
  }));
  return { fromMs: timeMs, toMs: timeMs, max, builds };
}
