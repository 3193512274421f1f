/**
 * What Node and V8 do at the first use of something, done once beforehand: compiled and in memory before the freeze.
 * V8's parser and compiler run once more, since they lie in the program's file as everything else; and a byte is read
 * from a stream as a key is from a terminal, for which Node compiles its part from its file on the disk.
 */
import { connect, createServer } from 'node:net';
import { Script } from 'node:vm';

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

/** Compiled anew at each call: V8 knows a text again. */
export function rehearseCompiling(): void {
  new Script(`${text}//${performance.now()}`);
}

/** Resolves when it is read, or could not be: nothing hangs on it. Linux has such sockets (unix(7)). */
export function rehearseReading(pid = process.pid): Promise<void> {
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
