/**
 * The stdout that Ink draws into, as wide as a row's key. With `debug` Ink writes every frame whole and nothing else,
 * so each write is one frame; its rows go to the frame writer instead of the terminal.
 */
import { EventEmitter } from 'node:events';
import { createRowKeys, keyColumns } from './row-keys.ts';

export class InkStdout extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly columns = keyColumns;
  rows: number;
  readonly rowKeys = createRowKeys();
  private readonly show: (rows: readonly string[]) => void;

  constructor(rows: number, show: (rows: readonly string[]) => void) {
    super();
    this.rows = rows;
    this.show = show;
  }

  /** Beside frames Ink writes '' as a barrier, with a callback, and terminal modes, which are ours. */
  write(frame: string, encodingOrDone?: unknown, done?: unknown): boolean {
    if (frame !== '' && !frame.startsWith('\x1b[?')) this.show(this.rowKeys.rowsOf(frame));
    for (const call of [encodingOrDone, done]) if (typeof call === 'function') queueMicrotask(() => call());
    return true;
  }
}
