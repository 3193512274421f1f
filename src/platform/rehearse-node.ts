/**
 * What Node and V8 do at the first use of something, done once beforehand: compiled and in memory before the freeze.
 * V8's parser and compiler run once more, since they lie in the program's file as everything else; and a byte is read
 * from a stream as a key is from a terminal, for which Node compiles its part from its file on the disk.
 */
import { connect, createServer } from 'node:net';
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
  new Script(`${text};({${reserved}})//${performance.now()}`);
}

/** One of each kind of pattern, as V8 first reads it (a case that is ignored asks ICU) and, once it is used, compiles it. */
export function rehearseMatching(): void {
  // Another source at each call: V8 knows a pattern again.
  const since = String(performance.now()).replace('.', '');
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

/** Resolves when it is read, or could not be: nothing hangs on it. Linux has such sockets (unix(7)). */
export function rehearseReading(pid = process.pid): Promise<void> {
  // Of a read that is longer than its first buffer (slow-reads.ts).
  Buffer.allocUnsafeSlow(1).copy(Buffer.allocUnsafeSlow(4));
  if (process.platform !== 'linux') return Promise.resolve();
  const path = `\0nixpulse-rehearsal-${pid}-${performance.now()}`;
  const { promise, resolve } = Promise.withResolvers<void>();
  const server = createServer((socket) => socket.on('error', resolve).end('k'));
  server.on('error', () => resolve());
  server.listen(path, () => {
    connect(path)
      .on('error', () => resolve())
      .on('data', () => resolve())
      .on('close', () => resolve());
  });
  return promise.finally(() => server.close());
}
