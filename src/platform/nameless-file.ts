/**
 * A file without a name, for what a command writes: a pipe that nobody reads for a while stops the command, and we may
 * be stopped or swapped out. It is gone with the last who has it open.
 */
import { constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Surroundings = { readonly XDG_RUNTIME_DIR?: string | undefined };

/** Memory first: the disk may be full, or slow because of the build. */
export const memoryFirst = (environment: Surroundings): readonly string[] => [
  '/dev/shm',
  ...(environment.XDG_RUNTIME_DIR?.startsWith('/') ? [environment.XDG_RUNTIME_DIR] : []),
  tmpdir(),
];
const { O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants;

/** A descriptor to read by position and to append to; null where no file can be made. */
export function openNamelessFile(
  environment: Surroundings,
  places = memoryFirst(environment),
): number | null {
  for (const folder of places) {
    try {
      return openIn(folder);
    } catch {
      // Not there, not ours, full: the next one.
    }
  }
  return null;
}

function openIn(folder: string): number {
  // Its own directory: nobody else can put a link in the place of the file.
  const directory = mkdtempSync(join(folder, 'nixpulse-'));
  try {
    return openSync(join(directory, 'output'), O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0o600);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const pieceBytes = 64 * 1024;

/** All of it, from the beginning. */
export function* piecesOf(descriptor: number): Generator<Uint8Array> {
  for (let position = 0; ; ) {
    const piece = new Uint8Array(pieceBytes);
    const bytes = readSync(descriptor, piece, 0, pieceBytes, position);
    if (bytes === 0) return;
    position += bytes;
    yield piece.subarray(0, bytes);
  }
}
