/** A configuration that a target of a deployment is to get, sound and with a key that is whole. */
import type { AuthorizedKey, WantedSystem } from '../../src/model/advice/wanted-system.ts';

/** Whole: 51 bytes. */
export const ourKey: AuthorizedKey = {
  type: 'ssh-ed25519',
  blob: 'AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f',
  comment: 'me@here',
  damaged: false,
};

export const wanted: WantedSystem = {
  system: 'x86_64-linux',
  hostName: 'web',
  hostId: '8425e349',
  kernelVersion: '6.12.44',
  zfs: true,
  zfsVersion: '2.3.4',
  fileSystems: [{ mountPoint: '/', device: '/dev/disk/by-uuid/aaaa', type: 'ext4', optional: false }],
  disks: [{ name: 'main', device: '/dev/vda', espSizes: ['512M'] }],
  loader: { kind: 'systemd-boot', efi: true, mountPoint: '/boot' },
  sshd: true,
  rootLogin: 'prohibit-password',
  keys: [{ user: 'root', key: ourKey }],
  asksAtBoot: false,
  initrdSsh: false,
};
