/** What a build does right now, in words, from its busiest processes: as long as its phase is not known. */

import { lengthText } from '../../base/duration.ts';
import { type IdentityKey, identityKey } from '../../base/identity.ts';
import { baseName, withoutControls } from '../../base/text.ts';
import type { BuildProcess } from '../model.ts';
import type { ProcessRaw } from '../sample.ts';
import { programName } from './command-line.ts';
import { toolOfComm } from './nix-tools.ts';
import { argvOf } from './process-graph.ts';

const sourceFile =
  /\.(?:c|cc|cpp|cxx|c\+\+|m|mm|S|s|rs|go|hs|f|f90|f95|d|ml|java|kt|swift|zig|vala|cu|pyx|adb)$/;
const busyPercent = 3;
/** Below this a build without a busy process is between two things, not idle. */
const idleAfterSec = 10;
/** A folder or crate name longer than this says no more. */
const longestFolder = 80;

interface Activity {
  readonly label: string;
  readonly folder: string | null;
  readonly weight: number;
  readonly waitsForDisk: boolean;
}

/**
 * `tree` and `raws` are parallel: the same processes. `idleSec` = seconds without CPU use or I/O.
 * Examples: `cc1plus ×12 gfx/angle`, `configure`, `strip`, `idle 4 min`, `waits for disk: ld`, `zombie ninja 9 min`.
 */
export function describeNow(
  tree: readonly BuildProcess[],
  raws: readonly ProcessRaw[],
  idleSec: number,
  zombies: Zombies = new Map(),
  nowMs = 0,
): string | null {
  const living = raws.filter((raw) => raw.state !== 'Z');
  if (raws.length > 0 && living.length === 0) return 'defunct';
  if (living.length > 0 && living.every((raw) => raw.state === 'T')) return 'stopped';
  const heaviest = heaviestGroup(busyLeaves(tree, raws));
  if (raws.length === 1 && isBuiltin(raws[0])) return 'builtin builder';
  if (heaviest === null) {
    if (idleSec < idleAfterSec) return resting(living);
    return oldestZombie(raws, zombies, nowMs) ?? `idle ${lengthText(idleSec * 1000)}`;
  }
  const count = heaviest.length > 1 ? ` ×${heaviest.length}` : '';
  const folder = commonFolder(heaviest.flatMap((activity) => activity.folder ?? []));
  const disk = heaviest.every((activity) => activity.waitsForDisk) ? 'waits for disk: ' : '';
  return `${disk}${heaviest[0]?.label}${count}${folder === null ? '' : ` ${folder}`}`;
}

/** Since when each zombie is known, monotonic ms. */
export type Zombies = ReadonlyMap<IdentityKey, number>;

/** The same map as before where nothing began or ended. A first thread that ended before the others is none. */
export function zombiesOf(raws: readonly ProcessRaw[], before: Zombies, nowMs: number): Zombies {
  const zombies = raws.filter(({ state, threads }) => state === 'Z' && threads <= 1).map(identityKey);
  if (zombies.length === before.size && zombies.every((key) => before.has(key))) return before;
  return new Map(zombies.map((key) => [key, before.get(key) ?? nowMs]));
}

/** A child that has ended and that its parent, alive, does not take note of: `zombie ninja 9 min`. */
function oldestZombie(raws: readonly ProcessRaw[], zombies: Zombies, nowMs: number): string | null {
  const living = new Set(raws.filter(({ state }) => state !== 'Z').map(({ pid }) => pid));
  let oldest: { readonly raw: ProcessRaw; readonly sinceMs: number } | null = null;
  for (const raw of raws) {
    const sinceMs = zombies.get(identityKey(raw));
    if (sinceMs === undefined || !living.has(raw.ppid)) continue;
    if (oldest === null || sinceMs < oldest.sinceMs) oldest = { raw, sinceMs };
  }
  if (oldest === null || nowMs - oldest.sinceMs < idleAfterSec * 1000) return null;
  return `zombie ${labelOf(oldest.raw)} ${lengthText(nowMs - oldest.sinceMs)}`;
}

function heaviestGroup(busy: readonly Activity[]): readonly Activity[] | null {
  let heaviest: readonly Activity[] | null = null;
  let most = 0;
  for (const group of Map.groupBy(busy, (activity) => activity.label).values()) {
    const weight = group.reduce((sum, activity) => sum + activity.weight, 0);
    if (weight > most) [heaviest, most] = [group, weight];
  }
  return heaviest;
}

/** Busy processes with nobody busy below them: make, ninja and the shells between only drive. */
function busyLeaves(tree: readonly BuildProcess[], raws: readonly ProcessRaw[]): Activity[] {
  const byPid = new Map(raws.map((raw) => [raw.pid, raw]));
  const drivers = new Set<number>();
  for (const process of tree) if (isBusy(process)) drive(process.ppid, byPid, drivers);
  const configuring = new Map<string, Activity>();
  const activities: Activity[] = [];
  tree.forEach((process, position) => {
    const raw = raws[position];
    if (raw === undefined || !isBusy(process) || drivers.has(process.pid)) return;
    const weight = 1 + (process.cpuPercent ?? 0);
    const waitsForDisk = process.state === 'D';
    // What a configure script compiles is a test of its own: the script is what goes on.
    const script = configureAbove(raw, byPid);
    const activity = { label: script ?? labelOf(raw), folder: null, weight, waitsForDisk };
    if (script !== null) {
      const others = configuring.get(script)?.weight ?? 0;
      configuring.set(script, { ...activity, weight: weight + others });
    } else activities.push({ ...activity, folder: folderOf(raw) });
  });
  return [...activities, ...configuring.values()];
}

function isBusy({ state, cpuPercent }: BuildProcess): boolean {
  return state === 'R' || state === 'D' || (state !== 'Z' && (cpuPercent ?? 0) >= busyPercent);
}

/** Marks a process and all above it in the build. */
function drive(pid: number, byPid: ReadonlyMap<number, ProcessRaw>, drivers: Set<number>): void {
  for (let at = byPid.get(pid); at !== undefined && !drivers.has(at.pid); at = byPid.get(at.ppid)) {
    drivers.add(at.pid);
  }
}

function configureAbove(raw: ProcessRaw, byPid: ReadonlyMap<number, ProcessRaw>): string | null {
  let at: ProcessRaw | undefined = raw;
  for (let height = 0; at !== undefined && height < 16; height += 1) {
    const name = labelOf(at);
    if (name === 'configure' || name === 'config.status') return name;
    at = byPid.get(at.ppid);
  }
  return null;
}

/** `builtin:fetchurl` and the like never exec: the builder is still the program that forked it. */
function isBuiltin(raw: ProcessRaw | undefined): boolean {
  return raw !== undefined && toolOfComm(raw.comm) !== null;
}

function labelOf(raw: ProcessRaw): string {
  return programName(argvOf(raw), raw.comm);
}

function folderOf(raw: ProcessRaw): string | null {
  const folder = sourceFolder(argvOf(raw));
  return folder === null ? null : withoutControls(folder).slice(0, longestFolder);
}

/** Folder of the source file a compiler works on, or the crate rustc builds. */
function sourceFolder(argv: readonly string[]): string | null {
  const crate = argv.indexOf('--crate-name');
  if (crate > 0) return argv[crate + 1] ?? null;
  const file = argv.find(
    (argument, position) => position > 0 && !argument.startsWith('-') && sourceFile.test(argument),
  );
  if (file === undefined) return null;
  const folder = file.slice(0, Math.max(0, file.lastIndexOf('/')));
  const parts = folder.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.length === 0 ? baseName(file) : parts.join('/');
}

/** `gfx/angle/src`, `gfx/angle/out` → `gfx/angle/…`; nothing in common → null. */
function commonFolder(folders: readonly string[]): string | null {
  const [first, ...others] = folders.map((folder) => folder.split('/'));
  if (first === undefined) return null;
  let shared = first.length;
  for (const other of others) {
    let same = 0;
    while (same < shared && first[same] === other[same]) same += 1;
    shared = same;
  }
  if (shared === 0) return null;
  const whole = others.every((other) => other.length === shared) && shared === first.length;
  return `${first.slice(0, shared).join('/')}${whole ? '' : '/…'}`;
}

/** Nobody is busy yet nothing is idle for long: the newest process names the moment. */
function resting(living: readonly ProcessRaw[]): string | null {
  const [first, ...others] = living;
  if (first === undefined) return null;
  return labelOf(others.reduce((newest, raw) => (raw.startTime > newest.startTime ? raw : newest), first));
}
