/**
 * Takes whole frames, a string a row, and writes what changed. One write is under way at most: while the terminal
 * does not read, only the newest frame is kept, so neither memory nor the screen's delay can grow.
 */
import { diffLines, wholeLines } from './diff.ts';
import { blankLine, type Line, parseLine } from './line.ts';

export interface FrameWriterOptions {
  /** Writes without blocking; `done` once the terminal has taken it. */
  write(text: string, done: () => void): void;
  readonly columns: number;
  readonly rows: number;
}

export interface FrameWriter {
  show(rows: readonly string[]): void;
  /** The terminal has another size and shows who knows what. */
  resize(columns: number, rows: number): void;
  /** Draws every cell of the newest frame anew. */
  redraw(): void;
  /** The same without a moment in which the screen is empty; nothing before the first frame or while paused. */
  refresh(): void;
  /** Frames are kept, not written, until `redraw`. */
  pause(): void;
  readonly written: { readonly frames: number; readonly bytes: number };
}

/** From so many bytes on a terminal may show half a frame: the markers' 16 bytes are worth it. */
const synchronizeBytes = 768;
const beginSynchronized = '\x1b[?2026h';
const endSynchronized = '\x1b[?2026l';

const plainStyle = '\x1b[m';
/** Plain style, then from the first cell on: unlike `ESC [ 2 J` it leaves the scrollback alone. */
const clearAll = '\x1b[m\x1b[H\x1b[J';

export function createFrameWriter(options: FrameWriterOptions): FrameWriter {
  let { columns, rows } = options;
  /** What the terminal shows once it has taken everything; null = unknown. */
  let shown: readonly Line[] | null = null;
  let newest: readonly string[] | null = null;
  let waiting = false;
  let busy = false;
  let paused = false;
  /** Somebody else may have written on what is shown. */
  let touched = false;
  const written = { frames: 0, bytes: 0 };

  function flush(): void {
    if (busy || paused || !waiting || newest === null) return;
    waiting = false;
    const next = parseFrame(newest, shown ?? []);
    const whole = touched && shown !== null;
    const change = whole ? plainStyle + wholeLines(next, columns) : diffLines(shown ?? [], next, columns);
    const text = shown === null ? clearAll + change : change;
    shown = next;
    touched = false;
    if (text === '') return;
    busy = true;
    written.frames += 1;
    written.bytes += Buffer.byteLength(text);
    const long = text.length >= synchronizeBytes;
    options.write(long ? beginSynchronized + text + endSynchronized : text, () => {
      busy = false;
      flush();
    });
  }

  /** Lines that did not change are not parsed again. */
  function parseFrame(frame: readonly string[], before: readonly Line[]): Line[] {
    return Array.from({ length: rows }, (_, row) => {
      const source = frame[row] ?? '';
      const old = before[row] ?? blankLine;
      return old.source === source ? old : parseLine(source, columns);
    });
  }

  return {
    show(frame) {
      newest = frame;
      waiting = true;
      flush();
    },
    resize(toColumns, toRows) {
      columns = toColumns;
      rows = toRows;
      shown = null;
    },
    redraw() {
      paused = false;
      shown = null;
      waiting = newest !== null;
      flush();
    },
    refresh() {
      if (shown === null || paused) return;
      touched = true;
      waiting = true;
      flush();
    },
    pause() {
      paused = true;
    },
    written,
  };
}
