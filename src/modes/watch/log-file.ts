/** `nixpulse watch --log FILE`: json-log-path of a daemon, or what somebody wrote to a file. */
import { resolve } from 'node:path';
import { createLogPathFollower } from '../../followers/log-path.ts';
import { createStreamFiles } from '../../platform/stream-files.ts';
import type { Given } from '../mode.ts';
import type { Watched } from './watched.ts';

/** `path`: of the user, wherever the machine that is looked at has its root. */
export function watchFile({ ports, countPending }: Given, path: string): Watched {
  const { files, clock, native } = ports;
  const streamFiles = createStreamFiles();
  countPending(() => streamFiles.pending);
  return {
    follower: createLogPathFollower({
      ...{ files, streamFiles, clock, uid: native.uid, keepsSmall: true, named: resolve(path) },
    }),
    pid: null,
    origin: 'file',
    command: null,
    ended: new Promise(() => {}),
    signal: () => false,
    terminal: null,
    output: () => [],
  };
}
