/** The shape of an action: it carries out one Intent through ports and says what came of it. */
import type { ProbeRunner } from '../model/diagnosis/probe-runner.ts';
import type { Intent, IntentType } from '../model/intents/intent.ts';
import type { Outcome, Progress } from '../model/intents/outcome.ts';
import type { ForestRaw } from '../model/sample.ts';
import type { Ports } from '../platform/ports.ts';

export interface CollectCommand {
  /** What starts it, with `--json`. */
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** Where it writes to while that disk answers. */
  readonly directory: string;
}

export interface ActionContext {
  readonly ports: Ports;
  /** Reads the forest now, synchronously: never the screen's picture of a second ago. Null where there is none. */
  readonly readForest: () => ForestRaw | null;
  /** Directory of our own state (`$XDG_STATE_HOME/nixpulse`): paused builds, journal, last verification. */
  readonly stateDirectory: string;
  /**
   * Where what was changed of builds is recorded: the first is written to, others are looked at and what is undone is
   * taken out of them. Absent: `stateDirectory` alone.
   */
  readonly registries?: readonly string[];
  /** What it changes is to stay when this process ends: of a command, that ends at once. */
  readonly lasting?: boolean;
  /** Runs probes; absent where nobody can. */
  readonly probes?: ProbeRunner;
  /** Our own program, gathering a bundle; absent: none can be. */
  readonly collect?: CollectCommand;
  readonly report: (progress: Progress) => void;
  /** Aborted when the user cancels the running action. */
  readonly cancelled: AbortSignal;
}

export type IntentOf<T extends IntentType> = Extract<Intent, { readonly type: T }>;

/** Never rejects for an expected failure, and throws nothing; acts on identities, checked anew as it acts. */
export type Action<T extends IntentType> = (intent: IntentOf<T>, context: ActionContext) => Promise<Outcome>;

export type Actions = { readonly [T in IntentType]: Action<T> };
