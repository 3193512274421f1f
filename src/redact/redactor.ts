/**
 * Takes secrets out of what is to be handed to others (docs/collect.md): line by line, in the order in which one rule
 * leaves the next less to find. What was taken at a place that can hold nothing but a secret is looked for everywhere
 * from then on.
 */
import { withoutSecretArguments, withoutSecretWords } from './arguments.ts';
import { withoutEnvironment } from './environment.ts';
import { createKeyBlocks } from './key-blocks.ts';
import { type RedactionCounts, type RedactionKind, redacted } from './kinds.ts';
import { isHarmlessValue, isPath, isSecretVariable, nameKind } from './names.ts';
import { withoutAccessTokens, withoutHeaders, withoutNetrc, withoutSecretSettings } from './settings.ts';
import { withoutTokens } from './tokens.ts';
import { withoutUrlSecrets } from './urls.ts';

export interface Redactor {
  /** Of any length; a line past `longestLine` is cut. */
  text(text: string): string;
  /** Pieces of a text as they come, cut anywhere: `add` gives what is sure, `end` the rest. */
  stream(): RedactedStream;
  /** Plain data, the same shape: by the names of its fields, command lines word by word. */
  value<T>(value: T): T;
  words(words: readonly string[]): readonly string[];
  /** `NAME=value`, of a process. Values of what is not on the list go, whatever they are. */
  environment(entries: readonly string[]): readonly string[];
  /** Looks for it everywhere from now on, where it is long enough to be found. */
  know(secret: string): void;
  /** What was taken since the last call. */
  counts(): RedactionCounts;
  /** One that counts for itself and knows the same. */
  fork(): Redactor;
  /** `value` for many that have most in common: what was seen before is not looked at again. */
  remembering(): Pick<Redactor, 'value'>;
}

export interface RedactedStream {
  add(piece: string): string;
  end(): string;
}

export interface RedactorOptions {
  /** What else becomes of a text that has no secrets any more. */
  readonly alias?: (text: string) => string;
}

/** Build logs have lines of 200 kB; the rest of a longer one is not needed. */
export const longestLine = 64 * 1024;
const shortestKnown = 8;
const mostKnown = 400;
const mostTexts = 50_000;

export function createRedactor({ alias = (text) => text }: RedactorOptions = {}): Redactor {
  return forked(alias, createKnown());
}

interface Known {
  add(secret: string): void;
  /** Null: nothing yet. */
  pattern(): RegExp | null;
}

function createKnown(): Known {
  const known = new Set<string>();
  let made: RegExp | null = null;
  return {
    add(secret) {
      const plain = secret.trim();
      if (known.size >= mostKnown || known.has(plain) || !isTelling(plain)) return;
      known.add(plain);
      made = null;
    },
    pattern() {
      if (known.size === 0) return null;
      made ??= new RegExp(
        [...known]
          .sort((a, b) => b.length - a.length)
          .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('|'),
        'g',
      );
      return made;
    },
  };
}

/** Not a word that anybody may write, a number, or a place. */
function isTelling(text: string): boolean {
  if (text.length < shortestKnown || isPath(text) || text.includes(redacted)) return false;
  if (/^[\d.:]+$/.test(text) || text.includes('/nix/store/')) return false;
  return /\d/.test(text) || text.length >= 16;
}

function forked(alias: (text: string) => string, known: Known): Redactor {
  let counts = new Map<RedactionKind, number>();

  function take(kind: RedactionKind, secret?: string): string {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (secret !== undefined) known.add(secret);
    return redacted;
  }

  function withoutKnown(line: string): string {
    const pattern = known.pattern();
    return pattern === null ? line : line.replace(pattern, () => take('known'));
  }

  function oneLine(line: string): string {
    let text = line;
    text = withoutAccessTokens(text, take);
    text = withoutHeaders(text, take);
    text = withoutUrlSecrets(text, take);
    text = withoutNetrc(text, take);
    text = withoutSecretArguments(text, take);
    text = withoutSecretSettings(text, take);
    text = withoutTokens(text, take);
    return alias(withoutKnown(text));
  }

  function stream(): RedactedStream {
    const blocks = createKeyBlocks(take);
    let begun = '';
    let dropped = 0;
    const finish = (line: string) => {
      const cut = dropped === 0 ? '' : ` [line cut: ${dropped} characters]`;
      dropped = 0;
      return blocks.line(line).map((text) => `${oneLine(text)}${cut}\n`);
    };
    const grow = (text: string) => {
      const room = Math.max(0, longestLine - begun.length);
      dropped += Math.max(0, text.length - room);
      begun += text.slice(0, room);
    };
    return {
      add(piece) {
        const out: string[] = [];
        let from = 0;
        for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', from)) {
          grow(piece.slice(from, at));
          out.push(...finish(begun));
          begun = '';
          from = at + 1;
        }
        grow(piece.slice(from));
        return out.join('');
      },
      end() {
        const last = begun === '' && dropped === 0 ? [] : finish(begun);
        begun = '';
        const rest = [...last, ...blocks.end().map((text) => `${oneLine(text)}\n`)].join('');
        return last.length > 0 || rest !== '' ? rest.replace(/\n$/, '') : '';
      },
    };
  }

  function text(whole: string): string {
    const pieces = stream();
    return pieces.add(whole) + pieces.end();
  }

  function words(list: readonly string[]): readonly string[] {
    return withoutSecretWords(list, take, text);
  }

  interface Walk {
    readonly textOf: (text: string) => string;
    /** Objects that were seen before, and what they became; absent: all are looked at. */
    readonly seen?: WeakMap<object, unknown>;
    /** Lines of a block that a list of lines before this one began. */
    carried: number;
  }

  /** `name`: of the field that it is in; `secret`: one above it says so. */
  function walk(value: unknown, name: string, secret: boolean, by: Walk): unknown {
    if (typeof value === 'string') {
      if (!secret) return by.textOf(value);
      return value === '' || isPath(value) || isHarmlessValue(name, value)
        ? by.textOf(value)
        : take('setting', value);
    }
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    const before = by.seen?.get(value);
    if (before !== undefined) return before;
    const made = Array.isArray(value) ? walkList(value, name, secret, by) : walkFields(value, secret, by);
    by.seen?.set(value, made);
    return made;
  }

  function walkList(list: readonly unknown[], name: string, secret: boolean, by: Walk): unknown {
    const isText = !secret && list.length > 0 && list.every((one) => typeof one === 'string');
    if (!isText) return list.map((one) => walk(one, name, secret, by));
    if (commandFields.has(name)) return words(list as readonly string[]);
    const isLog = name === 'lines';
    const blocks = createKeyBlocks(take, isLog ? by.carried : 0);
    const lines = [...(list as readonly string[]).flatMap(blocks.line), ...blocks.end()];
    if (isLog) by.carried = blocks.open;
    return lines.map(by.textOf);
  }

  function walkFields(fields: object, secret: boolean, by: Walk): unknown {
    return Object.fromEntries(
      Object.entries(fields).map(([key, one]) => {
        const isValue = secret && !explained.has(key);
        const is = isValue || saysSecret(key) || (key === 'value' && isNamedSecret(fields));
        return [by.textOf(key), walk(one, key, is, by)];
      }),
    );
  }

  function remembering(): Pick<Redactor, 'value'> {
    const texts = new Map<string, string>();
    const textOf = (one: string) => {
      let made = texts.get(one);
      if (made === undefined) {
        made = text(one);
        if (texts.size >= mostTexts) texts.clear();
        texts.set(one, made);
      }
      return made;
    };
    const by: Walk = { textOf, seen: new WeakMap(), carried: 0 };
    return { value: <T>(value: T) => walk(value, '', false, by) as T };
  }

  return {
    text,
    stream,
    value: <T>(value: T) => walk(value, '', false, { textOf: text, carried: 0 }) as T,
    words,
    environment: (entries) => withoutEnvironment(entries, take, text),
    know: known.add,
    counts() {
      const now = Object.fromEntries(counts);
      counts = new Map();
      return now;
    },
    fork: () => forked(alias, known),
    remembering,
  };
}

/** Fields of ours and of others that hold a command line. */
const commandFields = new Set(['argv', 'args', 'command', 'cmdline', 'words']);
/** What `nix config show --json` says of a setting beside its value. */
const explained = new Set([
  'aliases',
  'description',
  'defaultValue',
  'documentDefault',
  'experimentalFeature',
]);

function saysSecret(key: string): boolean {
  return (
    /^(?:extra-)?access-tokens$/.test(key) ||
    nameKind(key) === 'secret' ||
    (/^[A-Z0-9_]+$/.test(key) && isSecretVariable(key))
  );
}

/** `{"name": "GITHUB_TOKEN", "value": "…"}`. */
function isNamedSecret(fields: object): boolean {
  const { name, key } = fields as { readonly name?: unknown; readonly key?: unknown };
  return [name, key].some((one) => typeof one === 'string' && saysSecret(one));
}
