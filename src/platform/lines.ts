/** Pieces of a stream become lines; a line without an end does not fill the memory. */

/** Build logs have lines of 200 kB; past this the rest of a line is dropped. */
const maxLineLength = 1 << 20;

export interface LineSplitter {
  add(piece: string): void;
  /** What came without a line feed at the end is a line too. */
  end(): void;
}

export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  let begun: string[] = [];
  let length = 0;

  function grow(text: string): void {
    if (text === '' || length >= maxLineLength) return;
    begun.push(length + text.length > maxLineLength ? text.slice(0, maxLineLength - length) : text);
    length += text.length;
  }

  function finish(): void {
    const line = begun.join('');
    begun = [];
    length = 0;
    onLine(line);
  }

  return {
    add(piece) {
      let from = 0;
      for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', from)) {
        grow(piece.slice(from, at));
        finish();
        from = at + 1;
      }
      grow(piece.slice(from));
    },
    end() {
      if (begun.length > 0) finish();
    },
  };
}
