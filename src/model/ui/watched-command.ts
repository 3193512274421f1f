/** The command that we run and watch, as the screen has it. */
export interface WatchedCommand {
  /** As it was typed. */
  readonly words: readonly string[];
  /** Unix ms. */
  readonly startedMs: number;
  /** What it was asked to end by last; null: nothing. */
  readonly asked: CommandSignal | null;
}

/** Each insists more than the one before. */
export const commandSignals = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
export type CommandSignal = (typeof commandSignals)[number];

/** What comes next, when it was asked already. */
export function signalAfter(asked: CommandSignal | null): CommandSignal {
  const at = asked === null ? 0 : commandSignals.indexOf(asked) + 1;
  return commandSignals[at] ?? 'SIGKILL';
}
