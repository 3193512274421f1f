/** What each item of the checks looks at and when it says what: the table of docs/check.md. */
import type { RebuildFound } from '../model/advice/checked-rebuild.ts';

export interface ItemReference {
  readonly looksAt: string;
  /** Null: it never does. */
  readonly warns: string | null;
  readonly fails: string | null;
  /** What it cannot see, and when it is `unknown`. */
  readonly blind: string;
}

export const rebuildReference: { readonly [Kind in RebuildFound['kind']]: ItemReference } = {
  evaluation: {
    looksAt:
      'the configuration, evaluated and instantiated by `nix-instantiate` in at most 5 minutes and half of the free memory; then `nix-store --realise --dry-run`: builds, downloads, their sizes',
    warns: 'it was ended at a limit, which a rebuild has not',
    fails:
      'it does not evaluate (the cause in one line), is killed by the limit of its own cgroup or for want of memory, Nix makes no plan, a path of it nobody knows how to get, or a derivation that it needs is an empty file, as after a crash',
    blind:
      'without a configuration, without Nix, or where it wants to build while it evaluates; `nixConfig` of a flake is not taken',
  },
  daemon: {
    looksAt: 'whether somebody listens on the socket of nix-daemon; where nobody is seen to, it is asked',
    warns: null,
    fails: 'the socket is there, and it does not answer',
    blind: 'a Nix of one user has no socket: unknown',
  },
  'store-writable': {
    looksAt: 'mounts: whether the file systems of the store and of its state take writes',
    warns: null,
    fails: 'read-only. /nix/store mounted on itself and read-only is how NixOS does it, and is no fault',
    blind: 'quotas, and a disk whose first write fails',
  },
  database: {
    looksAt: 'size and first bytes of db.sqlite',
    warns: null,
    fails: 'it is empty, or no database of SQLite',
    blind: 'damage inside: `nixpulse diagnose --probe database` looks at all of it',
  },
  'store-space': {
    looksAt: 'room of the store against what the dry run says will be unpacked',
    warns: 'less than 1 GB is left then (128 MB where nothing is to be done)',
    fails: 'it does not fit, or less than 16 MB are free',
    blind: 'what builds will leave: nobody knows before',
  },
  'store-inodes': {
    looksAt: 'free inodes of the store, where their number is fixed',
    warns: 'fewer than 5000, or than 60 a path that will come',
    fails: 'fewer than 100',
    blind: 'how many files a path really has',
  },
  'store-in-memory': {
    looksAt: 'overlays of an installer: where what is written to the store goes',
    warns: 'it goes to memory (tmpfs). The layer below, a squashfs that is always full, is not looked at',
    fails: null,
    blind: 'an overlay whose upper layer is not mounted where we see it',
  },
  'collection-goal': {
    looksAt: '`min-free` of nix.conf against all of the file system',
    warns: 'it is more than the file system has: every build collects garbage in vain',
    fails: null,
    blind: 'whether there is enough garbage to reach it',
  },
  'build-directory': {
    looksAt:
      'room and inodes where builds run: `build-dir`, what the version of Nix takes, or where builds run now; builds of the plan that are known to be large',
    warns: 'less than 512 MB, fewer than 5000 inodes, or less than the largest one takes',
    fails: 'less than 16 MB or fewer than 100 inodes, and something is built here',
    blind: 'how large most builds get; unknown where the version of Nix is not known',
  },
  temporary: {
    looksAt: '/tmp, where it is a file system that no other item looks at',
    warns: 'less than 64 MB or fewer than 500 inodes',
    fails: 'less than 1 MB or fewer than 10 inodes',
    blind: 'a TMPDIR of your own',
  },
  memory: {
    looksAt:
      'available memory and free swap, the limit of the cgroup that this session is in, what the evaluation took, and large builds: jobs times cores, 1 GB a compiler; kills for want of memory since boot are told',
    warns: 'less than 1 GB, or less than evaluation and large builds together may take',
    fails: null,
    blind: 'what builds really take: an estimate never fails',
  },
  cache: {
    looksAt: 'each substituter, asked as Nix does it, within 25 s: its nix-cache-info, a path, a part of it',
    warns:
      'it does not answer, answers with an error, is of another store directory, is not trusted, gives less than 64 KB/s, or takes more than 5 s to answer',
    fails: null,
    blind:
      'caches over ssh and S3, and those that only a flake names; whether a cache has what will be built',
  },
  builder: {
    looksAt:
      'each machine of `builders`, connected to as Nix does it, within 30 s and never asking for a password',
    warns: 'it does not answer, or does not have what its line promises',
    fails: null,
    blind:
      'as a user: keys and known hosts are those of root for the daemon, so a refusal is unknown. A builder over ssh:// may not tell what it offers',
  },
  machines: {
    looksAt: 'lines of `builders` and of the files that it names',
    warns: null,
    fails: 'one that Nix cannot read: it takes none of them then',
    blind: 'files that may not be read',
  },
  features: {
    looksAt:
      'system and `requiredSystemFeatures` of each build of the plan (4000 at most) against this machine, /dev/kvm, and the lines of builders',
    warns: 'a builder that might offer it could not be asked for certain',
    fails: 'nobody who answers offers it: one item for all builds',
    blind:
      'without a plan, or without the features of this machine; builds whose files could not be read are counted',
  },
  boot: {
    looksAt:
      'room on the partition of the boot loader against kernel and initrd of the system that will come where it is built already, else of the running one; files there that belong to no generation, temporary ones',
    warns: 'another pair does not fit, and whether one will come is not known',
    fails: 'it does not fit, and the plan brings a new kernel or initrd; or less than 64 KB are free',
    blind: 'the size of what is not built: that of the present is taken, or 50 MB; unmounted partitions',
  },
  running: {
    looksAt: 'processes: rebuilds, switches, collections of garbage, verifications',
    warns: 'one is under way',
    fails: null,
    blind: 'what hidepid hides',
  },
  'switch-unit': {
    looksAt: "systemd's nixos-rebuild-switch-to-configuration.service",
    warns: null,
    fails: 'it is there already: a switch of that name cannot start',
    blind: 'without systemd',
  },
  disks: {
    looksAt: 'what the diagnosis finds of disks, volumes and file systems in one second',
    warns: 'errors, a device that is offline, an array that lacks a member',
    fails: null,
    blind: 'SMART and bad blocks: `nixpulse diagnose --probe`',
  },
};
