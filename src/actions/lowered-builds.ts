/** What was before builds were lowered or limited (`<state>/lowered.json`): put back on exit, or by who starts next. */
import { type ProcessIdentity, sameProcess } from '../base/identity.ts';
import type { BuildTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { ForestRaw } from '../model/sample.ts';
import { type LoweredBuild, parseLowered } from '../parse/lowered-file.ts';
import type { RegistryContext } from './change-registry.ts';
import { createChangeRegistry } from './change-registry.ts';

export const loweredBuilds = createChangeRegistry<LoweredBuild>('lowered.json', parseLowered);

export type Before = Pick<LoweredBuild, 'threads' | 'sessions' | 'cgroups' | 'units'>;

export const nothingBefore: Before = { threads: [], sessions: [], cgroups: [], units: [] };

/** Of what is known twice the older: what we set ourselves is not what was before. */
export function mergedBefore(older: Before, newer: Before): Before {
  return {
    threads: merged(older.threads, newer.threads, ({ tid, startTime }) => `${tid} ${startTime}`).map(
      (one) => {
        const again = newer.threads.find(
          ({ tid, startTime }) => tid === one.tid && startTime === one.startTime,
        );
        return again === undefined ? one : { ...one, nice: one.nice ?? again.nice, io: one.io ?? again.io };
      },
    ),
    sessions: merged(older.sessions, newer.sessions, ({ session }) => String(session)),
    cgroups: merged(older.cgroups, newer.cgroups, ({ directory, setting }) => `${directory}/${setting}`).map(
      (one) => ({ ...one, set: newer.cgroups.find(isSameSetting(one))?.set ?? one.set }),
    ),
    units: merged(older.units, newer.units, ({ unit, property }) => `${unit} ${property}`).map((one) => ({
      ...one,
      set: newer.units.find(isSameProperty(one))?.set ?? one.set,
    })),
  };
}

function isSameSetting(one: LoweredBuild['cgroups'][number]) {
  return (other: LoweredBuild['cgroups'][number]) =>
    other.directory === one.directory && other.setting === one.setting;
}

function isSameProperty(one: LoweredBuild['units'][number]) {
  return (other: LoweredBuild['units'][number]) => other.unit === one.unit && other.property === one.property;
}

function merged<T>(older: readonly T[], newer: readonly T[], keyOf: (one: T) => string): readonly T[] {
  const known = new Set(older.map(keyOf));
  return [...older, ...newer.filter((one) => !known.has(keyOf(one)))];
}

export function isNothing({ threads, sessions, cgroups, units }: Before): boolean {
  return threads.length + sessions.length + cgroups.length + units.length === 0;
}

export function recordOf(rows: readonly LoweredBuild[], { root }: BuildTarget): LoweredBuild | null {
  return rows.find(({ target }) => sameProcess(target.root, root)) ?? null;
}

/** Something of it runs still; a unit that was limited for it stays so when it has ended. */
export function isInEffect(row: LoweredBuild, raw: ForestRaw): boolean {
  return row.units.length > 0 || isThere(row, raw);
}

/** Something of the build that was lowered or limited runs. */
export function isThere({ target, threads }: LoweredBuild, raw: ForestRaw): boolean {
  const known: readonly ProcessIdentity[] = [target.root, ...threads.filter(({ pid, tid }) => pid === tid)];
  return raw.processes.some((process) => known.some((one) => sameProcess(one, process)));
}

/** What has ended meanwhile is forgotten. Null: nothing is to be put back. */
export async function restoreThese(
  restore: (targets: readonly BuildTarget[]) => Promise<Outcome | null>,
  context: RegistryContext & { readonly readForest: () => ForestRaw | null },
  wanted: readonly LoweredBuild[],
): Promise<Outcome | null> {
  const raw = context.readForest();
  const there = raw === null ? [] : wanted.filter((row) => isInEffect(row, raw));
  const ended = wanted.filter((row) => raw !== null && !there.includes(row));
  if (ended.length > 0) {
    await loweredBuilds.forget(
      ended.map(({ target }) => target.root),
      context,
    );
  }
  return there.length === 0 ? null : restore(there.map(({ target }) => target));
}
