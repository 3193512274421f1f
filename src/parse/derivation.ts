/**
 * A .drv file: `Derive([outputs],[inputDrvs],[inputSrcs],"system","builder",[args],[env])` in ATerm notation
 * (src/libstore/derivations.cc); with dynamic derivations `DrvWithVersion("xp-dyn-drv",…)`, whose inputDrvs have one
 * more level. All of it is read in one pass, and only what is kept is copied.
 */
import { parseJsonObject } from '../base/fields.ts';
import { ownText } from '../base/text.ts';
import type { Requirements } from '../model/advice/rebuild-facts.ts';
import type { DerivationRaw } from '../model/rebuild/derivation.ts';

/** nixpkgs' largest have some hundred inputs. */
const mostInputs = 5_000;

/**
 * `text`: the file, or its beginning where it is very long: then a pname that comes later is not known. Null for what is
 * no derivation. Never throws.
 */
export function parseDerivation(drv: string, text: string): DerivationRaw | null {
  const head = /^(?:Derive\(|DrvWithVersion\("[^"\\]*",)/.exec(text)?.[0];
  if (head === undefined) return null;
  const at: Cursor = { text, at: head.length };
  if (!skip(at) || !take(at, ',')) return null;
  const inputs = readInputs(at);
  if (inputs === null || !take(at, ',') || !skip(at) || !take(at, ',')) return null;
  const system = readString(at);
  if (system === null) return null;
  // Builder and arguments; the environment is an inner list of pairs.
  for (let i = 0; i < 2; i++) if (!take(at, ',') || !skip(at)) return { drv, inputs, pname: null, system };
  return { drv, inputs, pname: readVariable(at, 'pname'), system };
}

/**
 * What it wants of the machine that builds it. Structured attributes are JSON in `__json`. Null: no derivation, or cut
 * before its end.
 */
export function parseRequirements(text: string): Requirements | null {
  const raw = parseDerivation('', text);
  if (raw === null || raw.system === null || !text.trimEnd().endsWith(')')) return null;
  const variables = environmentOf(text);
  if (variables === null) return null;
  const json = readVariable({ ...variables }, '__json');
  const structured = json === null ? null : parseJsonObject(json);
  if (structured !== null)
    return {
      system: raw.system,
      features: featuresOfJson(structured['requiredSystemFeatures']),
      prefersLocal: structured['preferLocalBuild'] === true,
    };
  return {
    system: raw.system,
    features: wordsIn(readVariable({ ...variables }, 'requiredSystemFeatures') ?? ''),
    prefersLocal: readVariable({ ...variables }, 'preferLocalBuild') === '1',
  };
}

function wordsIn(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function featuresOfJson(features: unknown): readonly string[] {
  if (typeof features === 'string') return wordsIn(features);
  return Array.isArray(features) ? features.filter((one) => typeof one === 'string') : [];
}

/** In front of the comma before its environment. */
function environmentOf(text: string): Cursor | null {
  const head = /^(?:Derive\(|DrvWithVersion\("[^"\\]*",)/.exec(text)?.[0];
  if (head === undefined) return null;
  const at: Cursor = { text, at: head.length };
  // Outputs, inputs, sources, system, builder, arguments.
  for (let i = 0; i < 6; i++) if ((i > 0 && !take(at, ',')) || !skip(at)) return null;
  return at;
}

interface Cursor {
  readonly text: string;
  at: number;
}

function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

/** Past a string's closing quote, from its opening one. */
function skipString(cursor: Cursor): boolean {
  const { text } = cursor;
  let end = text.indexOf('"', cursor.at + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  if (end < 0) return false;
  cursor.at = end + 1;
  return true;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

/** Past a string, a list or a tuple, whatever is in it. */
function skip(cursor: Cursor): boolean {
  const { text } = cursor;
  let depth = 0;
  do {
    const character = text[cursor.at];
    if (character === '"') {
      if (!skipString(cursor)) return false;
      continue;
    }
    if (character === undefined) return false;
    if (character === '[' || character === '(') depth += 1;
    else if (character === ']' || character === ')') depth -= 1;
    else if (character !== ',' || depth === 0) return false;
    if (depth < 0) return false;
    cursor.at += 1;
  } while (depth > 0);
  return true;
}

function readString(cursor: Cursor): string | null {
  if (cursor.text[cursor.at] !== '"') return null;
  const begin = cursor.at + 1;
  if (!skipString(cursor)) return null;
  const raw = cursor.text.slice(begin, cursor.at - 1);
  return ownText(raw.includes('\\') ? raw.replace(/\\(.)/gs, (_, one: string) => escapes[one] ?? one) : raw);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** `[("/nix/store/….drv",["out"]),…]`. */
function readInputs(cursor: Cursor): readonly string[] | null {
  if (!take(cursor, '[')) return null;
  const inputs: string[] = [];
  while (!take(cursor, ']')) {
    if (inputs.length > 0 && !take(cursor, ',')) return null;
    if (!take(cursor, '(')) return null;
    const path = readString(cursor);
    if (path === null || !take(cursor, ',') || !skip(cursor) || !take(cursor, ')')) return null;
    inputs.push(path);
    if (inputs.length > mostInputs) return null;
  }
  return inputs;
}

/** `("pname","firefox")`: of pairs in the order of their names, so that it is found before the large ones are passed. */
function readVariable(cursor: Cursor, name: string): string | null {
  if (!take(cursor, ',') || !take(cursor, '[')) return null;
  while (take(cursor, '(')) {
    const begin = cursor.at;
    if (!skipString(cursor) || !take(cursor, ',')) return null;
    if (cursor.text.startsWith(`"${name}"`, begin)) return readString(cursor) || null;
    if (!skipString(cursor) || !take(cursor, ')') || !take(cursor, ',')) return null;
  }
  return null;
}
