/** The store's file system in a story. */
import type { SampleParts } from '../../../src/model/sample.ts';

export function storageOf(second: number, { freeInodes }: { readonly freeInodes: number }): SampleParts {
  return {
    storage: {
      ok: true,
      atMs: 1_000_000 + second * 1000,
      value: {
        devices: [],
        filesystems: [
          {
            path: '/nix',
            mountPoint: '/',
            type: 'ext4',
            source: '/dev/sda1',
            device: 'sda1',
            disks: ['sda'],
            space: {
              ok: true,
              value: { totalBytes: 1e12, availableBytes: 5e11, inodes: 10_000_000, freeInodes },
            },
          },
        ],
      },
    },
  };
}
