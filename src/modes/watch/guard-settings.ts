/** By which settings a watched command is guarded: the files', its limits, and what they are in one line. */
import { exactBytes, exactLength } from '../../base/amount.ts';
import { controlledSettings, type GuardLimits, limitNames, limitTable } from '../../guard/limits.ts';
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

/** `memory-delta 10G, await 1 s, time 30 min, and the usual rules`. */
export function limitsText(limits: GuardLimits): string {
  const texts = Object.entries(limits).map(
    ([name, value]) => `${shortName(name)} ${amountText(name, value)}`,
  );
  return texts.length === 0 ? 'the usual rules' : `${texts.join(', ')}, and the usual rules`;
}

/** As people type it. */
function shortName(name: string): string {
  const limit = limitTable.get(name);
  const same = (one: string) => {
    const other = limitTable.get(one);
    return other?.rule === limit?.rule && other?.number === limit?.number;
  };
  return limitNames.find(same) ?? name;
}

function amountText(name: string, value: number): string {
  const unit = limitTable.get(name)?.unit;
  if (unit === 'bytes') return exactBytes(value);
  if (unit === 's' || unit === 'ms') return exactLength(unit === 's' ? value * 1000 : value);
  return unit === 'percent' ? `${value}%` : `${value}`;
}
