/** What a build does right now, in words, from its busiest processes: as long as its phase is not known. */
import { baseName, programName } from './command.ts';
import type { BuildProcess } from './model.ts';
import type { ProcessRaw } from './sample.ts';

const sourceFile =
  /\.(?:c|cc|cpp|cxx|c\+\+|m|mm|S|s|rs|go|hs|f|f90|f95|d|ml|java|kt|swift|zig|vala|cu|pyx|adb)$/;
const busyPercent = 3;

interface Activity {
  readonly label: string;
  readonly folder: string | null;
  readonly weight: number;
  readonly waitsForDisk: boolean;
}

/**
 * `tree` and `raws` are parallel: the same processes. `idleSec` = seconds without CPU use or I/O.
 * Examples: `cc1plus ×12 gfx/angle`, `configure`, `strip`, `idle 4 min`, `waits for disk: ld`.
 */
export function describeNow(
  tree: readonly BuildProcess[],
  raws: readonly ProcessRaw[],
  idleSec: number,
): string | null {
  const living = raws.filter((raw) => raw.state !== 'Z');
  if (raws.length > 0 && living.length === 0) return 'defunct';
  if (living.length > 0 && living.every((raw) => raw.state === 'T')) return 'stopped';
  const busy = busyLeaves(tree, raws);
  if (busy.length === 0) return idleSec >= 10 ? `idle ${inWords(idleSec)}` : resting(raws);
  const groups = Map.groupBy(busy, (activity) => activity.label);
  const [label, group] = [...groups].sort(([, a], [, b]) => weightOf(b) - weightOf(a))[0] as [
    string,
    Activity[],
  ];
  const count = group.length > 1 ? ` ×${group.length}` : '';
  const folder = commonFolder(group.flatMap((activity) => activity.folder ?? []));
  const disk = group.every((activity) => activity.waitsForDisk) ? 'waits for disk: ' : '';
  return `${disk}${label}${count}${folder === null ? '' : ` ${folder}`}`;
}

/** Busy processes none of whose children is busy: make and ninja only drive. */
function busyLeaves(tree: readonly BuildProcess[], raws: readonly ProcessRaw[]): Activity[] {
  const isBusy = (process: BuildProcess): boolean =>
    process.state === 'R' || process.state === 'D' || (process.cpuPercent ?? 0) >= busyPercent;
  const drivers = new Set(tree.filter(isBusy).map((process) => process.ppid));
  const activities: Activity[] = [];
  tree.forEach((process, position) => {
    const raw = raws[position];
    if (raw === undefined || process.state === 'Z' || !isBusy(process) || drivers.has(process.pid)) return;
    activities.push({
      label: labelOf(raw),
      folder: folderOf(raw),
      weight: 1 + (process.cpuPercent ?? 0),
      waitsForDisk: process.state === 'D',
    });
  });
  return activities;
}

function labelOf(raw: ProcessRaw): string {
  return programName(argvOf(raw), raw.comm);
}

/** Folder of the source file a compiler works on, or the crate rustc builds. */
function folderOf(raw: ProcessRaw): string | null {
  const argv = argvOf(raw);
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
function resting(raws: readonly ProcessRaw[]): string | null {
  const newest = raws.filter((raw) => raw.state !== 'Z').sort((a, b) => b.startTime - a.startTime)[0];
  return newest === undefined ? null : labelOf(newest);
}

function argvOf(raw: ProcessRaw): readonly string[] {
  return Array.isArray(raw.facts.argv) ? raw.facts.argv : [];
}

function weightOf(group: readonly Activity[]): number {
  return group.reduce((sum, activity) => sum + activity.weight, 0);
}

function inWords(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
