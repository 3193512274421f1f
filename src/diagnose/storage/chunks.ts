/** btrfs gives its space to chunks of data and of metadata: with nothing left to give, either may be full alone. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { ChunksRaw, FilesystemHealthRaw } from '../../model/diagnosis/health.ts';
import type { Model } from '../../model/model.ts';
import { pro } from '../judgement.ts';
import type { Thresholds } from '../thresholds.ts';

export function chunkFindings(model: Model, thresholds: Thresholds): readonly FindingDraft[] {
  const all = (model.health?.filesystems ?? []).filter(({ btrfs }) => btrfs !== null);
  return all.flatMap(({ btrfs, mountPoint, name }): readonly FindingDraft[] => {
    const metadataPercent = percentOf(btrfs?.metadata ?? null);
    const unallocatedBytes = btrfs?.unallocatedBytes ?? null;
    if (metadataPercent === null || unallocatedBytes === null) return [];
    if (unallocatedBytes >= thresholds.chunkBytes) return [];
    // Several subvolumes of one; which of several file systems a mount is of, is told by its own mount point alone.
    const rows = model.filesystems.filter(
      (row) => row.type === 'btrfs' && (all.length === 1 || row.mountPoint === mountPoint),
    );
    const [row = null] = rows;
    const reserveBytes = shortByReserve(btrfs, row?.totalBytes ?? null, thresholds);
    if (metadataPercent < thresholds.metadataPercent && reserveBytes === null) return [];
    const at = row?.mountPoint ?? mountPoint ?? name;
    const failed = model.rebuilds.some(({ failures }) =>
      failures.some(
        ({ cause }) => cause.kind === 'space' && rows.some((one) => one.mountPoint === cause.mountPoint),
      ),
    );
    return [
      {
        subject: { kind: 'filesystem', mountPoint: at },
        level: failed ? 'critical' : 'warning',
        state: failed ? 'confirmed' : 'likely',
        found: {
          kind: 'chunks-full',
          mountPoint: at,
          unallocatedBytes,
          metadataPercent,
          dataPercent: percentOf(btrfs?.data ?? null),
          ...(reserveBytes !== null && { reserveBytes }),
          availableBytes: row?.availableBytes ?? null,
        },
        evidence: [
          pro('btrfs.unallocated', unallocatedBytes, 'bytes'),
          pro('btrfs.metadata', Math.round(metadataPercent), 'percent'),
          ...(reserveBytes === null ? [] : [pro('btrfs.reserve', reserveBytes, 'bytes')]),
        ],
        sinceMs: null,
      },
    ];
  });
}

type Btrfs = FilesystemHealthRaw['btrfs'];

/**
 * On a small one the reserve, at least 5.75 MiB, may be most of the metadata: files cannot be made while a few percent are
 * used. Null: that is not so, or not known. A chunk is a tenth of the file system at most (init_alloc_chunk_ctl).
 */
function shortByReserve(btrfs: Btrfs, sizeBytes: number | null, thresholds: Thresholds): number | null {
  const {
    metadata,
    unallocatedBytes,
    reserveBytes = null,
  } = btrfs ?? { metadata: null, unallocatedBytes: null };
  if (metadata === null || unallocatedBytes === null || reserveBytes === null || sizeBytes === null)
    return null;
  if (unallocatedBytes >= sizeBytes / 10) return null;
  const leftBytes = metadata.totalBytes - metadata.usedBytes - reserveBytes;
  return leftBytes < thresholds.metadataLeftBytes ? reserveBytes : null;
}

function percentOf(chunks: ChunksRaw | null): number | null {
  if (chunks === null || chunks.totalBytes <= 0) return null;
  return (100 * chunks.usedBytes) / chunks.totalBytes;
}
