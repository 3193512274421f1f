/** Which three characters stand behind one another in a text, to tell at once of most words that they do not occur. */

const bits = 20;

export interface Triples {
  /** False: certainly not; true: perhaps. Of fewer than three characters nothing is known. */
  mayHave(word: string): boolean;
}

/** One pass over the text, a megabyte of memory: hundreds of words are then looked up without reading it again. */
export function triplesOf(text: string): Triples {
  const seen = new Uint8Array(1 << bits);
  let key = 0;
  for (let at = 0; at < text.length; at += 1) {
    key = next(key, text.charCodeAt(at));
    if (at >= 2) seen[key] = 1;
  }
  return {
    mayHave: (word) => {
      let one = 0;
      for (let at = 0; at < word.length; at += 1) {
        one = next(one, word.charCodeAt(at));
        if (at >= 2 && seen[one] === 0) return false;
      }
      return true;
    },
  };
}

/** Of the last three characters only: what was before is shifted out. */
function next(key: number, code: number): number {
  return ((key << 7) ^ (code & 0x7f) ^ ((code >> 7) << 3)) & ((1 << bits) - 1);
}
