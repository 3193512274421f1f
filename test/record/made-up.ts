/** Samples and points for a writer in another process and for whoever checks what it wrote. */

import type { TrackPoint } from '../../src/model/past/track.ts';
import type { Sample } from '../../src/model/sample.ts';
import { busyMachine } from './busy-machine.ts';

const startMs = 1_000_000;

export function samplesOf(seed: number): Generator<Sample, never> {
  return busyMachine(seed, startMs);
}

export function trackPointAt(timeMs: number): TrackPoint {
  return { fromMs: timeMs, toMs: timeMs, max: {}, builds: [] };
}
