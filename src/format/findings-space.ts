/** The words of what was found of space: a row a kind. */
import { bytesText } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { formatPercent } from '../base/number.ts';
import { listText, plural } from '../base/plural.ts';
import type { SpaceFound, SpaceHolder } from '../model/diagnosis/found-storage.ts';
import { memoryTypes } from '../model/machine/places.ts';
import type { FoundWords } from './found-words.ts';

type Of<Kind extends SpaceFound['kind']> = Extract<SpaceFound, { readonly kind: Kind }>;

export const spaceWords: FoundWords<SpaceFound> = {
  space: ({ path, mountPoint, type, what, availableBytes, usedPercent, role, holders }) => {
    const place = placeText(mountPoint, type);
    const asked = path === mountPoint || mountPoint === '/' ? '' : `, where ${path} lies`;
    const builds = role === 'build-directory' ? ', where builds run' : asked;
    return what === 'inodes'
      ? `${place} has no inodes left, however many bytes are free${builds}`
      : `${place} is ${formatPercent(usedPercent)} full, ${bytesText(availableBytes)} free${builds}${holdersText(holders)}`;
  },
  'space-fills': ({ mountPoint, type, role, availableBytes, bytesPerSec, fullInSec, writers, holders }) => {
    const builds = role === 'build-directory' ? ', where builds run,' : '';
    const by = writers.map(({ build, bytesPerSec: pace }) => `${build} ${bytesText(pace)}/s`);
    const most = by.length === 0 ? '' : `; most by ${listText(by)}`;
    const left = `${bytesText(availableBytes)} left, ${bytesText(bytesPerSec)}/s`;
    return `${placeText(mountPoint, type)}${builds} is full in ${lengthText(fullInSec * 1000)}: ${left}${holders === undefined ? most : holdersText(holders)}`;
  },
  'space-failed': failedText,
  'chunks-full': ({ mountPoint, unallocatedBytes, metadataPercent, reserveBytes, availableBytes }) => {
    const left = unallocatedBytes < 2 ** 20 ? 'nothing' : `only ${bytesText(unallocatedBytes)}`;
    const free = availableBytes === null ? '' : `, whatever df says (${bytesText(availableBytes)} free)`;
    const reserve = reserveBytes === undefined ? '' : ` and ${bytesText(reserveBytes)} kept for deleting`;
    return `${mountPoint} (btrfs) has ${left} unallocated, metadata ${formatPercent(metadataPercent)} of its chunks${reserve}${free}`;
  },
  'boot-small': ({ mountPoint, availableBytes, needBytes, staleEntries }) => {
    const stale =
      staleEntries === null || staleEntries === 0
        ? ''
        : `; ${plural(staleEntries, 'entry belongs', 'entries belong')} to deleted generations`;
    return `${mountPoint}: another kernel needs about ${bytesText(needBytes)}, ${bytesText(availableBytes)} free${stale}`;
  },
  'boot-unwritten': ({ exitCode, over }) => {
    const although = over && exitCode === 0 ? ' although the command ended with 0' : '';
    return `the new generation is NOT in the boot menu${although}: the boot partition has no room`;
  },
  'store-in-memory': ({ mountPoint, upperMountPoint, totalBytes, availableBytes }) => {
    const layer = upperMountPoint === mountPoint ? '' : `, its upper layer ${upperMountPoint}`;
    const room = `${bytesText(availableBytes)} of ${bytesText(totalBytes)} left`;
    return `what is written to ${mountPoint} lies in memory${layer}: ${room}`;
  },
  'collection-goal': ({ mountPoint, minFreeBytes, totalBytes }) =>
    `min-free wants ${bytesText(minFreeBytes)} free and ${mountPoint} has ${bytesText(totalBytes)} in all: no garbage collection reaches it`,
};

function failedText({ mountPoint, type, of, builds, roomy }: Of<'space-failed'>): string {
  const who = builds.length === 0 ? '' : `: ${listText(builds, 3)}`;
  if (mountPoint === null) return `a file system was full (ENOSPC), which one cannot be told${who}`;
  const place = placeText(mountPoint, type ?? '');
  const what = of === 'inodes' ? 'no inodes' : 'ENOSPC';
  const room =
    of === 'own-limit' ? '; it has room itself: a quota, or a smaller file system of the build' : '';
  const not = roomy === null ? '' : `, not on ${roomy.mountPoint} (${bytesText(roomy.availableBytes)} free)`;
  return `${what} on ${place}${not}${room}${who}`;
}

/** `; of it cef-binary-1 1.9 GB and firefox-130.0 more than 1 GB`. */
function holdersText(holders: readonly SpaceHolder[] | undefined): string {
  if (holders === undefined) return '';
  const parts = holders.map(
    ({ build, bytes, whole }) => `${build} ${whole ? '' : 'more than '}${bytesText(bytes)}`,
  );
  return `; of it ${listText(parts)}`;
}

/** `/tmp (tmpfs)`, where that is what matters. */
function placeText(mountPoint: string, type: string): string {
  return memoryTypes.has(type) ? `${mountPoint} (${type})` : mountPoint;
}
