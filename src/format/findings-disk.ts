/** The words of what was found of disks, layers and file systems: a row a kind. */
import { bytesText } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { formatPercent } from '../base/number.ts';
import { listText, plural } from '../base/plural.ts';
import type { DiskFound, VolumeFound } from '../model/diagnosis/found-disk.ts';
import type { FoundWords } from './found-words.ts';

type Smart = Extract<DiskFound, { readonly kind: 'smart' }>;

const smartWords: Readonly<Record<Smart['how'], string>> = {
  failing: 'says itself that it fails (SMART)',
  prefail: 'is below its own limit of wear or errors (SMART, pre-fail)',
  spare: 'has fewer spare blocks left than it should (SMART)',
  sectors: 'has sectors that it could not read or had to replace (SMART)',
  worn: 'is worn beyond what it was made for (SMART)',
  past: 'was once beyond a limit of its own, and is not now (SMART)',
  history: 'has errors in its log, of whatever time (SMART)',
  cable: 'has had errors of its cable, of whatever time (SMART)',
};

export const diskWords: FoundWords<DiskFound> = {
  'disk-stalled': ({ device, stalledSec, inFlight }) =>
    `${device} has finished nothing for ${lengthText(stalledSec * 1000)}, ${inFlight ?? 'some'} requests wait`,
  'disk-slow': ({ device, awaitSec, perSec }) =>
    `${device} takes ${awaitSec.toFixed(1)} s for a request, and finishes ${perSec.toFixed(1)} a second`,
  'disk-errors': ({ device, newErrors, said, what }) => {
    const counted = newErrors === null ? [] : [plural(newErrors, 'new error')];
    const lines =
      said === 0 ? [] : [`${plural(said, 'line')} of the kernel${what === null ? '' : ` (${what})`}`];
    return `${device} has errors: ${[...counted, ...lines].join(', ')}`;
  },
  'disk-state': ({ device, state }) => `${device} is ${state}`,
  smart: ({ device, model, how, reallocated, pending, mediaErrors, percentUsed }) => {
    const counts = [
      count(pending, 'unreadable'),
      count(reallocated, 'replaced'),
      count(mediaErrors, 'media errors'),
      how === 'worn' && percentUsed !== null ? [`${percentUsed}% of its life`] : [],
    ].flat();
    const name = model === null ? device : `${device} (${model})`;
    return `${name} ${smartWords[how]}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`;
  },
  'bad-blocks': ({ device, badBlocks, checkedBytes }) =>
    `${device} has ${plural(badBlocks, 'block')} that cannot be read, of ${bytesText(checkedBytes)} read`,
};

export const volumeWords: FoundWords<VolumeFound> = {
  'layer-suspended': ({ device, title, carries }) => {
    const what = carries.length === 0 ? 'all its I/O' : `all I/O of ${listText(carries)}`;
    return `${layerName(device, title, null)} is suspended: ${what} waits (lvresize, a snapshot, luksSuspend)`;
  },
  'layer-stalled': ({ device, title, layer, stalledSec, inFlight, below }) => {
    const disks = below.map(({ device: name, utilPercent }) => `${name} ${formatPercent(utilPercent)} busy`);
    const crypt = layer === 'crypt' ? ' (kcryptd)' : '';
    const waits = `${inFlight ?? 'some'} requests wait in ${layerName(device, title, layer)}${crypt}`;
    return `${waits}, none done for ${lengthText(stalledSec * 1000)}; the disk below is not the limit: ${listText(disks)}`;
  },
  'layer-slow': ({ device, bytesPerSec, below, belowBytesPerSec, cipherBytesPerSec }) => {
    const cipher = cipherBytesPerSec === null ? '' : `; one CPU decrypts ${bytesText(cipherBytesPerSec)}/s`;
    return `${device} reads ${bytesText(bytesPerSec)}/s, ${below} below it ${bytesText(belowBytesPerSec)}/s${cipher}`;
  },
  'layer-errors': ({ device, title, said, what }) =>
    `requests to ${layerName(device, title, null)} failed: ${plural(said, 'line')} of the kernel (${what})`,
  array: ({ device, degraded, broken, action }) =>
    [
      ...(broken ? [`the array ${device} has failed: it has too few members, and its requests fail`] : []),
      ...(degraded > 0 && !broken ? [`${device} lacks ${plural(degraded, 'member')}`] : []),
      ...(action === null ? [] : [`${device} is busy with itself (${action}): slow until it is done`]),
    ].join('; '),
  pool: ({ pool, state }) =>
    state === 'SUSPENDED'
      ? `the pool ${pool} is SUSPENDED: all its I/O waits`
      : `the pool ${pool} is ${state}`,
  'filesystem-errors': ({ type, name, mountPoint, newErrors, errors, said }) => {
    const place = mountPoint ?? name;
    if (newErrors !== null) return `${place} (${type}) has ${plural(newErrors, 'new error')}`;
    if (said > 0) return `${place} (${type}) has errors: ${plural(said, 'line')} of the kernel`;
    return `${place} (${type}) has ${plural(errors ?? 0, 'recorded error')}`;
  },
  'read-only': ({ type, name, mountPoint }) => `${mountPoint ?? name} (${type}) has become read-only`,
  operation: ({ mountPoint, name, operation }) =>
    `${mountPoint ?? name} (btrfs) is busy with itself (${operation}): slow until it is done`,
  'thin-full': ({ name, dataPercent, metadataPercent, over }) => {
    const parts = [
      ...(dataPercent === null ? [] : [`data ${formatPercent(dataPercent)}`]),
      ...(metadataPercent === null ? [] : [`metadata ${formatPercent(metadataPercent)}`]),
    ];
    const full = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
    return `the pool ${name} is ${over ? 'full: what writes to it waits or fails' : 'nearly full'}${full}`;
  },
  'volume-state': ({ name, state }) => `LVM calls ${name} ${state}`,
  'group-bad': ({ name }) => `the volume group ${name} is damaged, or lacks a disk`,
};

function count(number: number | null, what: string): readonly string[] {
  return number === null || number === 0 ? [] : [`${number} ${what}`];
}

/** `dm-0 (crypt, cryptroot)`. */
function layerName(device: string, title: string | null, layer: string | null): string {
  const facts = [layer, title].filter((one) => one !== null);
  return facts.length === 0 ? device : `${device} (${facts.join(', ')})`;
}
