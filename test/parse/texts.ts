/** Kernel and package texts of machines that the test machine is not: laptops with dm-crypt, ZFS, zram. */

export const mountinfo = [
  '22 28 0:21 / /proc rw,nosuid shared:12 - proc proc rw',
  '28 1 253:0 / / rw,relatime shared:1 - ext4 /dev/mapper/root rw,errors=remount-ro',
  '40 28 253:0 /nix/store /nix/store ro,relatime shared:1 - ext4 /dev/mapper/root rw',
  '61 28 0:40 / /tmp rw,nosuid,nodev shared:20 - tmpfs tmpfs rw,size=8388608k',
  '70 28 259:1 / /boot rw - vfat /dev/nvme0n1p1 rw,umask=0077',
  '90 28 0:50 / /mnt/back\\040up\\134x rw shared:31 master:2 - nfs4 nas:/export/my\\040share rw,vers=4.2',
  '95 28 0:52 /@nix /srv/nix rw shared:33 - btrfs /dev/mapper/vault rw,subvol=/@nix',
  '',
].join('\n');

export const swaps = [
  'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority',
  '/dev/dm-1                               partition\t8388604\t\t1048576\t\t-2',
  '/swap\\040file                           file\t\t2097148\t\t0\t\t-3',
  '',
].join('\n');

export const arcstats = [
  '13 1 0x01 147 39984 5207871234 1060713654321',
  'name                            type data',
  'hits                            4    1203423',
  'c_min                           4    1043931648',
  'c_max                           4    16702906368',
  'size                            4    8589934592',
  'compressed_size                 4    1234',
  '',
].join('\n');

export const zramStat =
  '4294967296 1073741824 1101004800        0 1101004800     1234        0        0        0\n';

export const dpkgStatus = [
  'Package: nix-bin-extras',
  'Status: install ok installed',
  'Version: 9.9.9',
  '',
  'Package: nix-bin',
  'Status: install ok installed',
  'Source: nix (2.8.0-1.1)',
  'Version: 2.8.0-1.1+b1',
  'Depends: libc6 (>= 2.34)',
  '',
  'Package: zsh',
  'Status: install ok installed',
  'Version: 5.9-4',
  '',
].join('\n');
