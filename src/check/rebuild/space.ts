/** Room of the store against what will come, and of where builds run. */
import type { CheckItem, CheckState } from '../../model/advice/check.ts';
import type { RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import { filesystemOf } from '../../model/machine/build-directories.ts';
import { memoryTypes } from '../../model/machine/places.ts';
import type { Filesystem } from '../../model/model.ts';
import { unseen } from '../unseen.ts';
import { buildRoom, temporaryRoom } from './build-room.ts';
import { planIn } from './plan.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
/** Below this Nix's own database and a build's log have no room either. */
const leastStoreBytes = 1 * GiB;
/** Of a store path of nixpkgs on the average: files, directories and links, without the few that have ten thousands. */
const inodesPerPath = 60;
const leastInodes = 5000;

type Facts = Pick<RebuildFacts, 'machine' | 'dryRun' | 'settings'>;
type Known = Filesystem & { readonly availableBytes: number };

export function spaceItems(facts: Facts): readonly CheckItem[] {
  const { machine } = facts;
  const store = filesystemOf('/nix/store', machine.filesystems);
  const asked = storeProblem(store);
  const known = asked === null && store !== null && isKnown(store) ? store : null;
  return [
    ...(known === null
      ? [unseen('store-space', '/nix/store', asked ?? { kind: 'unsupported', where: '/nix/store' })]
      : [storeSpace(known, facts), ...storeInodes(known, facts), ...inMemory(known, facts)]),
    ...collectionGoal(known, facts),
    ...buildRoom(facts),
    ...temporaryRoom(facts),
  ];
}

function isKnown(filesystem: Filesystem): filesystem is Known {
  return filesystem.availableBytes !== null;
}

function storeProblem(store: Filesystem | null) {
  if (store === null) return { kind: 'gone', where: '/nix/store' } as const;
  if (store.problem !== null) return store.problem;
  return store.availableBytes === null ? ({ kind: 'timeout', where: store.mountPoint } as const) : null;
}

function storeSpace({ mountPoint, availableBytes }: Known, facts: Facts): CheckItem {
  const plan = planIn(facts);
  const neededBytes = plan?.unpackedBytes ?? null;
  const left = availableBytes - (neededBytes ?? 0);
  const idle = plan !== null && plan.builds.length + plan.fetches.length === 0;
  const state =
    left < 0 ? 'failed' : left < (idle ? leastStoreBytes / 8 : leastStoreBytes) ? 'warning' : 'ok';
  return {
    id: 'store-space',
    subject: mountPoint,
    state: availableBytes < 16 * MiB ? 'failed' : state,
    found: {
      kind: 'store-space',
      ...{ mountPoint, freeBytes: availableBytes, neededBytes, builds: plan?.builds.length ?? null },
    },
  };
}

function storeInodes({ mountPoint, freeInodes }: Filesystem, facts: Facts): readonly CheckItem[] {
  if (freeInodes === undefined) return [];
  const plan = planIn(facts);
  const paths = plan === null ? null : plan.builds.length + plan.fetches.length;
  const state: CheckState =
    freeInodes < 100
      ? 'failed'
      : freeInodes < Math.max(leastInodes, (paths ?? 0) * inodesPerPath)
        ? 'warning'
        : 'ok';
  return [
    {
      id: 'store-inodes',
      subject: mountPoint,
      state,
      found: { kind: 'store-inodes', mountPoint, freeInodes, paths },
    },
  ];
}

/** An overlay of an installer: what is written lies in memory, however full its lower layer is. */
function inMemory({ mountPoint, type, availableBytes }: Known, facts: Facts): readonly CheckItem[] {
  const upper = facts.machine.places?.upperLayers.find((one) => one.mountPoint === mountPoint);
  const upperMountPoint =
    upper !== undefined && memoryTypes.has(upper.upperType)
      ? upper.upperMountPoint
      : memoryTypes.has(type)
        ? mountPoint
        : null;
  if (upperMountPoint === null) return [];
  const neededBytes = planIn(facts)?.unpackedBytes ?? null;
  return [
    {
      id: 'store-in-memory',
      subject: mountPoint,
      state: 'warning',
      found: {
        kind: 'store-in-memory',
        ...{ mountPoint, upperMountPoint, freeBytes: availableBytes, neededBytes },
      },
    },
  ];
}

/** With less than `min-free` every build collects garbage first; where there never is as much, in vain. */
function collectionGoal(store: Known | null, { settings, machine }: Facts): readonly CheckItem[] {
  const set = settings.ok ? settings.value.minFreeBytes : null;
  const minFreeBytes = set ?? machine.places?.minFreeBytes ?? null;
  if (store === null || store.totalBytes === null || minFreeBytes === null) return [];
  const { mountPoint, totalBytes, availableBytes } = store;
  return [
    {
      id: 'collection-goal',
      subject: mountPoint,
      state: minFreeBytes > totalBytes ? 'warning' : 'ok',
      found: {
        kind: 'collection-goal',
        ...{ mountPoint, minFreeBytes, totalBytes, freeBytes: availableBytes },
      },
    },
  ];
}
