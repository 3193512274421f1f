/** Workers of the daemon whose client is gone: one that hangs keeps its locks, and a restart leaves it (KillMode=process). */
import { forestNow, ownProcesses } from '../../actions/forest-now.ts';
import { startTimeOf } from '../../actions/start-time.ts';
import { wait } from '../../actions/wait.ts';
import { reasonOf } from '../../actions/wording.ts';
import { type ProcessIdentity, sameProcess } from '../../base/identity.ts';
import { plural } from '../../base/plural.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import type { Ports } from '../../platform/ports.ts';
import type { RecoverContext, Step } from '../step.ts';

interface LeftWorker extends ProcessIdentity {
  readonly clientPid: number;
}

const shown = new WeakMap<Ports, readonly LeftWorker[]>();
const roundMs = 50;
const patienceMs = 3000;
/** The end of a client is seen by its worker at once; what is left after that time has not seen it. */
const graceMs = 1000;

export const workersStep: Step = {
  id: 'workers',
  title: 'End workers that nobody waits for',
  why: 'one that hangs keeps its locks, and a restart leaves it',
  needs: ['root'],
  optional: true,
  async plan(context) {
    if (leftWorkers(context).length > 0) await wait(context, graceMs);
    const left = leftWorkers(context);
    if (left.length === 0) return { state: 'needless', why: 'there are none' };
    if (!context.ports.native.may('signal-all'))
      return { state: 'impossible', denied: true, why: `${plural(left.length, 'worker')}: they are root’s` };
    shown.set(context.ports, left);
    return {
      ...{ state: 'todo', asks: { word: 'kill' } },
      lines: left.map(({ pid, clientPid }) => `nix-daemon, pid ${pid}, for pid ${clientPid}, which is gone`),
    };
  },
  async act(context): Promise<Outcome> {
    const { signals, clock, files } = context.ports;
    const agreed = shown.get(context.ports) ?? [];
    const left = leftWorkers(context).filter((one) => agreed.some((other) => sameProcess(one, other)));
    const details = left.flatMap((one) => {
      const sent = signals.send(one, 'KILL');
      return sent.ok || sent.problem.kind === 'gone' ? [] : [reasonOf(sent.problem)];
    });
    const untilMs = clock.monotonic() + patienceMs;
    const living = () => left.filter(({ pid, startTime }) => startTimeOf(pid, files) === startTime);
    while (living().length > 0 && clock.monotonic() < untilMs) await wait(context, roundMs);
    const ended = left.length - living().length;
    return {
      status: ended === left.length ? 'done' : ended > 0 ? 'incomplete' : 'failed',
      summary: `${plural(ended, 'worker')} ended`,
      details,
    };
  },
};

/** Without builds: those are ended with their own proof. A client that is not seen from here (pid 0) is none that is gone. */
function leftWorkers(context: RecoverContext): readonly LeftWorker[] {
  const forest = forestNow(context);
  if (forest === null) return [];
  const { files } = context.ports;
  const own = ownProcesses(context.ports);
  return forest.workers.flatMap(({ process, clientPid }) => {
    const { pid, startTime, uid } = process;
    if (clientPid === null || clientPid <= 0 || own.has(pid) || uid !== 0 || process.state === 'Z') return [];
    const isServing = forest.builds.some(({ processes }) =>
      processes.some((one) => one.process.ppid === pid && one.process.state !== 'Z'),
    );
    const client = files.read(`/proc/${clientPid}/stat`);
    const isGone = !client.ok && client.problem.kind === 'gone';
    return isGone && !isServing ? [{ pid, startTime, clientPid }] : [];
  });
}
