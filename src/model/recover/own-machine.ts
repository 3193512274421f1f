/** What of a machine a minimal configuration takes over: what it boots, reaches and lets log in with. */

export interface OwnMachine {
  readonly hardware: Hardware;
  readonly loader: BootLoader;
  /** `ttyS0,115200`: where the kernel talks to, beside the screen. */
  readonly consoles: readonly string[];
  readonly hostName: string | null;
  /** Eight hexadecimal digits, of a machine with ZFS. */
  readonly hostId: string | null;
  readonly network: OwnNetwork;
  /** root first. */
  readonly accounts: readonly LoginAccount[];
  /** Null: there is none. */
  readonly sshd: OwnSshd | null;
  readonly timeZone: string | null;
  readonly keyMap: string | null;
  readonly stateVersion: StateVersion;
  /** `24.11` of what runs; null: not known. */
  readonly release: string | null;
  readonly flakes: boolean;
}

/** hardware-configuration.nix as it lies there, or as nixos-generate-config tells it: a module of NixOS. */
export type Hardware =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'text'; readonly text: string };

export type BootLoader =
  | { readonly kind: 'systemd-boot'; readonly esp: string; readonly variables: boolean }
  /** `devices`: disks that it is written to; with `esp` it is started by the firmware instead. */
  | {
      readonly kind: 'grub';
      readonly devices: readonly string[];
      readonly esp: string | null;
      readonly variables: boolean;
    }
  | { readonly kind: 'extlinux' };

export interface OwnNetwork {
  /** What runs. `scripted`: neither of them, and dhcpcd for what has no address of its own. */
  readonly by: 'networkmanager' | 'networkd' | 'scripted';
  readonly addresses: readonly StaticAddress[];
  readonly gateways: readonly Gateway[];
  /** Where addresses are static. */
  readonly nameServers: readonly string[];
  /** `eth0` and not `enp1s0`: net.ifnames=0. */
  readonly kernelNames: boolean;
}

export interface StaticAddress {
  readonly interface: string;
  readonly family: 4 | 6;
  readonly address: string;
  readonly prefixLength: number;
}

export interface Gateway {
  readonly interface: string;
  readonly family: 4 | 6;
  readonly address: string;
}

export interface LoginAccount {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
  readonly isAdmin: boolean;
  /** Lines of authorized_keys(5), with their options. */
  readonly keys: readonly string[];
}

export interface OwnSshd {
  /** Empty: the usual one. */
  readonly ports: readonly number[];
  /** Null: it is not said. */
  readonly passwords: boolean | null;
  /** PermitRootLogin as sshd_config(5) has it; null: it is not said. */
  readonly rootLogin: string | null;
}

export interface StateVersion {
  /** `24.05`. */
  readonly version: string;
  /** Where that was read; for people. */
  readonly from: string;
}

/** Of all that was looked for: what a person should know of it. */
export interface OwnMachineRead {
  readonly machine: OwnMachine;
  /** What is not taken over, or could not be seen. */
  readonly missing: readonly string[];
}
