/**
 * Frames for a terminal that knows no sequences (TERM=dumb, a serial log): each is printed below the one
 * before, when its words changed or after a while. One write is under way at most; the newest frame wins.
 */
import type { FrameWriter } from './frame-writer.ts';

export interface DumbWriterOptions {
  write(text: string, done: () => void): void;
  after(ms: number, call: () => void): () => void;
}

/** Between two frames that differ in numbers only. */
const quietMs = 5000;

export function createDumbWriter({ write, after }: DumbWriterOptions): FrameWriter {
  let newest: string | null = null;
  let printed: string | null = null;
  let quiet = false;
  let busy = false;
  let paused = false;
  let cancelQuiet = () => {};
  const written = { frames: 0, bytes: 0 };

  function flush(): void {
    if (busy || paused || newest === null || newest === printed) return;
    if (quiet && printed !== null && words(newest) === words(printed)) return;
    printed = newest;
    quiet = true;
    cancelQuiet();
    cancelQuiet = after(quietMs, () => {
      quiet = false;
      flush();
    });
    const text = `${newest
      .split('\n')
      .filter((line) => line.trim() !== '')
      .join('\r\n')}\r\n\r\n`;
    busy = true;
    written.frames += 1;
    written.bytes += Buffer.byteLength(text);
    write(text, () => {
      busy = false;
      flush();
    });
  }

  return {
    show(rows) {
      newest = rows.join('\n');
      flush();
    },
    resize() {
      printed = null;
    },
    redraw() {
      paused = false;
      printed = null;
      flush();
    },
    refresh() {},
    pause() {
      paused = true;
      cancelQuiet();
      quiet = false;
    },
    written,
  };
}

/** What a person would read anew: everything but numbers and the room they take. */
function words(frame: string): string {
  return frame.replace(/[\d.,:\s+-]+[KMGTPE%]?/g, ' ');
}
