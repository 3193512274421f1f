/** The text of lowered.json: what was before builds were lowered or limited. */

import { isFields } from '../base/fields.ts';
import type { ProcessIdentity } from '../base/identity.ts';
import { type ChangeFile, isIdentity, isNumber, parseChanges, type RecordedChange } from './change-file.ts';

/** Null: was not changed. */
export interface ThreadBefore extends ProcessIdentity {
  readonly tid: number;
  readonly nice: number | null;
  /** As ioprio_get(2) says it. */
  readonly io: number | null;
}

/** Of the session (/proc/<pid>/autogroup), and a process of it. */
export interface SessionBefore extends ProcessIdentity {
  readonly session: number;
  readonly nice: number;
}

export const cgroupSettings = ['cpu.weight', 'io.weight', 'memory.high'] as const;

/** `before` and `set`: what stood in the file, and what we wrote into it. */
export interface CgroupBefore {
  readonly directory: string;
  readonly setting: (typeof cgroupSettings)[number];
  readonly before: string;
  readonly set: string;
}

export const unitProperties = ['MemoryHigh', 'IOWeight'] as const;

/** Of the unit that all builds run in, as `systemctl show` and `set-property` have it. */
export interface UnitBefore {
  readonly unit: string;
  readonly property: (typeof unitProperties)[number];
  readonly before: string;
  readonly set: string;
}

export interface LoweredBuild extends RecordedChange {
  /** What threads had that are lowered; whatever began since had it from one of them. The root's first. */
  readonly threads: readonly ThreadBefore[];
  readonly sessions: readonly SessionBefore[];
  readonly cgroups: readonly CgroupBefore[];
  readonly units: readonly UnitBefore[];
  /** Unix ms. */
  readonly loweredAtMs: number;
}

export function parseLowered(text: string): ChangeFile<LoweredBuild> | null {
  return parseChanges(text, (row, change) => {
    const { threads, sessions, cgroups, units, loweredAtMs } = row;
    if (!isList(threads, isThread) || !isList(sessions, isSession)) return null;
    if (!isList(cgroups, isCgroup) || !isList(units, isUnit) || typeof loweredAtMs !== 'number') return null;
    return { ...change, threads, sessions, cgroups, units, loweredAtMs };
  });
}

function isThread(value: unknown): value is ThreadBefore {
  if (!isFields(value) || !isIdentity(value)) return false;
  const { tid, nice, io } = value as Readonly<Record<string, unknown>>;
  return isNumber(tid) && tid > 1 && (nice === null || isNice(nice)) && (io === null || isNumber(io));
}

function isSession(value: unknown): value is SessionBefore {
  return isFields(value) && isNice(value.nice) && isNumber(value.session) && isIdentity(value);
}

function isCgroup(value: unknown): value is CgroupBefore {
  if (!isFields(value)) return false;
  const { directory, setting, before, set } = value;
  return typeof directory === 'string' && isOne(setting, cgroupSettings) && isValue(before) && isValue(set);
}

function isUnit(value: unknown): value is UnitBefore {
  if (!isFields(value)) return false;
  const { unit, property, before, set } = value;
  // systemd.unit(5): what is no name is no argument of ours.
  const named = typeof unit === 'string' && /^\w[\w:.@\\-]*\.[a-z]+$/.test(unit);
  return named && isOne(property, unitProperties) && isValue(before) && isValue(set);
}

function isNice(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= -20 && value <= 19;
}

/** `max`, `infinity`, `default 100`, a number, or nothing. */
function isValue(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9 ]*$/.test(value);
}

function isOne(value: unknown, all: readonly string[]): boolean {
  return typeof value === 'string' && all.includes(value);
}

function isList<T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}
