/** A terminal without a pty: a stdin to type into and a stdout whose bytes a headless terminal draws. */
import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import headless from '@xterm/headless';

export class FakeStdin extends PassThrough {
  readonly isTTY = true;
  raw = false;
  setRawMode(on: boolean): this {
    this.raw = on;
    return this;
  }
}

export class FakeStdout extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** Everything that the terminal took. */
  received = '';
  readonly terminal: headless.Terminal;
  private stalled: (() => void) | null = null;
  private stalling = false;

  constructor(columns: number, rows: number) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
    this.terminal = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const take = () => {
      this.received += chunk.toString();
      this.terminal.write(chunk.toString(), done);
    };
    if (this.stalling) this.stalled = take;
    else take();
  }

  /** Stops taking bytes, as a terminal does after Ctrl-S. */
  stall(): void {
    this.stalling = true;
  }

  unstall(): void {
    this.stalling = false;
    this.stalled?.();
    this.stalled = null;
  }

  resizeTo(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.terminal.resize(columns, rows);
    this.emit('resize');
  }

  /** Once everything written is on the screen. */
  async screen(): Promise<string[]> {
    await new Promise<void>((resolve) => this.terminal.write('', resolve));
    return screenOf(this.terminal);
  }
}

export function screenOf(terminal: headless.Terminal): string[] {
  const buffer = terminal.buffer.active;
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = buffer.getLine(buffer.baseY + row);
    // A line keeps its cells beyond the edge when the terminal becomes narrower.
    return (line?.translateToString(true, 0, terminal.cols) ?? '').trimEnd();
  });
}

/** Every cell with its looks, for comparing two ways to the same screen. */
export function cellsOf(terminal: headless.Terminal): string[] {
  const buffer = terminal.buffer.active;
  const cells: string[] = [];
  for (let row = 0; row < terminal.rows; row += 1) {
    const line = buffer.getLine(buffer.baseY + row);
    let text = '';
    for (let column = 0; column < terminal.cols; column += 1) {
      const cell = line?.getCell(column);
      if (cell === undefined) continue;
      const blank = cell.getChars() === '' || cell.getChars() === ' ';
      const reverse = cell.isInverse() || cell.isUnderline();
      // What cannot be seen on a blank does not count.
      const ink = blank && !reverse ? '' : `${cell.getFgColorMode()}.${cell.getFgColor()}`;
      const weight = blank ? '' : `${cell.isBold()}${cell.isDim()}${cell.isItalic()}`;
      const ground = `${cell.getBgColorMode()}.${cell.getBgColor()}`;
      text += `${blank ? ' ' : cell.getChars()}{${ink}|${ground}|${weight}${reverse}}`;
    }
    cells.push(text);
  }
  return cells;
}

/** Stands for `process`: signals are emitted by hand, stops are only noted. */
export class FakeProcess extends EventEmitter {
  readonly killed: [number, string][] = [];
  kill(pid: number, signal: string): boolean {
    this.killed.push([pid, signal]);
    return true;
  }
}
