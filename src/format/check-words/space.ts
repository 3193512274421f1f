/** Room in words: the store, build directories, /tmp, the partition of the boot loader. */
import { bytesText } from '../../base/bytes.ts';
import { plural } from '../../base/plural.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { SpaceFound } from '../../model/advice/checked-rebuild.ts';
import type { Remedy } from '../../model/diagnosis/remedy.ts';
import type { WordsOf } from '../check-item-words.ts';

const collect: Remedy = {
  kind: 'command',
  command: 'nix-collect-garbage --delete-older-than 30d',
  root: true,
  title: 'free what nothing needs, and generations older than 30 days',
  risk: 'no way back to those generations',
};

const buildElsewhere = (path: string): Remedy => ({
  kind: 'nix',
  lines: ['nix.settings.build-dir = "/var/cache/nix-build";  # Nix 2.22 and newer'],
  title: `let builds run on another file system than that of ${path}`,
  risk: null,
});

export const spaceWords: WordsOf<SpaceFound> = {
  'store-space': {
    title: 'space in the store',
    text: ({ mountPoint, freeBytes, neededBytes, builds }) => {
      const come =
        neededBytes === null || neededBytes === 0 ? '' : `, ${bytesText(neededBytes)} to be fetched`;
      const more = builds === null || builds === 0 ? '' : `, and what ${plural(builds, 'build')} will leave`;
      return `${bytesText(freeBytes)} free on ${mountPoint}${come}${more}`;
    },
    remedies: () => [collect],
  },
  'store-inodes': {
    title: 'inodes of the store',
    text: ({ mountPoint, freeInodes, paths }) =>
      `${freeInodes} free on ${mountPoint}${paths === null ? '' : `, ${plural(paths, 'path')} to come`}`,
    remedies: () => [
      collect,
      {
        kind: 'command',
        command: 'nix-store --optimise',
        root: true,
        title: 'let equal files be one',
        risk: null,
      },
    ],
  },
  'store-in-memory': {
    title: 'store in memory',
    text: ({ mountPoint, upperMountPoint, freeBytes, neededBytes }) => {
      const come = neededBytes === null || neededBytes === 0 ? '' : `, ${bytesText(neededBytes)} to come`;
      const layer =
        upperMountPoint === mountPoint ? '' : '; collecting garbage frees nothing of its lower layer';
      return `what is written to ${mountPoint} lies in memory (${upperMountPoint}), ${bytesText(freeBytes)} free${come}${layer}`;
    },
    remedies: ({ upperMountPoint }) => [
      {
        kind: 'advice',
        title: 'build on another machine and copy it here, or install to the disk and build there',
        risk: null,
      },
      {
        kind: 'command',
        command: `mount -o remount,size=80% ${shellWord(upperMountPoint)}`,
        root: true,
        title: 'let it take more of the memory',
        risk: 'what it takes, programs lack',
      },
    ],
  },
  'collection-goal': {
    title: 'automatic collection',
    text: ({ mountPoint, minFreeBytes, totalBytes, freeBytes }) =>
      minFreeBytes > totalBytes
        ? `min-free is ${bytesText(minFreeBytes)}, and all of ${mountPoint} has ${bytesText(totalBytes)}: every build collects garbage in vain`
        : `min-free is ${bytesText(minFreeBytes)}, ${bytesText(freeBytes)} are free`,
    remedies: () => [
      {
        kind: 'nix',
        lines: ['nix.settings.min-free = 0;'],
        title: 'switch it off, or set what the file system can have',
        risk: null,
      },
    ],
  },
  'build-directory': {
    title: 'build directory',
    text: ({ path, mountPoint, type, freeBytes, freeInodes, builds, large }) => {
      const where = `${bytesText(freeBytes)} free for builds in ${path} (${type} on ${mountPoint})`;
      const [largest] = large;
      const inodes = freeInodes !== null && freeInodes < 5000 ? `, ${freeInodes} inodes` : '';
      if (largest !== undefined)
        return `${where}${inodes}, ${largest.name} takes ${bytesText(largest.bytes)} or more`;
      return `${where}${inodes}${builds === 0 ? ', nothing is built here' : ''}`;
    },
    remedies: ({ path, type }) => [
      ...(type === 'tmpfs' && path === '/tmp'
        ? [
            {
              kind: 'nix',
              lines: ['boot.tmp.useTmpfs = false;', 'boot.tmp.cleanOnBoot = true;'],
              title: 'keep /tmp on the disk',
              risk: null,
            } satisfies Remedy,
          ]
        : []),
      buildElsewhere(path),
    ],
  },
  temporary: {
    title: 'temporary files',
    text: ({ mountPoint, type, freeBytes, freeInodes }) =>
      `${bytesText(freeBytes)} free on ${mountPoint} (${type})${
        freeInodes !== null && freeInodes < 500 ? `, ${freeInodes} inodes` : ''
      }`,
    remedies: ({ mountPoint }) => [
      {
        kind: 'command',
        command: `du -xh --max-depth=1 ${shellWord(mountPoint)} | sort -h | tail`,
        root: true,
        title: 'see what fills it',
        risk: null,
      },
    ],
  },
  boot: {
    title: 'room for the kernel',
    text: (found) => {
      const { mountPoint, freeBytes, neededBytes, measured, newKernel, staleFiles, staleBytes } = found;
      const need = `${measured ? '' : 'usually '}${bytesText(neededBytes)}`;
      const will =
        newKernel === true
          ? `${need} will be written`
          : newKernel === false
            ? 'no new kernel'
            : `a new kernel takes ${need}`;
      const stale =
        staleFiles === null || staleFiles === 0
          ? ''
          : `; ${plural(staleFiles, 'kernel or initrd', 'kernels and initrds')} of deleted generations hold ${bytesText(staleBytes)}`;
      const left =
        found.temporaryFiles === null || found.temporaryFiles === 0
          ? ''
          : `; ${plural(found.temporaryFiles, 'temporary file')} of an earlier attempt`;
      return `${bytesText(freeBytes)} free on ${mountPoint}, ${will}${stale}${left}`;
    },
    remedies: ({ staleFiles }) => [
      ...(staleFiles === 0
        ? []
        : [
            {
              kind: 'command',
              command: '/nix/var/nix/profiles/system/bin/switch-to-configuration boot',
              root: true,
              title: 'let the boot loader remove what belongs to deleted generations',
              risk: null,
            } satisfies Remedy,
          ]),
      {
        kind: 'command',
        command:
          'nix-env -p /nix/var/nix/profiles/system --delete-generations +3 && /nix/var/nix/profiles/system/bin/switch-to-configuration boot',
        root: true,
        title: 'keep three generations, and take the others out of the boot menu',
        risk: 'no way back to the others',
      },
      {
        kind: 'nix',
        lines: [
          'boot.loader.systemd-boot.configurationLimit = 3;  # or',
          'boot.loader.grub.configurationLimit = 3;',
        ],
        title: 'keep so few in the boot menu from now on',
        risk: null,
      },
    ],
  },
};
