/** `nixpulse watch --log FILE`: json-log-path of a daemon, or what somebody wrote to a file. */
import { createFileFollower } from '../../followers/file-follower.ts';
import { createStreamFiles } from '../../platform/stream-files.ts';
import type { Given } from '../mode.ts';
import type { Watched } from './watched.ts';

export function watchFile({ ports, countPending }: Given, path: string): Watched {
  const files = createStreamFiles();
  countPending(() => files.pending);
  return {
    follower: createFileFollower({
      ...{ id: path, origin: { kind: 'file', path }, writers: 'many', clock: ports.clock, files },
      file: { path, followLinks: true },
    }),
    origin: 'file',
    command: null,
    ended: new Promise(() => {}),
    signal: () => false,
    terminal: null,
    output: () => [],
  };
}
