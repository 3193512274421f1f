/** What is mounted: one reading for all sources that ask within a few seconds. */
import { ok, type Result } from '../base/problem.ts';
import { type Mount, parseMounts } from '../parse/mountinfo-mounts.ts';
import type { Ports } from '../platform/ports.ts';

export interface MountTable {
  /** As it was at most `lastsMs` ago; what failed is read anew. */
  read(): Promise<Result<Mounted>>;
}

export interface Mounted {
  /** /proc/self/mountinfo as it is. */
  readonly text: string;
  readonly mounts: readonly Mount[];
}

/** As often as whoever looks most often looks at its space (storage.ts). */
const lastsMs = 5000;
/** Nobody waits for it. */
const deadlineMs = 5000;
/** Machines with thousands of containers have a line for each of their mounts. */
const maxBytes = 1024 * 1024;

export function createMountTable({ files, clock }: Pick<Ports, 'files' | 'clock'>): MountTable {
  let last: { readonly atMs: number; readonly read: Promise<Result<Mounted>> } | null = null;

  async function readNow(): Promise<Result<Mounted>> {
    const text = await files.readSlow('/proc/self/mountinfo', { maxBytes, deadlineMs });
    return text.ok ? ok({ text: text.value, mounts: parseMounts(text.value) }) : text;
  }

  return {
    read() {
      const now = clock.monotonic();
      if (last !== null && now - last.atMs < lastsMs) return last.read;
      const begun = { atMs: now, read: readNow() };
      last = begun;
      void begun.read.then((mounted) => {
        if (!mounted.ok && last === begun) last = null;
      });
      return begun.read;
    },
  };
}
