/** Ctrl-Z and fg: gives the terminal to the shell, stops, and takes it back on SIGCONT. */
import type { EventEmitter } from 'node:events';

export interface SuspendOptions {
  /** `process`, or a stand-in. */
  readonly process: EventEmitter & { kill(pid: number, signal: string): unknown };
  /** Before we stop: restore the terminal. */
  giveBack(): void;
  /** After we go on: set the terminal up and draw everything. */
  takeBack(): void;
  after(ms: number, call: () => void): () => void;
}

/** A stop that was asked for has come within this, or the kernel refused it. */
const notStoppedMs = 100;

export interface Suspension {
  suspend(): void;
  /** Takes the handlers off. */
  close(): void;
}

export function watchSuspension(options: SuspendOptions): Suspension {
  const { process } = options;
  let away = false;
  let cancel = () => {};

  function suspend(): void {
    if (away) return;
    away = true;
    options.giveBack();
    // Without our handler the signal does what it always does. The whole group stops, as from the
    // keyboard: a launcher above us would otherwise keep the terminal.
    process.off('SIGTSTP', suspend);
    process.kill(0, 'SIGTSTP');
    // The kernel does not stop an orphaned group: then nobody would ever continue us. After a real stop
    // SIGCONT comes between the two waits.
    cancel = options.after(notStoppedMs, () => {
      cancel = options.after(10, goOn);
    });
  }

  function goOn(): void {
    cancel();
    if (away) process.on('SIGTSTP', suspend);
    away = false;
    options.takeBack();
  }

  process.on('SIGTSTP', suspend);
  process.on('SIGCONT', goOn);
  return {
    suspend,
    close() {
      cancel();
      process.off('SIGTSTP', suspend);
      process.off('SIGCONT', goOn);
    },
  };
}
