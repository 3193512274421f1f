/** The shape of a step of a procedure: what it would do now, what it does, and how one sees that it was done. */
import type { ActionContext } from '../actions/action.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { Model } from '../model/model.ts';
import type { ProcedureId } from '../model/recover/procedure.ts';

export type Need = 'root' | 'systemd' | 'network' | 'minutes';

/** What comes before what only looks: nothing. `word` is to be typed, whatever was agreed to before. */
export type Asks = 'nothing' | 'yes' | { readonly word: string };

/** What a step would do, as the machine is now. Asked before it is carried out, and again afterwards. */
export type Plan =
  /** There is nothing to do, or no longer; `why` is the figure that shows it. */
  | {
      readonly state: 'needless';
      readonly why: string;
      readonly lines?: readonly string[];
      readonly code?: readonly string[];
    }
  /** It cannot be done, and those after it are not tried. `way`: what to do instead. */
  | {
      readonly state: 'impossible';
      readonly why: string;
      readonly way?: string;
      readonly lines?: readonly string[];
      /** A privilege is missing. */
      readonly denied?: boolean;
    }
  | {
      readonly state: 'todo';
      readonly asks: Asks;
      /** What exactly: commands, files, sizes. */
      readonly lines: readonly string[];
      /** To be copied, or read as a file: never broken into rows. */
      readonly code?: readonly string[];
      /** Another action that carries it out; absent: `act`. */
      readonly intent?: Intent;
    };

/** What steps learn that later ones need: kept with the progress, over a crash too. */
export interface Notes {
  get(name: string): string | null;
  /** Written at once. */
  set(name: string, value: string): Promise<void>;
}

/** What the command line says of a procedure. */
export interface Wishes {
  /** Where a file is written, absolute; null: where it is usual. */
  readonly output: string | null;
  /** Generation to go back to; null: the last good one. */
  readonly to: number | null;
  /** As `nixos-rebuild --flake` takes it, a path absolute; null: what a rebuild without words takes. */
  readonly flake: string | null;
  /** Where nixpulse was started: absolute. */
  readonly directory: string;
}

export interface RecoverContext extends ActionContext {
  readonly notes: Notes;
  readonly wishes: Wishes;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The machine as it is now, after two looks. */
  readonly look: () => Promise<Model>;
}

export interface Step {
  /** Kept in the progress: never changed. */
  readonly id: string;
  /** `Copy the database aside`. */
  readonly title: string;
  /** One line: what it is good for. */
  readonly why: string;
  readonly needs: readonly Need[];
  plan(context: RecoverContext): Promise<Plan>;
  /** Looks once more whether it may, and does it. What was planned may be hours old. */
  act?(context: RecoverContext): Promise<Outcome>;
  /** Whether it was done cannot be seen of the machine: the progress is believed. */
  readonly once?: true;
  /** Without it the next ones are worth it all the same. */
  readonly optional?: true;
}

export interface Procedure {
  readonly id: ProcedureId;
  /** `Free space`. */
  readonly title: string;
  /** One line: when it is the right one. */
  readonly when: string;
  readonly steps: readonly Step[];
  /** Why it fits this machine now, quickly; null: nothing says so. */
  fits(context: RecoverContext): Promise<string | null>;
}
