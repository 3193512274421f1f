/** What a SIGHUP means: the terminal is gone, or somebody wants the settings to be read again. */

export interface HangUpOptions {
  after(ms: number, call: () => void): () => void;
  /** Whether a terminal controls us, now. */
  hasTerminal(): boolean;
  /** There was one, and it is gone. */
  gone(): void;
  reload(): void;
}

export interface HangUp {
  /** To be called by the signal. */
  signalled(): void;
  close(): void;
}

/**
 * The kernel takes a terminal that hangs up away before it sends the signal (tty_io.c, __tty_hangup). Where the leader
 * of the session ends it sends it first (tty_jobctrl.c, disassociate_ctty), and shells send it to their jobs before they
 * end: so one looks again.
 */
const looksAgainMs = [100, 5000] as const;

export function createHangUp({ after, hasTerminal, gone, reload }: HangUpOptions): HangUp {
  const had = hasTerminal();
  let cancel = () => {};

  /** Not at once, and not for ever: `step` counts what was waited for. */
  function look(step: number): void {
    if (!hasTerminal()) {
      gone();
      return;
    }
    if (step === 1) reload();
    const ms = looksAgainMs[step];
    if (ms !== undefined) cancel = after(ms, () => look(step + 1));
  }

  return {
    signalled() {
      cancel();
      // A service, or what was started without one: nothing can hang up.
      if (had) look(0);
      else reload();
    },
    close: () => cancel(),
  };
}
