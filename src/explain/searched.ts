/** A pattern of the table as it is searched for: quick in a text of megabytes, also in one that is a single line. */

export interface Searched {
  readonly regex: RegExp;
  /** One of these stands in every text that it matches; null: not known. */
  readonly needles: readonly string[] | null;
}

const known = new WeakMap<RegExp, Searched>();

export function searched(pattern: RegExp): Searched {
  let made = known.get(pattern);
  if (made === undefined) {
    made = {
      regex: new RegExp(
        spaced(anchored(bounded(pattern.source))),
        [...new Set(`${pattern.flags}gm`)].join(''),
      ),
      needles: pattern.ignoreCase ? null : needlesOf(pattern.source),
    };
    known.set(pattern, made);
  }
  return made;
}

/** A space of a pattern is any run of white space: a line may be cut there. Of a class of characters it stays one. */
function spaced(source: string): string {
  return source.replace(/\[(?:\\.|[^\]\\])*\]|\\.| /g, (part) => (part === ' ' ? '\\s+' : part));
}

/** What stands in quotes or brackets is no longer, also where a line was cut in it. */
const mostQuoted = 500;

/**
 * A run up to a character (`'[^']+'`) goes over ends of lines: where that one is missing each such line of a log would be
 * read against all that stands behind it.
 */
function bounded(source: string): string {
  return source.replace(/\\.|(\[\^(?:\\.|[^\]\\])*\])([+*])/g, (part, run?: string, often?: string) => {
    if (run === undefined || /\\[ns]/.test(run)) return part;
    return `${run}{${often === '+' ? 1 : 0},${mostQuoted}}`;
  });
}

/**
 * What begins with a run of characters (`\S+: timed out`) would be tried from each of them on, which takes the square of the
 * run's length; its first one is enough, since the leftmost match begins there.
 */
function anchored(source: string): string {
  return source.replace(
    /^((?:\((?:\?:|\?<\w+>)?)*)(\\[Sw]|\[(?:\\.|[^\]\\])*\])(?=\+)/,
    (_, before: string, run: string) => `${before}(?<!${run})${run}`,
  );
}

/** The longest words that have to be there, of each alternative. Shorter than this they would be everywhere. */
const shortest = 3;

export function needlesOf(source: string): readonly string[] | null {
  return new Parts(source).alternatives();
}

class Parts {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** Up to the end, or to the bracket that closes the group. */
  alternatives(): readonly string[] | null {
    const all: (readonly string[] | null)[] = [this.#sequence()];
    while (this.#source[this.#at] === '|') {
      this.#at += 1;
      all.push(this.#sequence());
    }
    return all.some((one) => one === null) ? null : all.flatMap((one) => one ?? []);
  }

  #sequence(): readonly string[] | null {
    let best: readonly string[] | null = null;
    let word = '';
    const offer = (set: readonly string[] | null) => {
      if (set !== null && lengthOf(set) >= shortest && lengthOf(set) > lengthOf(best)) best = set;
    };
    const end = () => {
      offer([word]);
      word = '';
    };
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      const atom = this.#atom();
      const quantifier = /^(?:[?*]|\+|\{\d*,?\d*\})\??/.exec(this.#source.slice(this.#at))?.[0] ?? '';
      this.#at += quantifier.length;
      const optional = /^(?:[?*]|\{0?,)/.test(quantifier);
      if (typeof atom !== 'string') {
        end();
        if (!optional) offer(atom);
      } else if (optional) end();
      else {
        word += atom;
        if (quantifier !== '') end();
      }
    }
    end();
    return best;
  }

  /** A character that has to be there, the needles of a group, or null for what may be many things. */
  #atom(): string | readonly string[] | null {
    const char = this.#source[this.#at] ?? '';
    if (char === '(') return this.#group();
    if (char === '[') {
      this.#at += /^\[(?:\\.|[^\]\\])*\]/.exec(this.#source.slice(this.#at))?.[0].length ?? 1;
      return null;
    }
    if (char === '\\') {
      const escaped = this.#source[this.#at + 1] ?? '';
      this.#at += 2;
      return /\w/.test(escaped) ? null : escaped;
    }
    this.#at += 1;
    return '.^$ '.includes(char) ? null : char;
  }

  #group(): readonly string[] | null {
    const open = /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(this.#source.slice(this.#at))?.[0] ?? '(';
    this.#at += open.length;
    const needles = this.alternatives();
    this.#at += 1;
    return /[=!]$/.test(open) ? null : needles;
  }
}

function lengthOf(set: readonly string[] | null): number {
  return set === null ? 0 : Math.min(...set.map((needle) => needle.length));
}
