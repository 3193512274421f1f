/** Who undoes what we did when we are killed: `nixpulse guard release`, started by a shell that sees us end. */
import type { ProcessIdentity } from '../../base/identity.ts';
import type { UsualRights } from '../../platform/ports.ts';
import { runWhenWeEnd, type WhenWeEnd } from '../../platform/when-we-end.ts';
import type { Given } from '../mode.ts';

export interface Releaser {
  /** We end well. */
  end(): void;
}

/** A shell that was killed is started anew, so often. */
const mostStarts = 5;

/** Names who it is that ends, so that it is waited for. */
export const releaseOf = 'NIXPULSE_RELEASE_OF';

export function startReleaser(
  { process, environment }: Pick<Given, 'process' | 'environment'>,
  { pid, startTime }: ProcessIdentity,
  rights: UsualRights,
  complain: (line: string) => void,
): Releaser {
  const [, program = ''] = process.argv;
  const command = [process.execPath, ...process.execArgv, program, 'guard', 'release'];
  const home = environment['HOME'];
  const itself = { [releaseOf]: `${pid}:${startTime}`, ...(home !== undefined && { HOME: home }) };
  let ended = false;
  let starts = 0;
  let running: WhenWeEnd | null = null;

  function start(): void {
    starts += 1;
    const mine = runWhenWeEnd(command, itself, rights);
    running = mine;
    void mine.lost.then((why) => {
      if (ended) return;
      const again = starts < mostStarts;
      complain(
        `who would undo our acts if we were killed is gone (${why})${again ? ': started anew' : '; what is paused may stay so'}`,
      );
      if (again) start();
    });
  }
  start();

  return {
    end() {
      ended = true;
      running?.cancel();
    },
  };
}
