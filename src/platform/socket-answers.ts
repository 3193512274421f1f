/** Whether a socket in the file system takes a connection. Nothing is said on it. */
import { connect } from 'node:net';

/** Null: it cannot be told, for we may not. Never rejects, never waits longer. */
export function socketAnswers(path: string, timeoutMs: number): Promise<boolean | null> {
  return new Promise((resolve) => {
    const socket = connect({ path, timeout: timeoutMs });
    const end = (answer: boolean | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      end(code === 'EACCES' || code === 'EPERM' ? null : false),
    );
  });
}
