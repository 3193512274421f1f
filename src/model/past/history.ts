/** The last minutes of the series that are drawn as sparklines. */
import type { Model, PressureLine } from '../model.ts';

/** Points kept per series: at two ticks a second one minute. */
export const historyLength = 120;

/** Percent per tick, oldest first; NaN where a tick had no value. */
export interface History {
  readonly memorySome: readonly number[];
  readonly memoryFull: readonly number[];
  readonly ioSome: readonly number[];
  readonly ioFull: readonly number[];
  readonly cpuSome: readonly number[];
}

export const emptyHistory: History = {
  memorySome: [],
  memoryFull: [],
  ioSome: [],
  ioFull: [],
  cpuSome: [],
};

/** One point a tick in which pressure was read; otherwise the same object. */
export function extendHistory(history: History, model: Model, before: Model | null): History {
  if (before !== null && before.readAtMs.pressure === model.readAtMs.pressure) return history;
  const { memory, io, cpu } = model.pressure;
  return {
    memorySome: push(history.memorySome, memory.some),
    memoryFull: push(history.memoryFull, memory.full),
    ioSome: push(history.ioSome, io.some),
    ioFull: push(history.ioFull, io.full),
    cpuSome: push(history.cpuSome, cpu.some),
  };
}

function push(series: readonly number[], line: PressureLine | null): readonly number[] {
  const next = series.slice(series.length >= historyLength ? 1 : 0);
  next.push(line?.tickPercent ?? Number.NaN);
  return next;
}
