/** Where a path lies, whatever it is called in a mount namespace. */
import { expect, test } from 'vitest';
import { parseMounts, placeOf } from '../../src/parse/mountinfo-mounts.ts';

const place = (...rows: string[]) => placeOf('/nix/var/nix', parseMounts(`${rows.join('\n')}\n`));
const host = '27 1 254:0 / / rw - ext4 /dev/vda rw';

test.for([
  ['the host', [host], '254:0 /nix/var/nix'],
  [
    'its store remounted writable, as a daemon has it',
    [host, '28 27 254:0 /nix/store /nix/store rw - ext4 /dev/vda rw'],
    '254:0 /nix/var/nix',
  ],
  [
    '/nix bound into a bubble',
    ['90 1 0:50 / / rw - tmpfs tmpfs rw', '91 90 254:0 /nix /nix ro - ext4 /dev/vda rw'],
    '254:0 /nix/var/nix',
  ],
  [
    'a container in a directory',
    ['97 41 254:0 /srv/machines/a / rw - ext4 /dev/vda rw'],
    '254:0 /srv/machines/a/nix/var/nix',
  ],
  ['a container on an overlay', ['97 41 0:61 / / rw - overlay overlay rw'], '0:61 /nix/var/nix'],
  ['a subvolume of btrfs', ['97 41 0:39 /@ / rw - btrfs /dev/vda rw'], '0:39 /@/nix/var/nix'],
  ['/nix on its own disk', [host, '30 27 254:16 / /nix rw - ext4 /dev/vdb rw'], '254:16 /var/nix'],
  ['a chroot into a plain directory', ['30 27 254:16 / /proc rw - proc proc rw'], null],
] as const)('%s', ([, rows, expected]) => expect(place(...rows)).toBe(expected));
