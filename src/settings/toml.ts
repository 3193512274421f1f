/**
 * TOML text to a tree in which every value knows its line. A statement that is no TOML, or that says something again,
 * is complained of and left out; the rest holds.
 */
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { printable } from './printable.ts';

export type TomlNode = TomlTable | TomlArray | TomlScalar;
export interface TomlTable {
  readonly kind: 'table';
  readonly line: number;
  readonly entries: ReadonlyMap<string, TomlNode>;
}
export interface TomlArray {
  readonly kind: 'array';
  readonly line: number;
  readonly elements: readonly TomlNode[];
}
export interface TomlScalar {
  readonly kind: 'scalar';
  readonly line: number;
  /** What has no meaning in any setting (dates) is null. */
  readonly value: string | number | boolean | null;
}

export interface ParsedToml {
  readonly top: TomlTable;
  readonly complaints: readonly { readonly line: number; readonly cause: string }[];
}

interface OpenTable extends TomlTable {
  readonly entries: Map<string, TomlNode>;
  /** By a header: the same header again is a mistake. */
  headed: boolean;
}
/** Of `[[headers]]`, which more may follow; an array of values is closed. */
interface OpenArray extends TomlArray {
  readonly elements: OpenTable[];
  readonly headed: true;
}

type Complain = (line: number, cause: string) => void;

export function parseToml(text: string): ParsedToml {
  const complaints: { line: number; cause: string }[] = [];
  const complain: Complain = (line, cause) => void complaints.push({ line, cause });
  const plain = text.replace(/^\ufeff/, '');
  const whole = attempt(plain);
  const top = openTable(1);
  if (whole.ok) addStatements(whole.body, { top, table: top }, 0, complain);
  else addPieces(plain, top, complain);
  return { top, complaints };
}

type Body = AST.TOMLTopLevelTable['body'];
type Attempt =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly line: number; readonly cause: string };

function attempt(text: string): Attempt {
  try {
    return { ok: true, body: parseTOML(text, { tomlVersion: '1.0' }).body[0].body };
  } catch (error) {
    if (error instanceof ParseError)
      return { ok: false, line: error.lineNumber, cause: `no TOML: ${clause(error)}` };
    // Brackets in brackets in brackets: the parser calls itself.
    if (error instanceof RangeError) return { ok: false, line: 1, cause: 'no TOML: nested too deeply' };
    throw error;
  }
}

/** Where the parser's own words are of no use. */
const words: Readonly<Record<string, string>> = {
  'Unspecified values are invalid': 'a value is missing',
  'Expected equal (=) token': 'expected =',
  'Unterminated string constant': 'a quote is missing',
  'Unterminated array': 'a ] is missing',
  'Unterminated table-key': 'a ] is missing',
};

/** `Unexpected character` of the parser. */
function clause({ message }: Error): string {
  return words[message] ?? `${message.slice(0, 1).toLowerCase()}${message.slice(1)}`.replace(/\.$/, '');
}

const word = String.raw`(?:[\w-]+|"[^"\n]*"|'[^'\n]*')`;
const beginsTable = /^[ \t]*\[{1,2}[ \t]*["'\w-]/;
const beginsKey = new RegExp(String.raw`^[ \t]*${word}(?:[ \t]*\.[ \t]*${word})*[ \t]*=`);

/** `rest = 30s`, the mistake of everybody. */
function wantsQuotes(line: string): string | null {
  const value = /=\s*([^\s"'[{#][^#]*?)\s*(?:#.*)?$/.exec(line)?.[1];
  return value === undefined || attempt(`x = ${value}`).ok
    ? null
    : `no TOML: it wants quotes, "${printable(value)}"`;
}

/** The file has a mistake: one statement after the other, so that a bad one takes no other with it. */
function addPieces(text: string, top: OpenTable, complain: Complain): void {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, at) =>
    at === 0 || beginsTable.test(line) || beginsKey.test(line) ? [at] : [],
  );
  /** Null: below a header that is none. */
  let table: OpenTable | null = top;
  for (const [index, start] of starts.entries()) {
    const piece = lines.slice(start, starts[index + 1]);
    const isHeader = beginsTable.test(piece[0] ?? '');
    if (isHeader) table = top;
    if (table === null) continue;
    let parsed = attempt(piece.join('\n'));
    if (!parsed.ok) {
      const { line } = parsed;
      const cause = wantsQuotes(piece[line - 1] ?? '') ?? parsed.cause;
      parsed = attempt(piece.slice(0, line - 1).join('\n'));
      const lost = isHeader && !(parsed.ok && parsed.body.length > 0);
      complain(start + line, lost ? `${cause}; what follows it is left out` : cause);
      if (lost) {
        table = null;
        continue;
      }
      if (!parsed.ok) continue;
    }
    table = addStatements(parsed.body, { top, table }, start, complain);
  }
}

/** Returns the table that is open after them; null: one that must not be. */
function addStatements(
  body: Body,
  { top, table }: { readonly top: OpenTable; readonly table: OpenTable },
  linesBefore: number,
  complain: Complain,
): OpenTable | null {
  const lineOf = ({ loc }: AST.TOMLNode) => loc.start.line + linesBefore;
  let open: OpenTable | null = table;
  for (const one of body) {
    if (one.type === 'TOMLKeyValue') {
      if (open !== null) assign(open, one, lineOf, complain);
      continue;
    }
    open = openHeader(top, one, lineOf(one), complain);
    if (open !== null) for (const pair of one.body) assign(open, pair, lineOf, complain);
  }
  return open;
}

function openHeader(
  top: OpenTable,
  { key, kind }: AST.TOMLTable,
  line: number,
  complain: Complain,
): OpenTable | null {
  const names = namesOf(key);
  const last = names.pop() ?? '';
  const parent = descend(top, names, line);
  const name = printable([...names, last].join('.'));
  const known = parent?.entries.get(last);
  const twice = (shown: string) => {
    complain(line, `${shown} stands twice, first in line ${known?.line}; the second is left out`);
    return null;
  };
  if (parent === null) {
    complain(line, `[${name}]: what it stands in is no table`);
    return null;
  }
  if (kind === 'array') {
    if (known !== undefined && !isOpenArray(known)) return twice(`[[${name}]]`);
    const array: OpenArray = known ?? { kind: 'array', line, elements: [], headed: true };
    const element = openTable(line);
    array.elements.push(element);
    parent.entries.set(last, array);
    return element;
  }
  if (known !== undefined && (!isOpenTable(known) || known.headed)) return twice(`[${name}]`);
  const opened = known ?? openTable(line);
  opened.headed = true;
  parent.entries.set(last, opened);
  return opened;
}

function assign(
  table: OpenTable,
  { key, value, ...node }: AST.TOMLKeyValue,
  lineOf: (node: AST.TOMLNode) => number,
  complain: Complain,
): void {
  const names = namesOf(key);
  const last = names.pop() ?? '';
  const line = lineOf({ key, value, ...node });
  const parent = descend(table, names, line);
  const known = parent?.entries.get(last);
  if (parent === null || known !== undefined) {
    const name = printable([...names, last].join('.'));
    const first = known === undefined ? '' : `, first in line ${known.line}`;
    complain(line, `'${name}' stands twice${first}; the second is left out`);
  } else parent.entries.set(last, nodeOf(value, lineOf, complain));
}

/** Makes what is missing. Null: something on the way is no table. */
function descend(table: OpenTable, names: readonly string[], line: number): OpenTable | null {
  let at = table;
  for (const name of names) {
    const known = at.entries.get(name);
    // `[units.x]` after `[[units]]` is of its last.
    const next = known !== undefined && isOpenArray(known) ? known.elements.at(-1) : known;
    if (next !== undefined && !isOpenTable(next)) return null;
    const made = next ?? openTable(line);
    if (next === undefined) at.entries.set(name, made);
    at = made;
  }
  return at;
}

function nodeOf(
  value: AST.TOMLContentNode,
  lineOf: (node: AST.TOMLNode) => number,
  complain: Complain,
): TomlNode {
  const line = lineOf(value);
  switch (value.type) {
    case 'TOMLArray':
      return { kind: 'array', line, elements: value.elements.map((one) => nodeOf(one, lineOf, complain)) };
    case 'TOMLInlineTable': {
      const table = openTable(line);
      table.headed = true;
      for (const pair of value.body) assign(table, pair, lineOf, complain);
      return table;
    }
    case 'TOMLValue':
      return { kind: 'scalar', line, value: value.value instanceof Date ? null : value.value };
  }
}

function namesOf({ keys }: AST.TOMLKey): string[] {
  return keys.map((one) => (one.type === 'TOMLBare' ? one.name : one.value));
}

function openTable(line: number): OpenTable {
  return { kind: 'table', line, entries: new Map(), headed: false };
}

function isOpenTable(node: TomlNode): node is OpenTable {
  return node.kind === 'table';
}

function isOpenArray(node: TomlNode): node is OpenArray {
  return node.kind === 'array' && 'headed' in node;
}
