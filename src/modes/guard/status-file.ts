/** status.json: what the guard says of itself, replaced every two seconds and with each act, by whom looks: never waited for. */
import type { GuardStatus } from '../../model/guard/guard.ts';
import type { Clock, OwnFiles } from '../../platform/ports.ts';

export interface StatusFile {
  /** With each look. */
  looked(): void;
  /** With each act. */
  write(): void;
  /** What is written is; then it is gone: nobody guards here any more. */
  end(): Promise<void>;
}

const everyMs = 2000;
const tellEveryMs = 600_000;

export function createStatusFile({
  path,
  ownFiles,
  clock,
  status,
  onTrouble,
}: {
  readonly path: string;
  readonly ownFiles: Pick<OwnFiles, 'replace' | 'remove'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly status: () => GuardStatus;
  /** One line, where it cannot be written twice in a row; once in ten minutes. */
  readonly onTrouble: (line: string) => void;
}): StatusFile {
  let writtenMs = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | null = null;
  let again = false;
  let ended = false;
  let failures = 0;
  let toldMs = Number.NEGATIVE_INFINITY;

  async function writeAll(): Promise<void> {
    do {
      again = false;
      writtenMs = clock.monotonic();
      const written = await ownFiles.replace(path, `${JSON.stringify(status())}\n`, {
        shared: true,
        synced: false,
      });
      failures = written.ok ? 0 : failures + 1;
      // One that is late on a machine that is short of everything is no trouble yet.
      if (!written.ok && failures >= 2 && clock.monotonic() - toldMs >= tellEveryMs) {
        toldMs = clock.monotonic();
        onTrouble(`${path} cannot be written: ${written.problem.cause ?? written.problem.kind}`);
      }
    } while (again && !ended);
    writing = null;
  }

  function write(): void {
    again = true;
    if (!ended) writing ??= writeAll();
  }

  return {
    looked() {
      if (clock.monotonic() - writtenMs >= everyMs) write();
    },
    write,
    async end() {
      ended = true;
      await writing;
      await ownFiles.remove(path);
    },
  };
}
