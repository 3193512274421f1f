/** Fields of where a rebuild writes to: build directory, boot partition, overlays, what builds hold; and the daemon's log. */
import type { BootPlace, BuildSize, PlacesRaw, UpperLayer } from '../machine/places.ts';
import type { Model } from '../model.ts';
import type { LogPath } from '../rebuild/log-path.ts';
import { bytes, count, type Field, flag, number, text, within } from './field.ts';
import { problemFieldsOf } from './shared.ts';

const bootFields: readonly Field<BootPlace>[] = [
  text('mountPoint', 'BOOT', 'File system of its own that kernels lie on; `boot` is null without one.'),
  text('type', 'BOOT TYPE', 'Type of that file system.'),
  bytes('totalBytes', 'BOOT SIZE', 'Its size.'),
  bytes('availableBytes', 'BOOT FREE', 'Free on it.'),
  bytes('pairBytes', 'KERNEL', 'Kernel and initial RAM disk in use: what another kernel takes, about.'),
  count(
    'staleEntries',
    'STALE',
    'Entries of the boot menu whose generation is deleted; null: they may not be listed.',
  ),
];

const settingFields: readonly Field<PlacesRaw>[] = [
  text(
    'buildDirectory',
    'BUILDS IN',
    '`build-dir` of nix.conf, else /nix/var/nix/builds where it exists; null: the version of Nix decides.',
  ),
  bytes(
    'minFreeBytes',
    'MIN FREE',
    '`min-free` of nix.conf: with less, builds collect garbage; null: not set.',
  ),
  ...within('boot', (places: PlacesRaw) => places.boot, bootFields),
];

const logPathFields: readonly Field<LogPath>[] = [
  text('path', 'LOG PATH', 'File or socket of `json-log-path` of nix.conf; null: there is none.'),
  ...problemFieldsOf('it is not followed, or not whole'),
];

export const placeFields: readonly Field<Model>[] = [
  ...within('places', (m: Model) => m.places ?? null, settingFields),
  ...within('logPath', (m: Model) => m.logPath, logPathFields),
];

export const upperLayerFields: readonly Field<UpperLayer>[] = [
  text('mountPoint', 'OVERLAY', 'Where the overlay is mounted.'),
  text('upperMountPoint', 'WRITES TO', 'Mount point of the file system that takes what is written to it.'),
  text('upperType', 'TYPE', 'Type of that one; of a tmpfs it is in memory.'),
];

export const buildSizeFields: readonly Field<BuildSize>[] = [
  text('path', 'DIRECTORY', 'Directory of one build.'),
  number('uid', 'UID', 'Who builds there.'),
  bytes('heldBytes', 'SIZE', 'What lies in it.', (one) => one.bytes),
  flag('whole', 'WHOLE', 'False: there are too many files to look at all of them, and it holds more.'),
];
