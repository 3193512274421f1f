/** By which settings a watched command is guarded: the files', its limits, and what they are in one line. */
import { listText } from '../../base/plural.ts';
import { evidenceValue } from '../../format/evidence.ts';
import { controlledSettings, type GuardLimits, limitTable } from '../../guard/limits.ts';
import type { GuardSettings } from '../../guard/settings.ts';
import type { Given } from '../mode.ts';
import { complaintLines, readSettings } from '../settings.ts';

export type GuardedBy =
  | { readonly ok: true; readonly settings: GuardSettings }
  /** What is not understood is not acted by: one line each. */
  | { readonly ok: false; readonly lines: readonly string[] };

export async function guardedBy(given: Given): Promise<GuardedBy> {
  const { invocation, ports } = given;
  const read = await readSettings(given);
  if (read.complaints.length > 0) return { ok: false, lines: complaintLines(read) };
  const settings = controlledSettings(read.settings.guard, invocation.limit);
  const onlyTells = invocation.readOnly || !ports.files.live;
  return { ok: true, settings: onlyTells ? { ...settings, dryRun: true } : settings };
}

/** `memory-delta 10 GB, io.await 1000 ms`; what has none is guarded by the usual rules. */
export function limitsText(limits: GuardLimits): string {
  const texts = Object.entries(limits).map(([name, value]) => {
    const unit = limitTable.get(name)?.unit ?? 'none';
    return `${name.replace(/\.limit$/, '')} ${evidenceValue({ value, unit })}`;
  });
  return texts.length === 0 ? 'the usual rules' : `${listText(texts, 9)}, and the usual rules`;
}
