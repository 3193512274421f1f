/** What a recorded Sample leads to: a file may hold anything that is well-formed. */
import { type Derived, derive } from '../model/derive.ts';
import type { Sample } from '../model/sample.ts';

/** Of a Sample that nothing can be derived from only the times count. */
export function deriveRecorded(sample: Sample, before: Derived | null): Derived {
  try {
    return derive(sample, before);
  } catch {
    const { version, timeMs, monotonicMs } = sample;
    return derive({ version, timeMs, monotonicMs }, null);
  }
}
