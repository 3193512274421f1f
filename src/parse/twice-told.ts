/**
 * json-log-path of a client that may write it too: root's `nix build` through the daemon writes each document a second
 * time, byte by byte the same, a little after its daemon process. Which of the two wrote a line nobody can tell; that
 * an activity starts twice tells that there are two. Plain data: a step never changes the one before it.
 */

interface Writer {
  /** Null: not known yet. */
  readonly twice: boolean | null;
  /** By the hash of a line: how often it came and was not told again. */
  readonly once: ReadonlyMap<number, number>;
}
/** By pid. */
export type TwiceTold = ReadonlyMap<number, Writer>;

export const nothingTold: TwiceTold = new Map();

/** The second telling of a process' first line comes within a few lines, unless its client hardly runs. */
const mostOnce = 5000;
const mostWriters = 64;
const single: Writer = { twice: false, once: new Map() };

/** Keys are in the order of the alphabet; in a string the quotes of another `"id":` would be escaped. */
const idOf = /"id":(\d{10,20})/;

/** Of one step: says of each line whether it was told before. */
export class TwiceToldStep {
  private readonly writers: Map<number, Writer>;
  /** Copied in this step, so that they may be changed. */
  private readonly own = new Map<number, Map<number, number>>();

  constructor(before: TwiceTold) {
    this.writers = new Map(before);
  }

  get state(): TwiceTold {
    return this.writers;
  }

  isTold(line: string): boolean {
    return this.look(line, idOf.exec(line)?.[1], true);
  }

  /** A value that comes again tells nothing, and the second telling of an old one would turn a counter back. */
  isToldProgress(line: string, id: string): boolean {
    return this.look(line, id, false);
  }

  private look(line: string, id: string | undefined, counts: boolean): boolean {
    if (id === undefined) return false;
    const pid = Math.floor(Number(id) / 2 ** 32);
    const { twice, once } = this.writers.get(pid) ?? { twice: null, once: new Map<number, number>() };
    if (twice === false) return false;
    const lines = this.own.get(pid) ?? new Map(once);
    this.own.set(pid, lines);
    const key = hashOf(line);
    const count = lines.get(key) ?? 0;
    const isTold = count > 0 && (twice === true || line.startsWith('{"action":"start"'));
    if (!isTold) lines.set(key, count + 1);
    else if (!counts) return true;
    else if (count > 1) lines.set(key, count - 1);
    else lines.delete(key);
    this.put(pid, { twice: isTold || twice, once: lines });
    return isTold;
  }

  private put(pid: number, writer: Writer): void {
    const isMuch = writer.once.size > mostOnce;
    this.writers.set(pid, isMuch && writer.twice === null ? single : writer);
    const [oldestLine] = isMuch ? writer.once.keys() : [];
    if (oldestLine !== undefined) this.own.get(pid)?.delete(oldestLine);
    const [oldest] = this.writers.size > mostWriters ? this.writers.keys() : [];
    if (oldest !== undefined) this.writers.delete(oldest);
  }
}

/** 53 bits (cyrb53): a part of a text would keep the whole of it in memory. */
function hashOf(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
