/**
 * Bytes from a terminal to keys, incrementally: however the bytes are cut into reads, the keys are the
 * same. Sequences: ECMA-48 (CSI, SS3, control strings), console_codes(4), xterm's ctlseqs.
 */
import { characterKey, consoleKey, csiKey, ss3Key } from './key-names.ts';

/**
 * `name`: a printable character as itself (`k`, `K`, `/`), else `space`, `enter`, `escape`, `tab`,
 * `shift-tab`, `backspace`, `up`, `pageup`, `f9`, `ctrl-c` …
 */
export type Key = { readonly name: string } | { readonly paste: string };

export interface KeyDecoder {
  push(chunk: string | Uint8Array): Key[];
  /** True while only time can tell whether an ESC is the Esc key: call `flush` about 30 ms later. */
  readonly undecided: boolean;
  flush(): Key[];
}

/** How long after an ESC the rest of a sequence may come, ms. */
export const escapeTimeoutMs = 30;

/** Longest paste kept; the rest of it is dropped. */
const maxPaste = 4096;

type Taken = { readonly length: number; readonly key: Key | null };

const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';

export function createKeyDecoder(): KeyDecoder {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  let buffer = '';
  /** Text of the paste under way. */
  let paste: string | null = null;

  function drain(): Key[] {
    const keys: Key[] = [];
    for (;;) {
      const taken = paste === null ? take(buffer) : takePaste();
      if (taken === null) return keys;
      if (buffer.startsWith(pasteStart) && paste === null) paste = '';
      buffer = buffer.slice(taken.length);
      if (taken.key !== null) keys.push(taken.key);
    }
  }

  function takePaste(): Taken | null {
    const end = buffer.indexOf(pasteEnd);
    // What may be the beginning of the end marker stays in the buffer.
    const safe = end >= 0 ? end : Math.max(0, buffer.length - pasteEnd.length + 1);
    paste = `${paste ?? ''}${buffer.slice(0, safe)}`.slice(0, maxPaste);
    buffer = buffer.slice(safe);
    if (end < 0) return null;
    const key = { paste };
    paste = null;
    return { length: pasteEnd.length, key };
  }

  return {
    push(chunk) {
      buffer += typeof chunk === 'string' ? chunk : utf8.decode(chunk, { stream: true });
      return drain();
    },
    get undecided() {
      return paste === null && (buffer === '\x1b' || isOpenString(buffer));
    },
    flush() {
      if (buffer === '\x1b' && paste === null) {
        buffer = '';
        return [{ name: 'escape' }];
      }
      // A string that does not end is a person's Alt-] and not a report: the keyboard must not go dead.
      if (isOpenString(buffer) && paste === null) buffer = '';
      return [];
    },
  };
}

/** The first key of the text; null while it is incomplete. A null key is swallowed. */
function take(text: string): Taken | null {
  const first = text[0];
  if (first === undefined) return null;
  if (first !== '\x1b') return takeCharacter(text);
  switch (text[1]) {
    case undefined:
      return null;
    case '[':
      return takeCsi(text);
    case 'O':
      return takeSs3(text);
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
      return takeString(text);
    default:
      // No command has Alt: ESC and a character in one read is Esc and then the character, as it is
      // when a machine that hardly runs hands us several keys at once.
      return { length: 1, key: { name: 'escape' } };
  }
}

function takeCharacter(text: string): Taken | null {
  const character = String.fromCodePoint(text.codePointAt(0) ?? 0);
  // Half a surrogate pair at the end of a string chunk.
  if (text.length === 1 && /[\uD800-\uDBFF]/.test(text)) return null;
  const name = characterKey(character);
  return { length: character.length, key: name === null ? null : { name } };
}

/** `ESC [ parameters intermediates final`. */
function takeCsi(text: string): Taken | null {
  // Linux console: ESC [ [ A. Mouse report of X10: ESC [ M and three characters.
  if (text[2] === '[') {
    if (text[3] === undefined) return null;
    return isControl(text[3]) ? swallow(3) : named(4, consoleKey(text[3]));
  }
  if (text[2] === 'M') return text.length < 6 ? null : swallow(6);
  let at = 2;
  while (isBetween(text[at], 0x30, 0x3f)) at += 1;
  const parameters = text.slice(2, at);
  // rxvt: ESC [ 5 $ is PgUp with shift, and complete.
  if (text[at] === '$' && /^\d+$/.test(parameters)) return named(at + 1, csiKey(parameters, '$'));
  while (isBetween(text[at], 0x20, 0x2f)) at += 1;
  const final = text[at];
  if (final === undefined) return null;
  // Whatever breaks the sequence off begins a new one.
  if (!isBetween(final, 0x40, 0x7e)) return swallow(at);
  return named(at + 1, csiKey(parameters, final));
}

/** `ESC O letter`; old xterms put a modifier before the letter. */
function takeSs3(text: string): Taken | null {
  let at = 2;
  while (isBetween(text[at], 0x30, 0x39) && at < 4) at += 1;
  const letter = text[at];
  if (letter === undefined) return null;
  return isControl(letter) ? swallow(at) : named(at + 1, ss3Key(letter));
}

/** OSC, DCS, SOS, PM, APC: a report, swallowed up to BEL or ST (`ESC \`); any other ESC breaks it off. */
function takeString(text: string): Taken | null {
  for (let at = 2; at < text.length; at += 1) {
    if (text[at] === '\x07') return swallow(at + 1);
    if (text[at] !== '\x1b') continue;
    if (text[at + 1] === undefined) return null;
    return swallow(text[at + 1] === '\\' ? at + 2 : at);
  }
  return null;
}

function isOpenString(text: string): boolean {
  return text[0] === '\x1b' && text.length >= 2 && ']PX^_'.includes(text[1] ?? '');
}

function named(length: number, name: string | null): Taken {
  return { length, key: name === null ? null : { name } };
}

function swallow(length: number): Taken {
  return { length, key: null };
}

function isBetween(character: string | undefined, low: number, high: number): boolean {
  if (character === undefined) return false;
  const code = character.charCodeAt(0);
  return code >= low && code <= high;
}

function isControl(character: string): boolean {
  return character < ' ';
}
