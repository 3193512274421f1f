/** The same for `check deploy`. */
import type { DeployFound } from '../model/advice/checked-deploy.ts';
import type { ItemReference } from './check-reference.ts';

export const deployReference: { readonly [Kind in DeployFound['kind']]: ItemReference } = {
  ping: {
    looksAt: 'one ping of the address that ssh takes, within 3 s',
    warns: 'no answer to it, nor to ssh',
    fails: null,
    blind: 'without ping, without the right to use it, and behind a jump host; a firewall may drop it',
  },
  ssh: {
    looksAt:
      "the target, by the system's own ssh and its configuration, never asking for anything: one session, which a connection that is there serves, and which leaves none behind",
    warns: null,
    fails: 'it does not answer within 10 s, or refuses: key, host key, connection, route, name',
    blind: 'what only a password would open',
  },
  configuration: {
    looksAt:
      'the configuration, evaluated in at most 10 minutes and half of the free memory; nothing is written',
    warns: 'it was ended at a limit, which a deployment has not',
    fails: 'it does not evaluate',
    blind:
      'without `--flake`, without Nix, what wants to build while it evaluates, and what a build brings. A node of colmena is named by its path: `.#colmenaHive.nodes.web`; a hive that is no flake is not read',
  },
  'local-store': {
    looksAt: 'room of the store of this machine, where the closure is built or comes from',
    warns: 'less than 10 GB are free',
    fails: 'less than 1 GB is free',
    blind: 'how much it will be: `nixpulse check rebuild --flake` says that',
  },
  'target-root': {
    looksAt: 'who we are there; otherwise `sudo -n true` and `doas -n true`',
    warns: null,
    fails: 'neither is root, nor makes root without a password',
    blind: 'rules of sudo for single commands',
  },
  'target-system': {
    looksAt:
      'os-release, mounts, programs: an installer (which formats), a NixOS (which gets a new generation), another Linux (which nixos-anywhere replaces by kexec)',
    warns: 'kexec in a container',
    fails: 'another kernel than Linux; for kexec no tar, cpio or `setsid --wait`',
    blind: 'whether its kernel allows kexec (lockdown)',
  },
  architecture: {
    looksAt: '`uname -m` against the system of the configuration',
    warns: null,
    fails: 'it cannot run that',
    blind: 'emulation',
  },
  'target-memory': {
    looksAt: 'memory of the target; of an installer also the upper layer of its store, where that is memory',
    warns:
      'for kexec and in an installer less than 1.5 GB, for ZFS less than 2 GB, for a switch less than 256 MB available',
    fails: 'for kexec less than 1 GB; in an installer less than 256 MB available',
    blind: 'how much of a closure will be built there',
  },
  'target-space': {
    looksAt:
      'the size of the disks that will be formatted, without a configuration of the largest; of a NixOS the room of its store',
    warns: 'a store with less than 5 GB free',
    fails: 'disks of less than 20 GB; a store with less than 1 GB free',
    blind: 'how large the closure is',
  },
  disko: {
    looksAt: 'whether the configuration describes disks, where they will be formatted',
    warns: null,
    fails: 'it has no disko, or disko has no disks',
    blind: 'whether what it describes is sound',
  },
  'target-device': {
    looksAt:
      'each disk of disko, for a NixOS each device of fileSystems (those with nofail aside), by any of its names, with the one by id',
    warns: null,
    fails: 'it is not there, or is to be formatted and read-only',
    blind: 'whether it is the disk that you mean',
  },
  'target-busy': {
    looksAt: 'in an installer: mounts, swap, pools, LUKS, LVM and arrays on a disk that will be formatted',
    warns: null,
    fails: 'one uses it',
    blind: 'pools, where zpool is not there or we are not root; programs that hold the device open',
  },
  credstore: {
    looksAt: 'in an installer with ZFS: whether a mapping by the name of credstore is open',
    warns: null,
    fails: 'it is: a pool is not exported, and a deployment hangs',
    blind: 'stores of another name',
  },
  'zfs-module': {
    looksAt: 'where the configuration wants ZFS: in an installer the module for the kernel that runs',
    warns: null,
    fails: 'it is neither loaded nor found by modinfo',
    blind: 'what kexec starts: unknown',
  },
  'host-id': {
    looksAt: 'where the configuration wants ZFS: networking.hostId',
    warns: 'a NixOS that has loaded ZFS has another one',
    fails: 'it is not set, or not eight hexadecimal digits',
    blind: 'which id a pool on the disk was last used with',
  },
  firmware: {
    looksAt: 'whether the target was booted by EFI, against the boot loader of the configuration',
    warns: 'a boot loader of the BIOS where EFI booted; EFI of 32 bits',
    fails: 'a boot loader of EFI where the BIOS booted',
    blind: 'boot loaders other than systemd-boot and GRUB; Secure Boot',
  },
  'target-boot': {
    looksAt:
      'the EFI system partition that disko will make; of a NixOS the room in /boot against kernel and initrd that run',
    warns: 'less than 256 MB; room for one further generation only',
    fails: 'less than 100 MB; no room for one further generation',
    blind: 'sizes in percent; how large the new kernel and initrd are',
  },
  'login-keys': {
    looksAt:
      'keys of root and of wheel in the configuration, whether they are whole, and whether the one that ssh used, or one that it can offer from here, is among them',
    warns: 'a damaged one; none of ours',
    fails: 'there is none',
    blind:
      'keys that come from elsewhere (agenix, LDAP, certificates), and which key opened a connection that was there before',
  },
  'login-sshd': {
    looksAt: 'services.openssh in the configuration',
    warns: null,
    fails: 'it is off, or only root has keys and may not log in',
    blind: 'another sshd; firewalls and networks of the configuration',
  },
  'host-name': {
    looksAt: 'networking.hostName against the name in the flake',
    warns: 'it was never set (`nixos`), and the flake has another name',
    fails: null,
    blind: 'names that differ on purpose: they are not told',
  },
  'boot-passphrase': {
    looksAt:
      'LUKS devices and encrypted pools of the configuration, an sshd in its initrd, a TPM of the target',
    warns: 'the console will wait for a passphrase, and nothing else can give it',
    fails: null,
    blind: 'whether the TPM is enrolled',
  },
  'target-network': {
    looksAt:
      "caches of the target's Nix (four at most), otherwise cache.nixos.org, by curl or wget there, within 5 s",
    warns: 'one does not answer, or with an error of its own',
    fails: null,
    blind: 'without curl and wget; caches that only the new system has',
  },
  'target-clock': {
    looksAt: 'the clock of the target against ours',
    warns: 'more than 5 minutes between them',
    fails: 'more than a day: certificates of caches are not valid then',
    blind: 'which of the two is right',
  },
  'target-trust': {
    looksAt: "where another user than root deploys to a NixOS: trusted-users of the target's Nix",
    warns: null,
    fails: 'neither the user nor a group of the user is among them: paths without a signature are refused',
    blind: 'whether the paths are signed by a key that it trusts',
  },
  'target-min-free': {
    looksAt:
      "min-free of the target's Nix against the file system of its store; of an installer against the upper layer, not the squashfs, which is always full",
    warns: 'a collection begins at once',
    fails: 'it is more than the file system has in all: Nix collects with each path and never gets there',
    blind: 'whether there is garbage',
  },
};
