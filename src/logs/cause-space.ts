/** No space: of which file system, and what of it. */
import type { Cause, Evidence, FilesystemRoom } from '../model/rebuild/cause.ts';

const said = /No space left on device|Disk quota exceeded|ENOSPC|database or disk is full/;
/** `cannot write 'X': No space left on device`, `X: No space left on device`. */
const pathBefore = /['"‘]?(\/[^'"’\s:]+)['"’]?: (?:No space left|Disk quota)/;
/** The build directory, wherever it is outside. */
const inSandbox = /^\/build(?:\/|$)/;
/** Nix's own measure for its guess (src/libstore/unix/build/derivation-builder.cc). */
const littleBytes = 8 * 1024 ** 2;
/** Once the build has ended, some of what it had are free again. */
const littleInodes = 16;

/** Tests write to a full device on purpose, and go on: what ends a build stands at its end. */
const lastWords = 10;

/** Null where neither Nix nor the build's last lines speak of it. `note`: Nix does. */
export function spaceCause(
  path: string | null,
  lines: readonly string[],
  note: boolean,
  evidence: Evidence,
): Cause | null {
  const line = lines.slice(-lastWords).findLast((one) => said.test(one));
  if (line === undefined && !note) return null;
  const where = path ?? (line === undefined ? null : (pathBefore.exec(line)?.[1] ?? null));
  const place = where === null || inSandbox.test(where) ? (evidence.buildDirectory ?? where) : where;
  const room = roomOf(place, evidence.filesystems ?? []);
  return {
    kind: 'space',
    of: room === null ? null : lackOf(room),
    mountPoint: room?.mountPoint ?? null,
    path: where,
    guess: line === undefined && path === null,
  };
}

/** The file system that a path is on: the longest mount point above it. */
function roomOf(path: string | null, filesystems: readonly FilesystemRoom[]): FilesystemRoom | null {
  if (path === null) return filesystems.find((room) => lackOf(room) !== 'own-limit') ?? null;
  let best: FilesystemRoom | null = null;
  for (const room of filesystems) {
    const { mountPoint } = room;
    const above = mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`);
    if (above && mountPoint.length > (best?.mountPoint.length ?? 0)) best = room;
  }
  return best;
}

function lackOf({ freeBytes, freeInodes }: FilesystemRoom): 'blocks' | 'inodes' | 'own-limit' {
  if (freeInodes !== null && freeInodes < littleInodes) return 'inodes';
  return freeBytes < littleBytes ? 'blocks' : 'own-limit';
}
