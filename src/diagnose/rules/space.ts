/** Bytes and inodes of the file systems that a rebuild needs: judged in model/machine/space-level.ts. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { StorageFound } from '../../model/diagnosis/found-storage.ts';
import type { Filesystem } from '../../model/model.ts';
import { pro } from '../judgement.ts';
import { type Rule, refuted, untested } from '../rule.ts';

export const spaceRule: Rule = {
  id: 'space',
  probes: [],
  look({ model }) {
    const { filesystems } = model;
    const findings = filesystems.flatMap((one) => (one.level === 'ok' ? [] : [shortOf(one)]));
    const read = filesystems.some(({ totalBytes }) => totalBytes !== null);
    return { findings, ground: read ? refuted() : untested({ kind: 'time' }) };
  },
};

function shortOf(filesystem: Filesystem): FindingDraft {
  const { path, mountPoint, type, level, totalBytes, availableBytes, freeInodesPercent } = filesystem;
  const usedPercent =
    totalBytes === null || availableBytes === null || totalBytes === 0
      ? null
      : 100 - (100 * availableBytes) / totalBytes;
  const inodes = freeInodesPercent !== null && freeInodesPercent < 100 - (usedPercent ?? 0);
  return {
    subject: { kind: 'filesystem', mountPoint },
    level,
    state: 'confirmed',
    found: {
      kind: 'space',
      path,
      mountPoint,
      type,
      what: inodes ? 'inodes' : 'bytes',
      availableBytes,
      usedPercent,
      role: roleOf(path),
    },
    evidence: inodes
      ? [pro('filesystems.freeInodes', Math.round(freeInodesPercent), 'percent')]
      : [pro('filesystems.available', availableBytes, 'bytes')],
    sinceMs: null,
  };
}

function roleOf(path: string): Extract<StorageFound, { kind: 'space' }>['role'] {
  if (path === '/nix' || path === '/nix/store') return 'store';
  if (path === '/tmp') return 'temporary';
  if (path === '/') return 'root';
  return path.startsWith('/boot') || path.startsWith('/efi') ? 'boot' : 'build-directory';
}
