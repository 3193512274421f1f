/** Steps of the tools around Nix: nixos-rebuild, darwin-rebuild, home-manager, switch-to-configuration. */

/** In the order in which a switch goes through them. */
export type ToolStep =
  | 'building-nix'
  | 'building'
  | 'copying'
  | 'profile'
  | 'checks'
  | 'bootloader'
  | 'stopping'
  | 'activating'
  | 'restarting-systemd'
  | 'reloading-users'
  | 'reloading'
  | 'restarting'
  | 'starting'
  | 'done';

export interface ToolStepLine {
  readonly step: ToolStep;
  /** Units that are stopped, reloaded, restarted or started; the script's own name of the part it is in. */
  readonly names: readonly string[];
}

/** How a tool ended badly, as it says itself. */
export interface ToolFailure {
  readonly reason:
    | 'lock'
    | 'checks'
    | 'bootloader'
    /** No room for a kernel or an entry of the boot menu; the tool may end with 0 all the same. */
    | 'boot-space'
    | 'activation'
    | 'units'
    /** A command of the tool ended with another status than 0. */
    | 'command'
    /** A command of the tool was ended by a signal: an evaluation that was killed, no build. */
    | 'command-signal';
  readonly names: readonly string[];
  /** Exit status or signal of the command. */
  readonly code: number | null;
  readonly text: string;
}
