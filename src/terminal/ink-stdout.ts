/**
 * The stdout that Ink draws into. With `debug` Ink writes every frame whole and nothing else, so each
 * write is one frame; it goes to the frame writer instead of the terminal.
 */
import { EventEmitter } from 'node:events';

export class InkStdout extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns: number;
  rows: number;
  private readonly show: (frame: string) => void;

  constructor(columns: number, rows: number, show: (frame: string) => void) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.show = show;
  }

  /** Beside frames Ink writes '' as a barrier, with a callback, and terminal modes, which are ours. */
  write(frame: string, encodingOrDone?: unknown, done?: unknown): boolean {
    if (frame !== '' && !frame.startsWith('\x1b[?')) this.show(frame);
    for (const call of [encodingOrDone, done]) if (typeof call === 'function') queueMicrotask(() => call());
    return true;
  }
}
