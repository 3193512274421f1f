/** The daemon hangs, or all that runs of Nix is to end: stopped, started again, and asked. */
import { isBooted } from '../actions/booted.ts';
import { daemonUnit } from '../actions/restart-daemon.ts';
import { plural } from '../base/plural.ts';
import { fail, ok, type Result } from '../base/problem.ts';
import { cancelIntent } from '../commands/targets.ts';
import { isActivating } from '../model/forest/derive-activation.ts';
import { askDaemon } from '../probes/check/state-facts.ts';
import { within } from '../probes/check/within.ts';
import { limitsStep } from './daemon/limits.ts';
import { workersStep } from './daemon/workers.ts';
import { probing } from './probing.ts';
import type { Procedure, RecoverContext, Step } from './step.ts';

/** A machine that is short of everything takes its time. */
const patienceMs = 10_000;

const stop: Step = {
  id: 'stop',
  title: 'Stop every rebuild and build',
  why: 'a daemon that restarts leaves builds behind that nobody waits for',
  needs: ['root'],
  async plan({ look, ports }) {
    const { clients, builds } = await look();
    const spared = clients.filter(isActivating);
    const stopped = clients.filter((client) => !spared.includes(client));
    // What has ended, and hangs on a worker that does not look, needs no stopping.
    const local = builds.filter(({ host, states, processes }) => host === null && states.Z < processes);
    if (stopped.length + local.length === 0) {
      const [first] = spared;
      const why =
        first === undefined ? 'nothing of Nix runs' : `${first.command} activates: it is left alone`;
      return { state: 'needless', why };
    }
    if (!ports.native.may('signal-all')) {
      const isOthers = [...stopped, ...local].some(({ uid }) => uid !== ports.native.uid);
      if (isOthers) return { state: 'impossible', denied: true, why: 'what runs is other users’' };
    }
    return {
      state: 'todo',
      asks: { word: 'stop' },
      lines: [
        ...stopped.map(({ command, pid }) => `${command} (pid ${pid})`),
        ...(local.length === 0
          ? []
          : [`${plural(local.length, 'build')} with all processes, and what they have done is lost`]),
      ],
      intent: cancelIntent({ clients: stopped, orphans: [] }, true),
    };
  },
};

const restart: Step = {
  id: 'restart',
  title: 'Restart the daemon',
  why: 'it reads its settings anew and lets go of every lock',
  needs: ['root', 'systemd'],
  once: true,
  optional: true,
  async plan({ ports: { files, native } }) {
    if ((await isBooted(files)) === false)
      return { state: 'impossible', why: 'systemd does not run here', way: 'restart it as it was started' };
    if (!native.may('administer')) return { state: 'impossible', denied: true, why: 'it takes root' };
    const lines = [`systemctl restart ${daemonUnit}`];
    return { state: 'todo', asks: 'yes', lines, intent: { type: 'restart-daemon' } };
  },
};

/** What the daemon says of itself; of one that hangs nothing ever comes. */
async function complaintOf(context: RecoverContext): Promise<Result<string | null>> {
  if (!context.ports.files.live) return fail('unsupported', 'the daemon', 'this is another root directory');
  const said = await within(patienceMs, 'the daemon', probing(context), async (bounded) => {
    const asked = await askDaemon(bounded);
    return bounded.cancelled.aborted ? fail('timeout', 'the daemon') : asked;
  });
  return !said.ok && said.problem.kind === 'timeout' ? ok(said.problem.cause ?? 'no answer') : said;
}

const answers: Step = {
  id: 'answers',
  title: 'Ask the daemon',
  why: 'it is well when it answers',
  needs: [],
  async plan(context) {
    const said = await complaintOf(context);
    if (!said.ok)
      return { state: 'impossible', why: `it cannot be asked: ${said.problem.cause ?? said.problem.kind}` };
    if (said.value === null) return { state: 'needless', why: 'it answers' };
    return {
      state: 'impossible',
      why: `it does not answer: ${said.value}`,
      way: 'see why: journalctl -u nix-daemon -n 50',
    };
  },
};

export const daemonProcedure: Procedure = {
  id: 'daemon',
  title: 'Stop everything and restart the daemon',
  when: 'builds hang, nothing answers, a lock is never given back',
  steps: [stop, workersStep, limitsStep, restart, answers],
  async fits(context: RecoverContext) {
    const said = await complaintOf(context);
    return said.ok && said.value !== null ? `the daemon does not answer: ${said.value}` : null;
  },
};
