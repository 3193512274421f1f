/**
 * A byte is read from a stream as a key is from a terminal: Node compiles its part of that, from its file on the
 * disk, when the first one comes. That may be the first key that anybody presses, in the freeze.
 */
import { connect, createServer } from 'node:net';

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
