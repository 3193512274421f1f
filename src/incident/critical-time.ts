/** From when to when something was critical, for how long together, and when neither memory nor a disk was short any more. */
import { isWorthALine } from '../model/diagnosis/worth-a-line.ts';
import type { Clock, CriticalSpan } from '../model/incident/incident.ts';
import type { Model, Shortage } from '../model/model.ts';
import { isPast } from './suspects.ts';

export interface CriticalTime {
  look(model: Model): void;
  /** Somebody was killed: critical for a moment, if it is not for longer. Unix ms. */
  touch(timeMs: number): void;
  /** Null: never. */
  span(): CriticalSpan | null;
  /** Last moment of it, Unix ms; null: never. */
  lastMs(): number | null;
  /** Null: it was not well since. */
  calmMs(): number | null;
  /** What was known of all hypotheses at its last moment; null: nothing lasted. */
  known(): { readonly hypotheses: Model['hypotheses']; readonly clock: Clock } | null;
}

export function createCriticalTime(): CriticalTime {
  let fromMs: number | null = null;
  let toMs: number | null = null;
  let lastMs = 0;
  let lengthSec = 0;
  let shortages: readonly Shortage['resource'][] = [];
  /** Of the spell that goes on; clocks may be set meanwhile. */
  let spell: { readonly sinceMonotonicMs: number; lastMonotonicMs: number } | null = null;
  let calmMs: number | null = null;
  let known: ReturnType<CriticalTime['known']> = null;

  function end(timeMs: number, monotonicMs: number): void {
    if (spell === null) return;
    // Of another boot its own last moment counts.
    const endMs = Math.max(monotonicMs, spell.lastMonotonicMs);
    lengthSec += (endMs - spell.sinceMonotonicMs) / 1000;
    spell = null;
    toMs = timeMs;
  }

  return {
    look({ timeMs, monotonicMs, shortages: short, findings, hypotheses }) {
      const now = short
        .filter(({ resource, level }) => resource !== 'cpu' && level === 'critical')
        .map(({ resource }) => resource);
      const finding = findings.some((one) => one.level === 'critical' && isWorthALine(one) && !isPast(one));
      if (now.length === 0 && !finding) {
        end(timeMs, monotonicMs);
        const isShort = short.some(({ resource }) => resource === 'memory' || resource === 'io');
        if (fromMs !== null && !isShort) calmMs ??= timeMs;
        return;
      }
      if (spell !== null && monotonicMs < spell.lastMonotonicMs) end(timeMs, monotonicMs);
      fromMs ??= timeMs;
      spell ??= { sinceMonotonicMs: monotonicMs, lastMonotonicMs: monotonicMs };
      spell.lastMonotonicMs = monotonicMs;
      lastMs = timeMs;
      calmMs = null;
      known = { hypotheses, clock: { timeMs, monotonicMs } };
      if (now.some((resource) => !shortages.includes(resource)))
        shortages = [...new Set([...shortages, ...now])];
    },
    touch(timeMs) {
      fromMs ??= timeMs;
      if (spell === null) toMs = Math.max(toMs ?? timeMs, timeMs);
      lastMs = Math.max(lastMs, timeMs);
      calmMs = null;
    },
    span() {
      if (fromMs === null) return null;
      const open = spell === null ? 0 : (spell.lastMonotonicMs - spell.sinceMonotonicMs) / 1000;
      return { fromMs, toMs: spell === null ? toMs : null, lengthSec: lengthSec + open, shortages };
    },
    lastMs: () => (fromMs === null ? null : lastMs),
    calmMs: () => calmMs,
    known: () => known,
  };
}
