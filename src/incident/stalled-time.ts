/** Time in which nobody who wanted to run could: the `full` line of PSI, added up (Documentation/accounting/psi.rst). */
import type { Incident } from '../model/incident/incident.ts';
import type { Model } from '../model/model.ts';

export interface StalledTime {
  look(model: Model, before: Model | null): void;
  /** Null: the kernel does not tell. */
  sec(): Incident['impact']['stalledSec'];
}

export function createStalledTime(): StalledTime {
  let memory: number | null = null;
  let io: number | null = null;
  return {
    look(model, before) {
      const atMs = model.readAtMs.pressure;
      const beforeMs = before?.readAtMs.pressure;
      if (atMs === undefined || beforeMs === undefined || atMs <= beforeMs) return;
      const sec = (atMs - beforeMs) / 1000;
      // The share is of all the time since the reading before, also over a hole.
      memory = add(memory, model.pressure.memory.full?.tickPercent, sec);
      io = add(io, model.pressure.io.full?.tickPercent, sec);
    },
    sec: () => ({ memory, io }),
  };
}

function add(sum: number | null, percent: number | null | undefined, sec: number): number | null {
  return percent == null ? sum : (sum ?? 0) + (percent / 100) * sec;
}
