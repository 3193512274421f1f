/** Room of the file systems that a rebuild needs: bytes, inodes, chunks, memory, the boot partition. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Ground } from '../../model/diagnosis/hypothesis.ts';
import { filesystemCause, usedPercent } from '../../model/machine/space-level.ts';
import type { Model } from '../../model/model.ts';
import { contra, pro } from '../judgement.ts';
import { type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';
import { bootFindings } from '../storage/boot.ts';
import { chunkFindings } from '../storage/chunks.ts';
import { type Filling, fillingOf, type Room, withRoom } from '../storage/filling.ts';
import { memoryStoreFindings } from '../storage/memory-store.ts';
import { type Needed, neededFilesystems } from '../storage/roles.ts';
import { spaceFailures } from '../storage/space-failed.ts';
import { holdersOf, writersTo } from '../storage/space-users.ts';

export const spaceRule: Rule = {
  id: 'space',
  probes: [],
  look(scene) {
    const { model, thresholds } = scene;
    const needed = neededFilesystems(model);
    const findings = [
      ...needed.flatMap((one) => [...short(one, model), ...filling(one, scene)]),
      ...spaceFailures(model),
      ...chunkFindings(model, thresholds),
      ...bootFindings(model, thresholds),
      ...memoryStoreFindings(model),
    ];
    return { findings, ground: groundOf(needed, model) };
  },
};

function groundOf(needed: readonly Needed[], { filesystems, health }: Model): Ground {
  const read = needed.filter(({ filesystem }) => filesystem.availableBytes !== null);
  if (read.length === 0) {
    const isCaptured = filesystems.some(({ problem }) => problem?.kind === 'unsupported');
    return untested({ kind: isCaptured ? 'unsupported' : 'time' });
  }
  const evidence = read
    .slice(0, 3)
    .map(({ filesystem }) => contra('filesystems.available', filesystem.availableBytes, 'bytes'));
  const chunked = health?.filesystems.filter(({ btrfs }) => btrfs !== null) ?? [];
  // Of btrfs the number is none of metadata.
  const open = read.some(
    ({ filesystem: { type, mountPoint } }) =>
      type === 'btrfs' && !chunked.some((one) => chunked.length === 1 || one.mountPoint === mountPoint),
  );
  return open || read.length < needed.length ? unlikely(...evidence) : refuted(...evidence);
}

function short({ filesystem, role, certain }: Needed, model: Model): readonly FindingDraft[] {
  const { path, mountPoint, type, level, availableBytes, freeInodesPercent } = filesystem;
  if (level === 'ok') return [];
  const inodes = filesystemCause(filesystem).kind === 'inodes';
  const holders = inodes ? [] : holdersOf(mountPoint, model);
  return [
    {
      subject: { kind: 'filesystem', mountPoint },
      level,
      state: certain ? 'confirmed' : 'possible',
      found: {
        kind: 'space',
        path,
        mountPoint,
        type,
        what: inodes ? 'inodes' : 'bytes',
        availableBytes,
        usedPercent: usedPercent(filesystem),
        role,
        ...(holders.length > 0 && { holders }),
      },
      evidence: inodes
        ? [pro('filesystems.freeInodes', Math.round((freeInodesPercent ?? 0) * 10) / 10, 'percent')]
        : [pro('filesystems.available', availableBytes, 'bytes')],
      sinceMs: null,
    },
  ];
}

function filling({ filesystem, role, certain }: Needed, scene: Scene): readonly FindingDraft[] {
  const { model, thresholds, keep } = scene;
  const { mountPoint, type, availableBytes, problem } = filesystem;
  const atMs = model.readAtMs.storage;
  if (availableBytes === null || problem !== null || atMs === undefined) return [];
  const rooms = keep<readonly Room[]>(`room ${mountPoint}`, (before) =>
    withRoom(before ?? [], { atMs, bytes: availableBytes }, thresholds),
  );
  const fills = fillingOf(rooms, thresholds);
  if (fills === null || availableBytes === 0) return [];
  const { bytesPerSec, fullInSec } = fills;
  const holders = holdersOf(mountPoint, model);
  return [
    {
      subject: { kind: 'filesystem', mountPoint },
      level: levelOf(fills, thresholds.fillSec),
      state: fills.steady && certain ? 'likely' : 'possible',
      found: {
        kind: 'space-fills',
        mountPoint,
        type,
        role,
        availableBytes,
        bytesPerSec,
        fullInSec,
        writers: writersTo(mountPoint, role, model),
        ...(holders.length > 0 && { holders }),
      },
      evidence: [
        pro('filesystems.available', availableBytes, 'bytes'),
        pro('filesystems.pace', Math.round(bytesPerSec), 'bytes/s', rooms[0]?.atMs ?? null),
      ],
      sinceMs: null,
    },
  ];
}

function levelOf({ fullInSec }: Filling, soonSec: number): 'warning' | 'critical' {
  return fullInSec < soonSec ? 'critical' : 'warning';
}
