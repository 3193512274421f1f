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
  const { invocation } = given;
  const read = await readSettings(given);
  if (read.complaints.length > 0) return { ok: false, lines: complaintLines(read) };
  const settings = controlledSettings(read.settings.guard, invocation.limit);
  return { ok: true, settings: onlyTells(given) ? { ...settings, dryRun: true } : settings };
}

/** Where nothing may be done, or what is looked at is not this machine. */
export function onlyTells({ invocation, ports }: Pick<Given, 'invocation' | 'ports'>): boolean {
  return invocation.readOnly || !ports.files.live;
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
