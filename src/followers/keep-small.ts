/**
 * Takes out of a file what was read. With holes nothing can be lost: what is written meanwhile stands behind them, and
 * the file only seems to grow. Where a file system has none the file is cut to nothing while it is quiet: what is
 * written between the last look and the cut, some microseconds, is lost.
 */
import type { StreamFile } from '../platform/ports.ts';

export interface KeepSmallOptions {
  /** How much of what was read last stays: for whoever reads the same file after us. */
  readonly keepBytes: number;
  /** What somebody keeps on a disk is not ours to empty. */
  readonly onlyInMemory: boolean;
}

/** What is taken out, and how: null until it is known. */
export interface Taken {
  readonly how: 'holes' | 'cut' | 'never' | null;
  readonly bytes: number;
}
export const nothingTaken: Taken = { how: null, bytes: 0 };

const holeBytes = 1 << 20;
/** A file that is cut is cut rarely. */
const quietBeforeCutMs = 5000;
const leastCutBytes = 64 << 10;

export interface ReadFile {
  readonly file: StreamFile;
  readonly position: number;
  readonly taken: Taken;
  /** Since something came. */
  readonly quietMs: number;
}

/** `cut`: it begins at 0 again. */
export async function keepSmall(
  { file, position, taken, quietMs }: ReadFile,
  { keepBytes, onlyInMemory }: KeepSmallOptions,
): Promise<{ readonly taken: Taken; readonly cut: boolean }> {
  const { bytes } = taken;
  const goal = Math.floor((position - keepBytes) / holeBytes) * holeBytes;
  const isQuiet = position >= leastCutBytes && quietMs >= quietBeforeCutMs;
  if (goal <= bytes && !(taken.how === 'cut' && isQuiet)) return { taken, cut: false };

  const how = taken.how ?? (onlyInMemory && !(await file.inMemory()) ? 'never' : 'holes');
  if (how === 'never') return { taken: { how, bytes }, cut: false };
  if (how === 'holes') {
    const { ok } = await file.punch(bytes, goal);
    return { taken: ok ? { how, bytes: goal } : { how: 'cut', bytes }, cut: false };
  }
  if (!isQuiet) return { taken, cut: false };
  const now = await file.describe();
  const isAllRead = now.ok && now.value.sizeBytes === position;
  return { taken, cut: isAllRead && (await file.truncate()).ok };
}
