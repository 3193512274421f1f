/** What could not be read, part by part: a part's problems stay until it is read again. */

import type { Problem } from '../../base/problem.ts';
import type { PressureRaw, Sample, StorageRaw } from '../sample.ts';
import { type Part, parts } from '../source-table.ts';

export type PartProblems = Readonly<Partial<Record<Part, readonly Problem[]>>>;

export function partProblems(
  sample: Sample,
  ofForest: readonly Problem[] | null,
  before: PartProblems,
): PartProblems {
  const now: Partial<Record<Part, readonly Problem[]>> = { ...before };
  for (const part of parts) {
    const reading = sample[part];
    if (reading !== undefined) now[part] = reading.ok ? [] : [reading.problem];
  }
  const { pressure, storage, forest } = sample;
  if (pressure?.ok) now.pressure = ofPressure(pressure.value);
  if (storage?.ok) now.storage = ofStorage(storage.value);
  if (forest !== undefined) {
    const own = forest.ok ? (forest.value.problems ?? []) : [];
    now.forest = [...(ofForest ?? []), ...own];
  }
  return now;
}

/** One for all where the cause is the same (PSI off); a kernel without irq accounting is no problem. */
function ofPressure(raw: PressureRaw): readonly Problem[] {
  const problems: Problem[] = [];
  for (const result of [raw.memory, raw.io, raw.cpu]) {
    if (result.ok) continue;
    const { kind, cause } = result.problem;
    if (!problems.some((one) => one.kind === kind && one.cause === cause)) problems.push(result.problem);
  }
  return problems;
}

function ofStorage(raw: StorageRaw): readonly Problem[] {
  return raw.filesystems.flatMap(({ space }) =>
    space.ok || space.problem.kind === 'unsupported' ? [] : [space.problem],
  );
}

export function sameProblems(a: readonly Problem[], b: readonly Problem[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((problem, i) => {
    const other = b[i];
    return problem.kind === other?.kind && problem.where === other.where && problem.cause === other.cause;
  });
}
