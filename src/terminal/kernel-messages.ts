/** Tells that the kernel has printed a message, or somebody through it: `/dev/kmsg`, for who may read it. */
import { constants, promises } from 'node:fs';

export interface KernelMessages {
  /** Whether any came since the last call; what was there before the first one counts as none. */
  spoke(): Promise<boolean>;
  close(): void;
}

/** A read gives one record (kernel: Documentation/ABI/testing/dev-kmsg). */
const recordBytes = 8192;

/** Null where it cannot be read: root, or `kernel.dmesg_restrict=0`. */
export async function openKernelMessages(path = '/dev/kmsg'): Promise<KernelMessages | null> {
  const file = await promises.open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (file === null) return null;
  const record = new Uint8Array(recordBytes);

  async function spoke(): Promise<boolean> {
    for (let any = false; ; any = true) {
      try {
        if ((await file?.read(record, 0, recordBytes, null))?.bytesRead === 0) return any;
      } catch (error) {
        // EPIPE: more came than the kernel keeps. EAGAIN: no more, and whatever else it is, it gives none.
        if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return any;
      }
    }
  }

  await spoke();
  return { spoke, close: () => void file.close().catch(() => {}) };
}
