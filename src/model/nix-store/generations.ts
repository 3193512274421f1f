/** Generations of a profile: what each one is, and whether it can be rolled back to. */

import type { Result } from '../../base/problem.ts';
import type { ProfileTarget } from '../intents/intent.ts';

/** `unknown`: it could not be looked at (denied, no answer), which is not the same as sound. */
export type Soundness =
  | { readonly state: 'sound' }
  | { readonly state: 'unsound'; readonly flaws: readonly string[] }
  | { readonly state: 'unknown'; readonly why: string };

export interface Generation {
  readonly number: number;
  /** Where the generation's link leads; null where the link cannot be read. */
  readonly storePath: string | null;
  /** Unix ms: when the link was made. */
  readonly dateMs: number | null;
  /** `24.11.20241101.2222222`: the NixOS version, of home-manager its own. */
  readonly version: string | null;
  /** `6.6.58`, `zen-6.11.5`; null outside of a system profile and in containers. */
  readonly kernel: string | null;
  /** What the profile's link names. */
  readonly isDefault: boolean;
  /** What the machine runs now: the same store path, so more than one generation may be it. */
  readonly isRunning: boolean;
  readonly isBooted: boolean;
  /** As far as files tell; the whole closure is checked when a generation is chosen. */
  readonly soundness: Soundness;
}

export interface GenerationList {
  readonly profile: ProfileTarget;
  /** Newest first. */
  readonly generations: readonly Generation[];
  /** Generation that the profile's link names; null where it leads elsewhere or cannot be read. */
  readonly defaultNumber: number | null;
  /** Store paths of /run/current-system and /run/booted-system (of home-manager: current-home, null). */
  readonly runningPath: string | null;
  readonly bootedPath: string | null;
}

/** A profile that has generations, and whose it is. */
export interface FoundProfile {
  readonly target: ProfileTarget;
  /** Null of the system. */
  readonly user: string | null;
  /** `system`, `profile of bob`, `home-manager of bob`. */
  readonly title: string;
}

/** The whole closure of a generation, by its store paths. */
export interface Closure {
  readonly paths: readonly string[];
  /** Paths of it that are not on the disk. */
  readonly missing: readonly string[];
}

/** What the generations view shows. */
export interface GenerationsState {
  readonly profile: FoundProfile;
  /** Null while it is being read. */
  readonly list: Result<GenerationList> | null;
  /** Bytes of the closure by store path, as they become known. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Of the selected generation against the default one; null where nothing is to be compared. */
  readonly comparison: ComparisonState | null;
}

export interface ComparisonState {
  readonly from: number;
  readonly to: number;
  /** Null while it is being made. */
  readonly result: Result<GenerationComparison> | null;
}

/** Of one package name: its versions before and after. A name without version has one version: ``. */
export interface PackageChange {
  readonly name: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** What a change from one generation to another brings. */
export interface GenerationComparison {
  readonly added: readonly PackageChange[];
  readonly removed: readonly PackageChange[];
  readonly changed: readonly PackageChange[];
  /** Packages of the same version, built anew. */
  readonly rebuilt: number;
  /** systemd units that come and go. */
  readonly unitsAdded: readonly string[];
  readonly unitsRemoved: readonly string[];
  /** Null where both are the same or one is not known. */
  readonly kernel: { readonly from: string; readonly to: string } | null;
  readonly version: { readonly from: string; readonly to: string } | null;
  /** Store paths only in one of the two closures. */
  readonly pathsAdded: number;
  readonly pathsRemoved: number;
  readonly sizeDifferenceBytes: number | null;
}

/** The generation of this number, or null. */
export function generationOf(list: GenerationList, number: number): Generation | null {
  return list.generations.find((generation) => generation.number === number) ?? null;
}

/** What a rollback would change to by default: the newest one older than the default (nix-env --rollback). */
export function previousGeneration(list: GenerationList): Generation | null {
  const { defaultNumber } = list;
  if (defaultNumber === null) return null;
  return list.generations.find(({ number }) => number < defaultNumber) ?? null;
}

/** Why it cannot be rolled back to, in words; null where it can. */
export function unsoundReason({ storePath, soundness }: Generation): string | null {
  if (soundness.state === 'unsound') return soundness.flaws.join(', ');
  if (soundness.state === 'unknown') return `it could not be checked: ${soundness.why}`;
  return storePath === null ? 'its link cannot be read' : null;
}

/** Closure bytes of a generation less those of the default one; null where one is unknown. */
export function sizeDifference(state: GenerationsState, generation: Generation): number | null {
  const list = state.list?.ok ? state.list.value : null;
  const base = list === null || list.defaultNumber === null ? null : generationOf(list, list.defaultNumber);
  const own = generation.storePath === null ? undefined : state.sizes.get(generation.storePath);
  const other = base?.storePath == null ? undefined : state.sizes.get(base.storePath);
  return own === undefined || other === undefined ? null : own - other;
}
