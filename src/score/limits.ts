/** By which numbers a rebuild is scored: one row a criterion that has one. */
import type { Unit } from '../model/fields/field.ts';

export interface ScoreLimit {
  readonly value: number;
  readonly unit: Extract<Unit, 's' | 'percent' | 'ms'>;
  readonly help: string;
}

export const scoreLimitTable = {
  time: {
    value: 600,
    unit: 's',
    help: 'In which it is to be done; where what it builds usually takes longer, so long.',
  },
  memory: { value: 50, unit: 'percent', help: 'Of the machine’s memory, in use at the most.' },
  await: {
    value: 100,
    unit: 'ms',
    help: 'For which a request to a disk waits, in the mean of the worst ten seconds.',
  },
  cpu: { value: 80, unit: 'percent', help: 'Of all CPUs, in the mean over the whole of it.' },
} as const satisfies Readonly<Record<string, ScoreLimit>>;

export type ScoreLimits = Readonly<Record<keyof typeof scoreLimitTable, number>>;

export const defaultScoreLimits: ScoreLimits = {
  time: scoreLimitTable.time.value,
  memory: scoreLimitTable.memory.value,
  await: scoreLimitTable.await.value,
  cpu: scoreLimitTable.cpu.value,
};
