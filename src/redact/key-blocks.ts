/** Private keys in PEM and OpenPGP, over lines: the block goes, also where a text begins or ends in the midst of one. */
import type { Take } from './kinds.ts';

const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** In one line, as JSON has it: `-----BEGIN … KEY-----\nMII…\n-----END … KEY-----`. */
const whole =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.{0,65536}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
/** The last word of a line, of a build log's after `> `: PEM breaks at 64 characters, OpenSSH at 70, base64(1) at 76. */
const body = /(?:^|[\s>"'])([A-Za-z0-9+/]{60,80}={0,2})["',]?\s*$/;
const lastBody = /^[A-Za-z0-9+/]{1,80}={0,2}["',]?\s*$/;
/** A line that is one word of base 64, behind the mark of a build's log. */
const anyBody = /^[\s>]*[A-Za-z0-9+/]{1,80}={0,2}["',]?\s*$/;
/** No word of any language: the last one of a line that somebody wrote more before. */
const mixedBody =
  /[\s>"'](?=[A-Za-z0-9+/]{0,80}[A-Z])(?=[A-Za-z0-9+/]{0,80}[a-z])(?=[A-Za-z0-9+/]{0,80}[0-9+/=])[A-Za-z0-9+/]{16,80}={0,2}["',]?\s*$/;
/** Sums of files in a list are hexadecimal. */
const sum = /^(?:[0-9a-f]+|[0-9A-F]+|[0-9a-df-np-sv-z]+)$/;
/** RSA of 16384 bits has 200 lines. */
const longestBlock = 400;

export interface KeyBlocks {
  /** What is left of a line, with those before it that had to wait for it. */
  line(text: string): readonly string[];
  /** What still waits. */
  end(): readonly string[];
  /** Lines of a block that may still come. */
  readonly open: number;
}

/** `carried`: of a block that began elsewhere, with other lines between its own: those of a log that comes in parts. */
export function createKeyBlocks(take: Take, carried = 0): KeyBlocks {
  /** Lines of a block that may still come; 0: in none. */
  let left = 0;
  let elsewhere = carried;
  /** A line that looks like one of a block, with a shorter one after it, and may be anything. */
  let waiting: readonly string[] = [];
  let inRun = false;
  /** What stands before each line of a run. */
  let mark = '';

  function flush(): readonly string[] {
    const lines = waiting;
    waiting = [];
    inRun = false;
    return lines;
  }

  /** The last line of a block is shorter. */
  function mayBeLast(line: string): boolean {
    return line.startsWith(mark) && lastBody.test(line.slice(mark.length));
  }

  return {
    line(text) {
      if (left > 0) {
        const ended = end.exec(text);
        left = ended === null ? left - 1 : 0;
        if (ended === null) return [];
        const rest = text.slice(ended.index + ended[0].length);
        return rest.trim() === '' ? [] : [rest];
      }
      let line = text;
      if (elsewhere > 0 && !line.includes('PRIVATE KEY') && (anyBody.test(line) || mixedBody.test(line))) {
        elsewhere -= 1;
        return [];
      }
      if (line.includes('PRIVATE KEY')) {
        line = line.replace(whole, () => take('private-key'));
        const begun = begin.exec(line);
        if (begun !== null) {
          left = longestBlock;
          return [...flush(), line.slice(0, begun.index) + take('private-key')];
        }
        const ended = end.exec(line);
        if (ended !== null) {
          // The text began in the midst of it.
          waiting = [];
          inRun = false;
          elsewhere = 0;
          return [take('private-key') + line.slice(ended.index + ended[0].length)];
        }
      }
      const word = line.length < 60 ? undefined : body.exec(line)?.[1];
      if (word === undefined && inRun && mayBeLast(line)) {
        inRun = false;
        return [];
      }
      if (word === undefined && waiting.length === 1 && mayBeLast(line)) {
        waiting = [...waiting, line];
        return [];
      }
      if (word === undefined || sum.test(word)) return [...flush(), line];
      if (inRun) return [];
      mark = line.slice(0, line.lastIndexOf(word));
      if (waiting.length !== 1) {
        const before = flush();
        waiting = [line];
        return before;
      }
      // Two such lines are no accident.
      waiting = [];
      inRun = true;
      return [take('private-key')];
    },
    end: flush,
    get open() {
      return Math.max(left, elsewhere);
    },
  };
}
