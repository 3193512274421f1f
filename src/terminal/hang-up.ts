/** What a SIGHUP means: the terminal is gone, or somebody wants the settings to be read again. */

export interface HangUpOptions {
  after(ms: number, call: () => void): () => void;
  /** How we stand to the terminal that controls us, now. */
  terminal(): 'none' | 'background' | 'foreground';
  /** There was one, and it is gone or somebody else's. */
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
 * of the session ends it sends it first (tty_jobctrl.c, disassociate_ctty): so one looks again. Jobs in the background
 * get it from a shell that ends, and stopped ones from the kernel (exit.c, kill_orphaned_pgrp), while the terminal stays.
 */
const looksAgainMs = [100, 5000] as const;

export function createHangUp({ after, terminal, gone, reload }: HangUpOptions): HangUp {
  const had = terminal() !== 'none';
  let cancel = () => {};

  /** `step` counts what was waited for. */
  function look(step: number): void {
    const standing = terminal();
    // Once it was read again, who is sent to the background has only been sent there.
    if (standing === 'none' || (standing === 'background' && step < looksAgainMs.length)) {
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
