/**
 * The file that a textfile collector reads, kept by whom looks: never waited for, and one write at a time, so that a disk
 * that hangs takes one thread and no look.
 */
import type { Problem } from '../../base/problem.ts';
import type { Clock, OwnFiles, ReplaceOptions } from '../../platform/ports.ts';

export interface MetricsFile {
  /** Why it cannot be written; null: it is. */
  begin(): Promise<Problem | null>;
  /** With each look. */
  looked(): void;
  /** Removes it: of what is no more looked at nothing is told. */
  end(): Promise<void>;
  /** Writes that failed or were left out. */
  readonly failures: number;
}

export interface MetricsFileOptions {
  readonly path: string;
  readonly everyMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Nobody else's: what is pending of it is this file's. */
  readonly ownFiles: Pick<OwnFiles, 'replace' | 'remove' | 'pending'>;
  readonly text: () => string;
  /** Why it is not written any more, or null where it is again. */
  readonly onTrouble: (why: string | null) => void;
}

/** Whole and for everybody, whatever umask(2) is; it tells of now, so a power cut may take it. */
const asShared: ReplaceOptions = { shared: true, synced: false, makesDirectory: false };

export function createMetricsFile(options: MetricsFileOptions): MetricsFile {
  const { path, everyMs, clock, ownFiles, text, onTrouble } = options;
  let begunMs = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let trouble: string | null = null;
  let writing: Promise<unknown> = Promise.resolve();

  function tell(why: string | null): void {
    if (why !== null) failures += 1;
    if (why !== trouble) onTrouble(why);
    trouble = why;
  }

  async function write(): Promise<Problem | null> {
    const written = await ownFiles.replace(path, text(), asShared);
    return written.ok ? null : written.problem;
  }

  return {
    begin: write,
    looked() {
      if (clock.monotonic() - begunMs < everyMs) return;
      begunMs = clock.monotonic();
      // The write before has not come back, though nobody waits for it any more.
      if (ownFiles.pending > 0) tell(hangs);
      else writing = write().then((problem) => tell(problem === null ? null : whyNot(problem)));
    },
    async end() {
      await writing;
      if (ownFiles.pending === 0) await ownFiles.remove(path);
    },
    get failures() {
      return failures;
    },
  };
}

const hangs = 'its disk does not answer';

export function whyNot({ kind, cause }: Problem): string {
  if (kind === 'gone') return 'there is no such directory';
  if (kind === 'timeout') return hangs;
  if (cause === 'ENOSPC') return 'no space left';
  if (cause === 'EROFS') return 'its file system is read-only';
  return kind === 'denied' && cause === undefined ? 'permission denied' : (cause ?? kind);
}
