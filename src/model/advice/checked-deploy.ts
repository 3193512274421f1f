/** What `check deploy` finds, a kind an item. */

import type { EvaluationRun } from '../diagnosis/probe-values.ts';
import type { EvaluationCause } from './evaluation-cause.ts';

/**
 * How the target gets its system. `install`: an installer runs there, which formats; `kexec`: another Linux, which
 * nixos-anywhere replaces by an installer in memory first; `switch`: a NixOS, which gets a new generation.
 */
export type DeployWay = 'install' | 'kexec' | 'switch';

export type DeployFound =
  /** Whether the target answers to ssh, and how. */
  | {
      readonly kind: 'ssh';
      readonly host: string;
      readonly sec: number | null;
      /** Null: it answered. */
      readonly refused: 'key' | 'host-key' | 'connection' | 'route' | 'name' | 'time' | 'other' | null;
      /** In ssh's words; null where it answered. */
      readonly said: string | null;
    }
  /** `sshAnswers`: it said something to ssh, were it a refusal. */
  | {
      readonly kind: 'ping';
      readonly address: string;
      readonly answered: boolean;
      readonly sshAnswers: boolean;
    }
  | {
      readonly kind: 'configuration';
      readonly run: EvaluationRun;
      /** Of a message that is known. */
      readonly cause: EvaluationCause | null;
      /** There is no configuration of that name. */
      readonly lacksName: boolean;
      /** It wants to build while it evaluates, and nothing is built here. */
      readonly wantsBuild: boolean;
    }
  /** Room in the store of this machine, from which the closure comes. */
  | { readonly kind: 'local-store'; readonly freeBytes: number }
  | {
      readonly kind: 'target-root';
      readonly user: string;
      /** Null: it cannot become root without a password. */
      readonly by: 'root' | 'sudo' | 'doas' | null;
    }
  /** What runs there, and how the new system comes there. */
  | {
      readonly kind: 'target-system';
      readonly way: DeployWay;
      readonly distribution: string | null;
      /** `docker`; null on a machine. */
      readonly container: string | null;
      /** Programs that kexec needs and that are not there; empty where it is not needed. */
      readonly missing: readonly string[];
      /** Where another kernel than Linux runs. */
      readonly kernelName: string | null;
    }
  | { readonly kind: 'architecture'; readonly target: string; readonly wanted: string }
  | {
      readonly kind: 'target-memory';
      readonly way: DeployWay;
      readonly totalBytes: number;
      readonly availableBytes: number;
      readonly swapBytes: number;
      /** The configuration wants it, whose cache takes half of the memory; null: not known. */
      readonly zfs: boolean | null;
      /** Of the store's upper layer, where it lies in memory (an installer's). */
      readonly upper: { readonly freeBytes: number; readonly totalBytes: number } | null;
    }
  /** Room for the system: of the disks that will be formatted, or of the store that is there. */
  | {
      readonly kind: 'target-space';
      readonly of: 'disks' | 'largest-disk' | 'store';
      readonly bytes: number;
      /** What it should have at least. */
      readonly leastBytes: number;
    }
  | {
      readonly kind: 'target-device';
      /** As the configuration names it. */
      readonly device: string;
      /** `disko.devices.disk.main`, or a mount point. */
      readonly wantedBy: string;
      /** Null: it is not there. */
      readonly found: DeviceSeen | null;
      /** Where it is not there: the disks that are. */
      readonly others: readonly DeviceSeen[];
      readonly way: DeployWay;
    }
  /** Who uses a device that is to be formatted. */
  | { readonly kind: 'target-busy'; readonly device: string; readonly users: readonly DeviceUser[] }
  /** An installer without disko in the configuration: nothing would be formatted. */
  | { readonly kind: 'disko'; readonly disks: number | null }
  /** The LUKS device with the keys of the pool: while it is open, the pool is not exported. */
  | { readonly kind: 'credstore'; readonly open: string | null; readonly pools: readonly string[] }
  | {
      readonly kind: 'zfs-module';
      readonly way: DeployWay;
      readonly kernelVersion: string | null;
      readonly wantedVersion: string | null;
      /** Null: what will run is not there yet (kexec). */
      readonly found: boolean | null;
      readonly version: string | null;
    }
  | {
      readonly kind: 'host-id';
      readonly wanted: string | null;
      /** Of the system that runs there, where it is the one that has the pool. */
      readonly target: string | null;
    }
  | {
      readonly kind: 'firmware';
      readonly efi: boolean;
      readonly bits: number | null;
      readonly wantsEfi: boolean;
      readonly loader: string | null;
    }
  | {
      readonly kind: 'target-boot';
      /** A mount point, or the disk of the partition to be made. */
      readonly place: string;
      /** Free now; or of the whole partition that will be made. */
      readonly freeBytes: number;
      readonly isNew: boolean;
      /** Kernel and initrd of the system that runs there; null: not known. */
      readonly neededBytes: number | null;
    }
  | {
      readonly kind: 'login-keys';
      readonly count: number;
      /** Users with damaged ones. */
      readonly damaged: readonly { readonly user: string; readonly comment: string | null }[];
      /** Whether one of ours is among them: `used` is the one that ssh used now; null: none of ours is known. */
      readonly ours: 'used' | 'offered' | 'none' | null;
      /** `ssh-ed25519 … me@here`, to be added. */
      readonly example: string | null;
    }
  | {
      readonly kind: 'login-sshd';
      readonly enabled: boolean;
      readonly rootLogin: string | null;
      /** Only root has keys. */
      readonly rootOnly: boolean;
    }
  | { readonly kind: 'host-name'; readonly name: string | null; readonly attribute: string | null }
  /** What the console asks for at each boot. */
  | {
      readonly kind: 'boot-passphrase';
      readonly asks: boolean;
      readonly tpm: boolean;
      readonly initrdSsh: boolean;
    }
  | {
      readonly kind: 'target-network';
      readonly caches: readonly { readonly url: string; readonly httpStatus: number | null }[];
    }
  /** Negative: behind. */
  | { readonly kind: 'target-clock'; readonly aheadSec: number }
  | {
      readonly kind: 'target-trust';
      readonly user: string;
      /** As root, or in trusted-users. */
      readonly trusted: boolean;
    }
  | {
      readonly kind: 'target-min-free';
      readonly minFreeBytes: number;
      readonly maxFreeBytes: number | null;
      readonly freeBytes: number;
      readonly totalBytes: number;
      /** The store's upper layer is memory, which a collection cannot add to. */
      readonly inMemory: boolean;
    };

export interface DeviceSeen {
  readonly device: string;
  readonly bytes: number;
  readonly model: string | null;
  readonly readOnly: boolean;
  /** `/dev/disk/by-id/…`, which stays the same. */
  readonly byId: string | null;
}

export type DeviceUser =
  | { readonly kind: 'mount'; readonly device: string; readonly mountPoint: string }
  | { readonly kind: 'swap'; readonly device: string }
  | { readonly kind: 'pool'; readonly device: string; readonly pool: string }
  | { readonly kind: 'luks'; readonly device: string; readonly name: string }
  /** Another mapping or array: LVM, md. */
  | { readonly kind: 'held'; readonly device: string; readonly by: string };
