/** The port that bundles are written through: as recordings, and named when they are whole. */
import { access, link, rename, unlink } from 'node:fs/promises';
import { errnoOf } from './errno.ts';
import type { BundleFiles } from './ports.ts';
import { createRecordingFiles } from './recording-files.ts';
import { createUnderWay } from './under-way.ts';

export function createBundleFiles(): BundleFiles {
  const files = createRecordingFiles();
  const underWay = createUnderWay();
  return {
    list: files.list,
    describe: files.describe,
    create: files.create,
    open: files.open,
    remove: files.remove,
    // link(2) replaces nothing, as rename(2) would.
    rename: (from, to) =>
      underWay.attempt(to, async () => {
        try {
          await link(from, to);
        } catch (error) {
          // FAT has no links.
          if (!/^(?:EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK)$/.test(errnoOf(error) ?? '')) throw error;
          if (await exists(to)) throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
          await rename(from, to);
          return;
        }
        await unlink(from);
      }),
    get pending() {
      return files.pending + underWay.pending;
    },
  };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
