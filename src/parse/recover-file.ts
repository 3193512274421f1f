/** The text of recover/<procedure>.json: how far a procedure has come. */
import { isFields, parseJsonObject } from '../base/fields.ts';
import type { ProcessIdentity } from '../base/identity.ts';
import { isIdentity } from './change-file.ts';

export const stepMarks = ['begun', 'done', 'left'] as const;

export interface StepMark {
  readonly id: string;
  /** `left`: it was not wanted. */
  readonly mark: (typeof stepMarks)[number];
  /** Unix ms. */
  readonly atMs: number;
}

export interface ProcedureProgress {
  readonly version: 1;
  /** Unix ms. */
  readonly startedAtMs: number;
  /** Who carries it out: while that process lives nobody else does. */
  readonly by: ProcessIdentity;
  readonly steps: readonly StepMark[];
  readonly notes: Readonly<Record<string, string>>;
}

/** Null where it is none, or one of a newer version. */
export function parseProgress(text: string): ProcedureProgress | null {
  const fields = parseJsonObject(text);
  if (fields === null || fields['version'] !== 1) return null;
  const { startedAtMs, by, steps, notes } = fields;
  if (typeof startedAtMs !== 'number' || !isIdentity(by) || !Array.isArray(steps) || !isFields(notes))
    return null;
  return {
    version: 1,
    startedAtMs,
    by,
    steps: steps.filter(isStepMark),
    notes: Object.fromEntries(
      Object.entries(notes).filter((note): note is [string, string] => typeof note[1] === 'string'),
    ),
  };
}

function isStepMark(value: unknown): value is StepMark {
  if (!isFields(value)) return false;
  const { id, mark, atMs } = value;
  return typeof id === 'string' && stepMarks.some((one) => one === mark) && typeof atMs === 'number';
}
