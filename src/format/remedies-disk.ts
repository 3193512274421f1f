/** What helps against disks, layers and file systems that fail: a row a kind, the gentlest first. */
import { nixString } from '../base/nix-string.ts';
import { shellWord } from '../base/shell-word.ts';
import type { DiskFound, VolumeFound } from '../model/diagnosis/found-disk.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';
import type { Remedies } from './remedies-of.ts';

const saveData: Remedy = {
  kind: 'advice',
  title: 'Copy what is only there to another disk first, then replace it: no rebuild while it fails',
  risk: null,
};
const checkCable: Remedy = {
  kind: 'advice',
  title: 'Check cable, slot and power: half of all errors that come and go are theirs',
  risk: null,
};
const waitForIt: Remedy = {
  kind: 'advice',
  title: 'Wait: it ends by itself; pause builds meanwhile, so that it ends sooner',
  risk: null,
};

export const ofDisk: Remedies<DiskFound> = {
  'disk-stalled': () => [
    {
      kind: 'advice',
      title: 'Wait for half a minute: then the kernel gives the request up and resets the device',
      risk: null,
    },
    checkCable,
  ],
  'disk-slow': () => [checkCable, saveData],
  'disk-errors': () => [checkCable, saveData],
  'disk-state': () => [checkCable, saveData],
  smart: ({ how }) =>
    how === 'past' || how === 'history' ? [] : how === 'cable' ? [checkCable] : [saveData],
  'bad-blocks': () => [saveData],
};

export const ofVolume: Remedies<VolumeFound> = {
  'layer-suspended': ({ device, title }) => [
    {
      kind: 'advice',
      title:
        'Look whether the command that suspended it still runs (lvresize, lvcreate, cryptsetup): it resumes it',
      risk: null,
    },
    {
      kind: 'command',
      command: `dmsetup resume ${shellWord(title ?? device)}`,
      root: true,
      title:
        'Resume it by hand when that command is gone (of LUKS: cryptsetup luksResume, which asks for the key)',
      risk: 'what the command was in the midst of',
    },
  ],
  'layer-stalled': ({ layer, title, device }) =>
    layer === 'crypt' ? [withoutQueues(title ?? device), fewerWriters] : [fewerWriters],
  'layer-slow': ({ device }) => [withoutQueues(device)],
  'layer-errors': ({ device, title }) => [
    {
      kind: 'command',
      command: device.startsWith('md')
        ? `mdadm --detail /dev/${device}`
        : `dmsetup status ${title ?? device}`,
      root: true,
      title: 'See which layer fails, and of what',
      risk: null,
    },
  ],
  array: ({ device, degraded, broken }) =>
    degraded > 0 || broken
      ? [
          {
            kind: 'command',
            command: `mdadm --detail /dev/${device}`,
            root: true,
            title: broken
              ? 'See which members lack: with those back it is assembled anew, after a copy of what is left'
              : 'See which member lacks, and replace it',
            risk: null,
          },
        ]
      : [waitForIt],
  pool: ({ pool, state }) => [
    {
      kind: 'command',
      command: `zpool status -v ${shellWord(pool)}`,
      root: false,
      title: 'See which disk it is, and which files are damaged',
      risk: null,
    },
    ...(state === 'SUSPENDED'
      ? [
          {
            kind: 'command',
            command: `zpool clear ${shellWord(pool)}`,
            root: true,
            title: 'Go on when its disks are there again',
            risk: null,
          } as const,
        ]
      : []),
  ],
  'filesystem-errors': ({ type, mountPoint, name }) => [
    saveData,
    type === 'btrfs'
      ? {
          kind: 'command',
          command: `btrfs scrub start ${shellWord(mountPoint ?? name)}`,
          root: true,
          title: 'Read all of it and mend what has a second copy',
          risk: null,
        }
      : {
          kind: 'advice',
          title: `Check it (fsck) while it is not mounted: at boot, or from an installer`,
          risk: 'an fsck may delete files that it cannot mend',
        },
  ],
  'read-only': ({ mountPoint, name }) => [
    {
      kind: 'advice',
      title: `Find out why first (kernel log): ${mountPoint ?? name} takes no more writes so that no more is damaged`,
      risk: null,
    },
    saveData,
  ],
  operation: () => [waitForIt],
  'thin-full': ({ name }) => [
    {
      kind: 'command',
      command: `lvextend -l +50%FREE ${shellWord(name)}`,
      root: true,
      title: 'Give it more of its volume group, if there is any left',
      risk: null,
    },
  ],
  'volume-state': ({ name }) => [
    {
      kind: 'command',
      command: `lvs -a -o +devices,lv_health_status ${shellWord(name)}`,
      root: true,
      title: 'See which of its devices it is (lvmraid(7) says what each word asks for)',
      risk: null,
    },
  ],
  'group-bad': ({ name }) => [
    {
      kind: 'command',
      command: `vgck ${shellWord(name)}`,
      root: true,
      title: 'See what is wrong with it',
      risk: null,
    },
  ],
};

const fewerWriters: Remedy = {
  kind: 'key',
  command: 'pause',
  title: 'Pause builds that write most: what waits in the layer is worked off, slowly',
  risk: null,
};

/** Linux 5.9, dm-crypt; of NixOS since 21.11. */
function withoutQueues(title: string): Remedy {
  return {
    kind: 'nix',
    lines: [`boot.initrd.luks.devices.${nixString(title)}.bypassWorkqueues = true;`],
    title:
      'Encrypt where the request comes in, not in queues of kcryptd (no_read_workqueue, no_write_workqueue)',
    risk: null,
  };
}
