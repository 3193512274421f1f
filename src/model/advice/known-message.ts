/** A message that many have met: its words, what it comes from, and the way out. A row of the table in explain/. */
import type { Remedy } from '../diagnosis/remedy.ts';
import type { Cause } from '../rebuild/cause.ts';

/** Who says it. */
export type Speaker =
  | 'nix'
  | 'nixos-rebuild'
  | 'home-manager'
  | 'darwin-rebuild'
  /** switch-to-configuration and the activation scripts. */
  | 'activation'
  | 'bootloader'
  | 'nixos-anywhere'
  | 'disko'
  | 'colmena'
  | 'deploy-rs'
  | 'ssh'
  | 'systemd'
  | 'kernel'
  | 'zfs'
  | 'cryptsetup'
  | 'git'
  /** A program inside a build: a compiler, a linker, a package manager. */
  | 'builder'
  /** Any program, by the C library's words. */
  | 'system';

/** One generation of its words. */
export interface Wording {
  /**
   * Named groups are the facts of it. A space stands for any run of white space, a line's end too; `^` and `$` stand for
   * those of a line. Matched against text without colours, quotes, prefixes and cuts (parse/paste.ts).
   */
  readonly pattern: RegExp;
  /** First version with these words, as its maker counts; null: not known, or always. */
  readonly since: string | null;
  /** Last one; null: still. */
  readonly until: string | null;
  /** Null: every maker's Nix, or another program. */
  readonly maker: 'nix' | 'lix' | 'determinate' | null;
  /** As it was really seen, whole. */
  readonly example: string;
  /** Where that was: an issue, a file of the maker's source, a recorded stream of this project. */
  readonly source: string;
}

/** What it may come from. Texts may have facts in them: `{path}`. */
export interface PossibleCause {
  /** One sentence without a full stop. */
  readonly text: string;
  /** Only where the facts fit, one that was not told as an empty text; absent: always. */
  readonly when?: Readonly<Record<string, RegExp>>;
  /** A command that would confirm it, and changes nothing; null: nothing short does. */
  readonly confirm: string | null;
  /** The gentlest first. */
  readonly remedies: readonly Remedy[];
}

export interface KnownMessage {
  /** `attribute-missing`; stable, since the JSON has it. */
  readonly id: string;
  readonly from: Speaker;
  /**
   * `cause`: it tells why. `symptom`: it tells that something failed, and the cause may stand elsewhere. `consequence`: it
   * only follows from what stands elsewhere, and is told alone where nothing else is there.
   */
  readonly rank: 'cause' | 'symptom' | 'consequence';
  readonly wordings: readonly [Wording, ...Wording[]];
  /** What it says, plainly; facts as `{name}`. */
  readonly title: string;
  /** The most likely first. */
  readonly causes: readonly [PossibleCause, ...PossibleCause[]];
  /** Ids of messages that follow from this one, where both are there. */
  readonly brings?: readonly string[];
  /** It follows from any cause that one of these says, where one is there. */
  readonly followsFrom?: readonly Speaker[];
  /** Said as a `warning:` by what goes on and succeeds, too: as such it is told only where something failed. */
  readonly alsoWarns?: true;
  /** Causes that the log of a rebuild tells without these words; their fields are the facts. */
  readonly sameAs?: readonly Cause['kind'][];
  /** Heading in the deployment guide that this program implements. */
  readonly guide?: string;
}
