/** What helps against want of space: a row a kind, the gentlest first. */
import { shellWord } from '../base/shell-word.ts';
import type { SpaceFound, SpaceRole } from '../model/diagnosis/found-storage.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';
import { memoryTypes } from '../model/machine/places.ts';
import type { Remedies } from './remedies-of.ts';

const collectGarbage: Remedy = {
  kind: 'command',
  command: 'nix-collect-garbage --delete-older-than 30d',
  root: true,
  title: 'Delete what no generation of the last 30 days needs',
  risk: 'rollback to generations older than 30 days',
};
const findRoots: Remedy = {
  kind: 'command',
  command: 'nix-store --gc --print-roots',
  root: true,
  title: 'List what keeps paths alive: result links of builds, old profiles',
  risk: null,
};
/** Hidden behind the system profile: nix-env --list-generations of root lists that one (NixOS/nix#8732). */
const channelGenerations: Remedy = {
  kind: 'command',
  command: 'nix-env --profile /nix/var/nix/profiles/per-user/root/channels --delete-generations +2',
  root: true,
  title:
    "Delete old generations of root's channels, each of which holds tens of thousands of files; then collect garbage",
  risk: 'nix-channel --rollback to them',
};
const buildOnDisk: Remedy = {
  kind: 'nix',
  lines: ['nix.settings.build-dir = "/nix/var/nix/builds";'],
  title: 'Build on the disk of the store instead of in memory (Nix 2.30 and newer do so by themselves)',
  risk: null,
};
const pauseBuilds: Remedy = {
  kind: 'key',
  command: 'pause',
  title: 'Pause builds that write most until there is room; what others of them free at their end helps',
  risk: null,
};
const fewerJobs: Remedy = {
  kind: 'nix',
  lines: ['nix.settings.max-jobs = 2;'],
  title: 'Build fewer at once: the directories of all that run take room together',
  risk: 'slower rebuilds',
};

export const ofSpace: Remedies<SpaceFound> = {
  space: ({ role, type, mountPoint, what }) => {
    if (what === 'inodes')
      return role === 'store' ? [channelGenerations, collectGarbage] : [freeFiles(mountPoint)];
    return roomFor(role, type, mountPoint);
  },
  'space-fills': ({ role, type, mountPoint }) => [pauseBuilds, ...roomFor(role, type, mountPoint)],
  'space-failed': ({ mountPoint, type, of }) => {
    if (of === 'inodes') return [channelGenerations, collectGarbage];
    if (memoryTypes.has(type ?? '')) return [buildOnDisk, fewerJobs];
    return mountPoint === null ? [collectGarbage] : [...roomFor('store', type ?? '', mountPoint), fewerJobs];
  },
  'chunks-full': ({ mountPoint }) => [
    {
      kind: 'advice',
      title: `Free or move away some large files of ${mountPoint} first: on a full file system that copies on write, deleting needs room as well`,
      risk: null,
    },
    {
      kind: 'command',
      command: `btrfs balance start -dusage=10 ${shellWord(mountPoint)}`,
      root: true,
      title:
        'Give back chunks of data that are nearly empty, so that metadata may have them; raise 10 step by step',
      risk: null,
    },
    collectGarbage,
  ],
  'boot-small': () => bootRoom,
  'boot-unwritten': () => bootRoom,
  'store-in-memory': () => [
    {
      kind: 'advice',
      title:
        'Install to a disk and build there, or mount a disk over the upper layer: every path built here takes memory',
      risk: null,
    },
  ],
  'collection-goal': () => [
    {
      kind: 'command',
      command: 'nix build --option min-free 0',
      root: false,
      title: 'Build without collecting garbage in between (with the options of your own command)',
      risk: null,
    },
  ],
};

/** systemd-boot-builder and install-grub delete what belongs to no generation before they write (remove_old_entries). */
const bootRoom: readonly Remedy[] = [
  {
    kind: 'command',
    command: 'nix-collect-garbage --delete-older-than 14d && nixos-rebuild boot',
    root: true,
    title: 'Delete old generations, then write the boot menu anew: their kernels are deleted only then',
    risk: 'rollback to generations older than 14 days',
  },
  {
    kind: 'nix',
    lines: ['boot.loader.systemd-boot.configurationLimit = 5;'],
    title: 'Keep fewer generations in the boot menu (boot.loader.grub.configurationLimit with GRUB)',
    risk: null,
  },
];

function roomFor(role: SpaceRole, type: string, mountPoint: string): readonly Remedy[] {
  if (memoryTypes.has(type))
    return role === 'store' || role === 'root' ? [freeMemory(mountPoint)] : [buildOnDisk];
  return role === 'store' ? [collectGarbage, findRoots] : [freeFiles(mountPoint)];
}

function freeMemory(mountPoint: string): Remedy {
  return {
    kind: 'advice',
    title: `Free some of ${mountPoint}: it lies in memory, so a disk elsewhere does not help it`,
    risk: null,
  };
}

function freeFiles(mountPoint: string): Remedy {
  return { kind: 'advice', title: `Free some of ${mountPoint}`, risk: null };
}
