/** A store of which what is written lies in memory, as on an installer, and a garbage collection that cannot reach its goal. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import { filesystemOf } from '../../model/machine/build-directories.ts';
import { memoryTypes } from '../../model/machine/places.ts';
import type { Model } from '../../model/model.ts';
import { pro } from '../judgement.ts';

export function memoryStoreFindings({ filesystems, places }: Model): readonly FindingDraft[] {
  const store = filesystemOf('/nix/store', filesystems);
  if (store === null) return [];
  const { mountPoint, type, totalBytes, availableBytes, level } = store;
  const findings: FindingDraft[] = [];
  const upper = places?.upperLayers.find((one) => one.mountPoint === mountPoint);
  const inMemory = memoryTypes.has(type) ? mountPoint : null;
  const upperMountPoint =
    upper !== undefined && memoryTypes.has(upper.upperType) ? upper.upperMountPoint : inMemory;
  if (upperMountPoint !== null)
    findings.push({
      subject: { kind: 'filesystem', mountPoint },
      level: level === 'ok' ? 'ok' : level,
      state: 'confirmed',
      found: { kind: 'store-in-memory', mountPoint, upperMountPoint, totalBytes, availableBytes },
      evidence: [pro('filesystems.available', availableBytes, 'bytes')],
      sinceMs: null,
    });
  const minFreeBytes = places?.minFreeBytes ?? null;
  if (minFreeBytes !== null && totalBytes !== null && minFreeBytes > totalBytes)
    findings.push({
      subject: { kind: 'filesystem', mountPoint },
      level: 'warning',
      state: 'confirmed',
      found: { kind: 'collection-goal', mountPoint, minFreeBytes, totalBytes },
      evidence: [pro('filesystems.total', totalBytes, 'bytes'), pro('nix.min-free', minFreeBytes, 'bytes')],
      sinceMs: null,
    });
  return findings;
}
