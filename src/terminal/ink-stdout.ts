/**
 * The stdout that Ink draws into, as wide as a row's key. With `debug` Ink writes every frame whole and nothing else,
 * so each write is one frame; its rows go to the frame writer instead of the terminal. Rows that change between two
 * frames of Ink go there once React is done with all of them.
 */
import { EventEmitter } from 'node:events';
import { createRowKeys, keyColumns } from './row-keys.ts';

export class InkStdout extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly columns = keyColumns;
  rows: number;
  readonly rowKeys = createRowKeys(() => this.showSoon());
  private readonly show: (rows: readonly string[]) => void;
  /** The newest of Ink, a line each; null before the first. */
  private frame: readonly string[] | null = null;
  private changed = false;

  constructor(rows: number, show: (rows: readonly string[]) => void) {
    super();
    this.rows = rows;
    this.show = show;
  }

  /** Beside frames Ink writes '' as a barrier, with a callback, and terminal modes, which are ours. */
  write(frame: string, encodingOrDone?: unknown, done?: unknown): boolean {
    if (frame !== '' && !frame.startsWith('\x1b[?')) {
      this.frame = frame.split('\n');
      this.showFrame();
    }
    for (const call of [encodingOrDone, done]) if (typeof call === 'function') queueMicrotask(() => call());
    return true;
  }

  private showFrame(): void {
    this.changed = false;
    if (this.frame !== null) this.show(this.rowKeys.rowsOf(this.frame));
  }

  private showSoon(): void {
    if (this.changed) return;
    this.changed = true;
    queueMicrotask(() => {
      if (this.changed) this.showFrame();
    });
  }
}
