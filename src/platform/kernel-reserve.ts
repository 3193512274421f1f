/**
 * Kernel memory in reserve. To open a file in /proc takes kernel memory: the file, and a page for what it says. Where
 * there is none left, whoever opens it first makes room, and that can be a write into swap on a disk that does not
 * answer. So some such files are kept open, each with its page, and closed right before others are opened: what they
 * held goes to the CPU that we run on (its stock of our memory cgroup, mm/memcontrol.c; its free lists of slabs,
 * mm/slub.c), and the next to ask there are we.
 */
import { close, closeSync, open, read } from 'node:fs';

export interface KernelReserve {
  /** Fills it up, on the pool; resolves when it is full or cannot be. */
  fill(): Promise<void>;
  /** Gives it to what is opened right now, and fills it up again. Nothing before the first `fill`. */
  lend(): void;
}

/** The page of a `seq_file` is taken when it is first read; of those that everybody may read this is a short one. */
const path = '/proc/uptime';
/** What one look at the processes opens, of those that were not there before. 4 KB and a bit each. */
export const reserveFiles = 32;

export function createKernelReserve(): KernelReserve {
  let held: number[] = [];
  let filling: Promise<void> | null = null;
  const byte = Buffer.alloc(1);

  /** Null where it could not be opened and read. */
  const openOne = () =>
    new Promise<number | null>((resolve) => {
      open(path, 'r', (error, file) => {
        if (error !== null) return resolve(null);
        read(file, byte, 0, 1, 0, (unread) => {
          if (unread === null) resolve(file);
          else close(file, () => resolve(null));
        });
      });
    });

  async function fillUp(): Promise<void> {
    while (held.length < reserveFiles) {
      const file = await openOne();
      if (file === null) break;
      held.push(file);
    }
    filling = null;
  }

  function fill(): Promise<void> {
    filling ??= fillUp();
    return filling;
  }

  return {
    fill,
    lend() {
      if (held.length === 0) return;
      for (const file of held) closeSync(file);
      held = [];
      void fill();
    },
  };
}
