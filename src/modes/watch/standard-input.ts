/** `CMD |& nixpulse watch`: the stream is our standard input. */
import { createStreamBuffer } from '../../followers/stream-buffer.ts';
import type { Given } from '../mode.ts';
import type { Watched, WatchedEnd } from './watched.ts';

export function watchStandardInput({ process, ports }: Given): Watched {
  const buffer = createStreamBuffer({ id: 'stdin', origin: { kind: 'stdin' }, writers: 'one' });
  const { promise: ended, resolve } = Promise.withResolvers<WatchedEnd>();
  const end = () => {
    buffer.end(null);
    resolve({ exitCode: null, signal: null });
  };
  process.stdin.on('data', (bytes: Buffer) => buffer.push(bytes));
  process.stdin.once('end', end);
  process.stdin.once('error', end);
  return {
    follower: { take: buffer.take, close: () => process.stdin.pause() },
    pid: null,
    origin: 'stdin',
    command: { words: ['stdin'], startedMs: ports.clock.now(), asked: null },
    ended,
    signal(name) {
      if (name !== 'SIGINT') {
        // Without a reader the writer ends as well.
        end();
        return true;
      }
      // The pipeline is one process group, and it is ours.
      return process.kill(0, 'SIGINT');
    },
    terminal: null,
    output: () => [],
  };
}
