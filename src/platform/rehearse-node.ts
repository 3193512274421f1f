/**
 * What Node and V8 do at the first use of something, done once beforehand: compiled and in memory before the freeze.
 * V8's parser and compiler run once more, since they lie in the program's file as everything else; and a byte is read
 * from a stream as a key is from a terminal, for which Node compiles its part from its file on the disk.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { hrtime } from 'node:process';
import { ReadStream } from 'node:tty';
import { Script } from 'node:vm';
import type { Collection } from './ports.ts';

/** One of each kind of statement and expression. Never run. */
const text = `(function () {
  class A extends B { #x = 1; static y = 2n; constructor() { super(); } get z() { return this.#x; } async *w() { yield* 1; } }
  const { a, b: [c = 1, ...d], ...e } = { a: 1, ['b']: [2], ...f?.g?.[0] ?? h };
  let i = \`t\${a}\` + 'q', j = /[a-z]+$/giu.test(i), k = (x, y = 2, ...z) => ({ x, y, z });
  for (const [l, m] of Object.entries(e)) if (l in m) continue; else if (l instanceof A) break;
  for (let n = 0; n < 10; n += 1) n **= 2; for (const o in e) delete e[o]; do { a++; } while (!j && a--); while (0) {}
  switch (typeof i) { case 'string': return void 0; default: throw new Error(i, { cause: c }); }
  try { k(...d); } catch { a ||= 1; b &&= 2; } finally { c ??= ~3 >>> 1 ^ 4 | 5 & 6; }
  return async function p() { await k; for await (const q of r) s: for (;;) break s; return new.target ? q : (1, 2); };
})`;

/** All that V8's scanner compares a name of the same length and beginning with. */
const reserved =
  `accessor async await break case catch class const constructor continue debugger default defer delete do
else enum export extends false finally for from function get if implements import in instanceof interface let meta name
new null of package private protected prototype public return set source static super switch target this throw true try
typeof using var void while with yield`
    .split(/\s+/)
    .map((word) => `${word}: 1`);

/** Compiled anew at each call: V8 knows a text again. */
export function rehearseCompiling(): void {
  new Script(`${text};({${reserved}})//${hrtime.bigint()}`);
}

/** As text and back, by each way that V8 has: what few digits tell, what needs many, whole ones, wide ones. */
export function rehearseNumbers(): void {
  const since = Number(hrtime.bigint() % 1_000_000_007n) / 1e4;
  for (const number of [since, since / 3, since * 1e18, 5e-324, 1 / 3, 2 ** 53 + since, -0.5]) {
    const texts = [String(number), number.toFixed(1), number.toPrecision(3), number.toString(16)];
    for (const text of texts) Number(text) + Number.parseFloat(text) + Number.parseInt(text, 10);
    Math.round(number) + Math.log2(Math.abs(number));
  }
  BigInt(Math.round(since)).toString();
  hrtime.bigint().toString();
}

/** One of each kind of pattern, as V8 first reads it (a case that is ignored asks ICU) and, once it is used, compiles it. */
export function rehearseMatching(): void {
  // Another source at each call: V8 knows a pattern again.
  const since = String(hrtime.bigint());
  const patterns = [
    new RegExp(`^(?:nothing|[a-z_.]\\w*)\\s+(\\S+?)${since}$`, 'i'),
    new RegExp(`'[^'\u201d]*?(?<name>\u00e9|[^:]):\\b|(?=${since})(?!x)\\1`, 'g'),
    new RegExp(`[\\p{Cc}\\p{M}]+|\\P{L}{2,3}${since}`, 'giu'),
    new RegExp(`^\\p{C}(?<!${since})$`, 'mu'),
  ];
  const texts = [`nothing here${since}`, `\u201cw\u00e9rde\u0300\u201d: ${since}\n`.repeat(20)];
  for (let turn = 0; turn < 3; turn += 1) {
    for (const pattern of patterns) for (const text of texts) text.replace(pattern, '');
  }
}

/**
 * What is left moves close together, and all as later; then what is young in functions of V8's own: of each that waits
 * for ours the collector reads a table of its own.
 */
export function rehearseCollecting(collect: (what?: Collection) => void): void {
  collect('close');
  collect();
  const young = () => collect('young');
  [0].map(young);
  'x'.replace('x', () => String(young()));
  [2, 1].sort(() => Number(young()));
  JSON.parse('[1]', young);
  Array.from([0], young);
  Reflect.apply(young, undefined, []);
  new Map([[0, 0]]).forEach(young);
}

/** A terminal that nobody opens answers at once, if at all. */
const mostReadingMs = 300;

/**
 * Resolves when it is read, or could not be: nothing hangs on it. From the other end of a terminal of our own, which gives
 * back what is written there, as its line echoes it (pts(4)); a socket would load Node's processes and clusters as well.
 */
export function rehearseReading(path = '/dev/ptmx'): Promise<void> {
  // Of a read that is longer than its first buffer (slow-reads.ts).
  Buffer.allocUnsafeSlow(1).copy(Buffer.allocUnsafeSlow(4));
  if (process.platform !== 'linux') return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  let descriptor: number | undefined;
  let terminal: ReadStream | undefined;
  const late = setTimeout(resolve, mostReadingMs);
  try {
    descriptor = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    terminal = new ReadStream(descriptor);
    terminal.on('data', () => resolve()).on('error', () => resolve());
    writeSync(descriptor, 'k');
  } catch {
    resolve();
  }
  return promise.finally(() => {
    clearTimeout(late);
    if (terminal !== undefined) terminal.destroy();
    else if (descriptor !== undefined) closeSync(descriptor);
  });
}
