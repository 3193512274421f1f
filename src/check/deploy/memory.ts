/** Memory of the target: an installer keeps all that is written to its store there. */
import type { CheckItem, CheckState } from '../../model/advice/check.ts';
import type { DeployWay } from '../../model/advice/checked-deploy.ts';
import type { Target, TargetMemory, TargetRoom } from '../../model/advice/deploy-target.ts';
import { wayOf } from './way.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
/** What the firmware and the kernel keep of a machine that is sold as 1 GB. */
const keptBytes = 100 * MiB;
/** Its cache takes half of the memory unless it is told otherwise (zfs_arc_max). */
const leastZfsBytes = 2 * GiB - keptBytes;

/** Null: it did not say. */
export function memoryItem(target: Target, zfs: boolean | null): CheckItem | null {
  const { memory } = target;
  if (memory === null) return null;
  const way = wayOf(target);
  const upper = upperRoom(target);
  const state = stateOf(way, memory);
  const isTight = zfs === true && memory.totalBytes < leastZfsBytes;
  return {
    id: 'target-memory',
    subject: null,
    state: state === 'ok' && isTight ? 'warning' : state,
    found: {
      kind: 'target-memory',
      way,
      ...memory,
      zfs,
      upper: upper === null ? null : { freeBytes: upper.freeBytes, totalBytes: upper.totalBytes },
    },
  };
}

/**
 * nixos-anywhere asks for 1 GB without swap where it starts its own installer; with that much the kernel was still seen
 * to kill (nixos-anywhere#348, #402). A switch needs what Nix takes to copy.
 */
function stateOf(way: DeployWay, { totalBytes, availableBytes, swapBytes }: TargetMemory): CheckState {
  switch (way) {
    case 'kexec':
      return totalBytes < GiB - keptBytes ? 'failed' : totalBytes < 1.5 * GiB - keptBytes ? 'warning' : 'ok';
    case 'install':
      return availableBytes < 256 * MiB ? 'failed' : totalBytes < 1.5 * GiB - keptBytes ? 'warning' : 'ok';
    case 'switch':
      return availableBytes + swapBytes < 256 * MiB ? 'warning' : 'ok';
  }
}

/** Of an installer's store: the writable layer, where it lies in memory. Its lower layer, a squashfs, is always full. */
export function upperRoom({ mounts, rooms }: Target): TargetRoom | null {
  const isMemory = mounts.some(({ mountPoint, type }) => mountPoint === '/nix/.rw-store' && type === 'tmpfs');
  const inRoot = !mounts.some(({ mountPoint }) => mountPoint === '/nix/store' || mountPoint === '/nix');
  const rootIsMemory = mounts.findLast(({ mountPoint }) => mountPoint === '/')?.type === 'tmpfs';
  if (isMemory) return rooms.find(({ path }) => path === '/nix/.rw-store') ?? null;
  return inRoot && rootIsMemory ? (rooms.find(({ path }) => path === '/nix/store') ?? null) : null;
}
