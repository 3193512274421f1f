/**
 * `watch --stop-services`: units of systemd that stand still while the command runs, and start again whatever happens: a
 * shell at the other end of a pipe starts them where we end without having done it.
 */
import { listText } from '../../base/plural.ts';
import { stoppableUnit, unitsOfCgroups, whyNeeded } from '../../model/machine/needed-units.ts';
import { runWhenWeEnd, type WhenWeEnd } from '../../platform/when-we-end.ts';
import type { Given } from '../mode.ts';
import { createVerbIo, type VerbIo } from '../verb/verb-io.ts';

export interface StoppedServices {
  /** Starts them; complains of those that did not. Once. */
  startAgain(): Promise<void>;
}

export type Stopping =
  | { readonly kind: 'stopped'; readonly services: StoppedServices }
  | { readonly kind: 'refused'; readonly exitCode: number; readonly message: string };

/** What stops may take its time: TimeoutStopSec is 90 s. */
const stopMs = 120_000;
const startMs = 120_000;
const askMs = 10_000;
const none: StoppedServices = { startAgain: async () => {} };

/** `names`: as they were given. Asks, unless `--yes`. */
export async function stopServices(given: Given, names: readonly string[]): Promise<Stopping> {
  const { complain, ports } = given;
  if (!ports.files.live) return refused(1, 'this is a captured tree (--root): no service is stopped');
  const units = await realNames(given, names);
  const no = unitsRefused(given, [...names, ...units]);
  if (no !== null) return refused(1, no);
  const active = await activeUnits(given);
  if (active === null) return refused(1, 'no service was stopped: systemd does not answer here');
  const running = units.filter((unit) => active.has(unit));
  const rest = units.filter((unit) => !active.has(unit));
  if (rest.length > 0) complain(`not running, and left so: ${listText(rest, 8)}`);
  if (running.length === 0) return { kind: 'stopped', services: none };
  const answer = await agreed(given, running);
  if (answer !== 'yes') {
    if (answer === 'no') return refused(1, 'nothing was stopped, and the command was not begun');
    return answer === 'interrupted'
      ? refused(130, 'nothing was stopped')
      : refused(2, "'--stop-services' asks first, and this is no terminal: add --yes");
  }
  return stop(given, running, active);
}

function refused(exitCode: number, message: string): Stopping {
  return { kind: 'refused', exitCode, message };
}

/** One clause for the first that is not to be stopped. */
function unitsRefused({ ports, environment }: Given, names: readonly string[]): string | null {
  const cgroups = ports.files.read('/proc/self/cgroup');
  const desktop = Boolean(environment['WAYLAND_DISPLAY'] || environment['DISPLAY']);
  const scene = { own: cgroups.ok ? unitsOfCgroups(cgroups.value) : [], desktop };
  for (const name of names) {
    const unit = stoppableUnit(name);
    if (unit === null) return `'${name}' is no service, socket, timer or path of systemd`;
    const why = whyNeeded(unit, scene);
    if (why !== null) return `${unit} is not stopped: ${why}`;
  }
  return null;
}

async function agreed(
  { process, write, invocation }: Given,
  units: readonly string[],
): Promise<'yes' | 'no' | 'interrupted' | 'nobody'> {
  if (invocation.yes) return 'yes';
  const io: VerbIo = createVerbIo({ process, write });
  if (io.ask === null) return 'nobody';
  const many = units.length > 1;
  io.say(
    `${listText(units, 8)} ${many ? 'stop' : 'stops'} now, and ${many ? 'start' : 'starts'} again at the end.`,
  );
  const answer = await io.ask('Stop? [y/N] ');
  if (answer === null) return 'interrupted';
  return /^\s*(?:y|yes)\s*$/i.test(answer) ? 'yes' : 'no';
}

async function stop(given: Given, units: readonly string[], before: ReadonlySet<string>): Promise<Stopping> {
  const { ports, complain } = given;
  // Before anything is stopped.
  let release = whenWeEnd(given, units);
  const done = await ports.spawn.run('systemctl', ['stop', '--no-ask-password', '--', ...units], {
    timeoutMs: stopMs,
  });
  if (!done.ok || done.value.exitCode !== 0) {
    const why = done.ok
      ? firstLine(done.value.stderr) || `exit code ${done.value.exitCode}`
      : done.problem.kind;
    await startNow(given, units, release);
    const denied = ports.native.uid !== 0;
    return refused(denied ? 3 : 1, `not stopped: ${why}${denied ? ' (it takes root)' : ''}`);
  }
  // Those that need one of them have stopped with it.
  const left = await activeUnits(given);
  if (left === null) complain('systemd does not say what stopped with them: that is not started again');
  const also = left === null ? [] : [...before].filter((unit) => !left.has(unit) && !units.includes(unit));
  const all = [...units, ...also];
  if (also.length > 0) {
    const first = release;
    release = whenWeEnd(given, all);
    first.cancel();
    complain(`stopped with them: ${listText(also, 8)}`);
  }
  complain(`stopped: ${listText(units, 8)}`);
  let over = false;
  return {
    kind: 'stopped',
    services: {
      async startAgain() {
        if (over) return;
        over = true;
        await startNow(given, all, release);
      },
    },
  };
}

const start = (units: readonly string[]) => ['start', '--no-ask-password', '--', ...units];

/** A stop that was under way when we ended is to come first. */
const afterStop = 'sleep 1; exec systemctl "$@"';

function whenWeEnd({ hardening, complain }: Given, units: readonly string[]): WhenWeEnd {
  const release = runWhenWeEnd(['/bin/sh', '-c', afterStop, 'sh', ...start(units)], {}, hardening);
  void release.lost.then((why) =>
    complain(`who would start the services if nixpulse were killed is gone: ${why}`),
  );
  return release;
}

/** Only when they run is nobody else needed for it: what failed here is tried again when we have ended. */
async function startNow(
  { ports, complain }: Given,
  units: readonly string[],
  release: WhenWeEnd,
): Promise<void> {
  const started = await ports.spawn.run('systemctl', start(units), { timeoutMs: startMs });
  if (started.ok && started.value.exitCode === 0) {
    release.cancel();
    return complain(`started again: ${listText(units, 8)}`);
  }
  const why = started.ok ? firstLine(started.value.stderr) : started.problem.kind;
  complain(`not all of ${listText(units, 8)} started again: ${why}`);
}

/** An alias is what it stands for: `dbus.service` may be a broker. As they were given where nobody answers. */
async function realNames({ ports }: Given, names: readonly string[]): Promise<readonly string[]> {
  const units = names.map((name) => stoppableUnit(name) ?? name);
  const args = ['show', '--property=Id', '--value', '--', ...units];
  const shown = await ports.spawn.run('systemctl', args, { timeoutMs: askMs });
  const ids = shown.ok && shown.value.exitCode === 0 ? shown.value.stdout.split('\n').filter(Boolean) : [];
  return ids.length === units.length ? [...new Set(ids)] : units;
}

function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}

/** Null: nobody answers. */
async function activeUnits({ ports }: Given): Promise<ReadonlySet<string> | null> {
  const args = ['list-units', '--state=active,reloading,activating', '--plain', '--no-legend', '--full'];
  const kinds = ['--type=service,socket,timer,path'];
  const listed = await ports.spawn.run('systemctl', [...args, ...kinds], { timeoutMs: askMs });
  if (!listed.ok || listed.value.exitCode !== 0) return null;
  const rows = listed.value.stdout.split('\n').map((row) => row.trim().split(/\s+/));
  // A oneshot that has ended is active as well, and did not run; a timer that it stopped with did.
  return new Set(
    rows.flatMap(([unit = '', , , sub = '']) => (unit === '' || sub === 'exited' ? [] : [unit])),
  );
}
