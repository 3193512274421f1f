/** Items of `check deploy` about what runs on the target, in words. */
import { bytesText } from '../../base/bytes.ts';
import { lengthText } from '../../base/duration.ts';
import { nixString } from '../../base/nix-string.ts';
import { listText } from '../../base/plural.ts';
import type { DeployFound, DeployWay } from '../../model/advice/checked-deploy.ts';
import type { WordsOf } from '../check-item-words.ts';
import { advice, settings, there } from '../check-remedies.ts';

type Kinds =
  | 'target-root'
  | 'target-system'
  | 'architecture'
  | 'target-memory'
  | 'target-network'
  | 'target-clock'
  | 'target-trust'
  | 'target-min-free';

const ways: Readonly<Record<DeployWay, string>> = {
  install: 'booted from an installer',
  kexec: 'not booted from an installer: nixos-anywhere starts its own by kexec',
  switch: 'a NixOS, which gets a new generation',
};

export const targetWords: Pick<WordsOf<DeployFound>, Kinds> = {
  'target-root': {
    title: 'root on the target',
    text: ({ user, by }) => {
      if (by === 'root') return 'as root';
      return by === null
        ? `${user} does not become root without a password`
        : `${user}, who becomes root by ${by}`;
    },
    remedies: ({ user }) => [
      advice(`deploy as root (root@HOST), with your key in root's authorized_keys`),
      settings(
        ['security.sudo.wheelNeedsPassword = false;'],
        `let ${user} use sudo without a password, as one of wheel`,
        'whoever has that account is root',
      ),
    ],
  },
  'target-system': {
    title: 'what runs there',
    text: ({ way, distribution, container, missing, kernelName }) => {
      if (kernelName !== null && kernelName !== 'Linux')
        return `${kernelName}, where only Linux can be replaced`;
      const parts = [
        `${distribution ?? 'unknown'}, ${ways[way]}`,
        ...(container === null || way !== 'kexec'
          ? []
          : [`it is a container (${container}), where kexec will hardly work`]),
        ...(missing.length === 0 ? [] : [`that needs ${listText(missing)}, which it has not`]),
      ];
      return parts.join('; ');
    },
    remedies: ({ missing }) => [
      ...(missing.length === 0
        ? []
        : [advice(`install ${listText(missing)} on the target (setsid must know --wait)`)]),
      advice('boot it from the NixOS installer (ISO, netboot, rescue system of the provider) instead'),
    ],
    guide: ['Is the target booted from the Keystone ISO?'],
  },
  architecture: {
    title: 'architecture',
    text: ({ target, wanted }) =>
      target === wanted ? target : `${target}, and the configuration is for ${wanted}`,
    remedies: ({ target }) => [
      settings(
        [`nixpkgs.hostPlatform = ${nixString(target)};`],
        "set the target's architecture, and have a builder for it",
      ),
    ],
  },
  'target-memory': {
    title: 'memory of the target',
    text: ({ totalBytes, availableBytes, upper, way, zfs }) => {
      const parts = [`${bytesText(availableBytes)} of ${bytesText(totalBytes)} available`];
      if (upper !== null)
        parts.push(
          `the upper layer of its store is memory too: ${bytesText(upper.freeBytes)} of ${bytesText(upper.totalBytes)} free`,
        );
      if (way === 'kexec') parts.push('an installer in memory takes 1 GB');
      if (zfs === true) parts.push('the cache of ZFS will take up to half');
      return parts.join('; ');
    },
    remedies: ({ way, zfs }) => [
      ...(way === 'switch'
        ? [advice('build here or on a builder, not on the target'), there('swapon FILE', 'add swap')]
        : [
            advice('build here, not on the target (nixos-anywhere --build-on local)'),
            advice('bring only the script of disko into its memory, not its tools (--no-disko-deps)'),
            advice('give it more memory while it is installed'),
          ]),
      ...(zfs === true
        ? [
            settings(
              ['boot.kernelParams = [ "zfs.zfs_arc_max=536870912" ];'],
              'bound the cache of ZFS, here to 512 MB',
            ),
          ]
        : []),
    ],
    guide: [
      'Deployment Hangs "Building system closure"',
      'Deployment Takes Too Long',
      'System Slow After Deployment',
    ],
  },
  'target-network': {
    title: 'caches from the target',
    text: ({ caches }) => {
      const dead = caches.filter(({ httpStatus }) => httpStatus === null || httpStatus >= 500);
      if (dead.length === 0)
        return `${listText(caches.map(({ url }) => url))} ${caches.length === 1 ? 'answers' : 'answer'}`;
      return dead
        .map(
          ({ url, httpStatus }) => `${url} ${httpStatus === null ? 'does not answer' : `says ${httpStatus}`}`,
        )
        .join(', ');
    },
    remedies: () => [
      there('getent hosts cache.nixos.org; ip route', 'see whether it has a name server and a gateway'),
      advice(
        'copy everything from here (without --substitute-on-destination or --use-substitutes); only slower',
      ),
    ],
    guide: ['Deployment Takes Too Long'],
  },
  'target-clock': {
    title: 'clock of the target',
    text: ({ aheadSec }) => {
      if (Math.abs(aheadSec) < 5) return 'as ours';
      return `${lengthText(Math.abs(aheadSec) * 1000)} ${aheadSec > 0 ? 'ahead of' : 'behind'} ours`;
    },
    remedies: () => [
      there(
        'timedatectl set-ntp true',
        'let it take the time from the network; certificates of caches are valid by it',
      ),
    ],
  },
  'target-trust': {
    title: 'may copy a closure',
    text: ({ user, trusted }) =>
      trusted
        ? `Nix there trusts ${user}`
        : `Nix there does not trust ${user}: what has no signature is refused`,
    remedies: ({ user }) => [
      advice('deploy as root (root@HOST)'),
      settings(
        [`nix.settings.trusted-users = [ "root" ${nixString(user)} ];`],
        `let Nix on the target trust ${user}`,
        'whoever is trusted by Nix is as good as root',
      ),
    ],
  },
  'target-min-free': {
    title: 'automatic collection there',
    text: ({ minFreeBytes, freeBytes, totalBytes, inMemory }) => {
      if (minFreeBytes === 0) return 'off';
      const where = inMemory
        ? "the upper layer of the installer's store, which is memory,"
        : 'its file system';
      if (minFreeBytes >= totalBytes)
        return `min-free is ${bytesText(minFreeBytes)}, and ${where} has ${bytesText(totalBytes)} in all: it collects with each path and never gets there`;
      return `below ${bytesText(minFreeBytes)} free, of which there are ${bytesText(freeBytes)}`;
    },
    remedies: ({ inMemory }) => [
      there(
        "sed -i '/min-free/d' /etc/nix/nix.conf; systemctl restart nix-daemon",
        'turn it off while it is installed',
        'builds that run there are ended',
      ),
      inMemory
        ? advice('build here, not on the target (nixos-anywhere --build-on local)')
        : there(
            'nix-collect-garbage',
            'free what nothing needs',
            'what is deleted must be built or downloaded again',
          ),
    ],
  },
};
