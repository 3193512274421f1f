/**
 * The .drv files of what streams name, each read once, on pool threads, a few at a time. Where they cannot be read (a
 * store elsewhere, no right) they are simply not known.
 */

import type { DerivationRaw } from '../model/rebuild/derivation.ts';
import { parseDerivation } from '../parse/derivation.ts';
import type { Files } from '../platform/ports.ts';

export interface DerivationReader {
  /** A stream has named them; again is no matter. */
  want(drvs: readonly string[]): void;
  /** What has become known since the last call; begins to read what is next. */
  take(): readonly DerivationRaw[];
}

interface Known {
  readonly derivation: Omit<DerivationRaw, 'inputs'>;
  /** Those that are named. */
  readonly inputs: string[];
}

/** At most so many between two calls: some milliseconds to take apart. */
const mostAtATick = 400;
const mostBytesAtATick = 4 << 20;
const mostUnderWay = 2;
const longestFile = 1 << 20;
const deadlineMs = 2_000;
/** As many as are kept (logs/streams.ts). */
const mostNamed = 50_000;
/** A disk that did not answer may do so later. */
const mostTries = 3;

export function createDerivationReader(files: Pick<Files, 'readSlow'>): DerivationReader {
  const named = new Set<string>();
  /** Inputs that nobody has named yet, with those who need them: a later plan may name them. */
  const neededBy = new Map<string, Known[]>();
  const changed = new Set<Known>();
  let queue: string[] = [];
  let next = 0;
  let underWay = 0;
  let [readFiles, readBytes] = [0, 0];

  function readNext(): void {
    while (underWay < mostUnderWay && readFiles < mostAtATick && readBytes < mostBytesAtATick) {
      const drv = queue[next];
      if (drv === undefined) {
        queue = [];
        next = 0;
        return;
      }
      next += 1;
      readFiles += 1;
      underWay += 1;
      void read(drv, 1);
    }
  }

  async function read(drv: string, tries: number): Promise<void> {
    const text = await files.readSlow(drv, { maxBytes: longestFile, deadlineMs });
    if (!text.ok && text.problem.kind === 'timeout' && tries < mostTries) return read(drv, tries + 1);
    underWay -= 1;
    if (text.ok) {
      readBytes += text.value.length;
      const derivation = parseDerivation(drv, text.value);
      if (derivation !== null) keep(derivation);
    }
    readNext();
  }

  function keep(derivation: DerivationRaw): void {
    const { inputs, ...rest } = derivation;
    const one: Known = { derivation: rest, inputs: inputs.filter((input) => named.has(input)) };
    changed.add(one);
    for (const input of inputs) {
      if (named.has(input)) continue;
      const others = neededBy.get(input);
      if (others === undefined) neededBy.set(input, [one]);
      else others.push(one);
    }
  }

  return {
    want(drvs) {
      for (const drv of drvs) {
        if (named.has(drv) || named.size >= mostNamed) continue;
        named.add(drv);
        queue.push(drv);
        for (const one of neededBy.get(drv) ?? []) {
          one.inputs.push(drv);
          changed.add(one);
        }
        neededBy.delete(drv);
      }
    },
    take() {
      [readFiles, readBytes] = [0, 0];
      readNext();
      if (changed.size === 0) return [];
      const news = [...changed].map(({ derivation, inputs }) => ({ ...derivation, inputs: [...inputs] }));
      changed.clear();
      return news;
    },
  };
}
