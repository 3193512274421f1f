/** Restart the daemon, or a unit that the settings name, where systemd runs; elsewhere nobody but who started it knows how. */

import { growForest } from '../model/forest/forest.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { Action, ActionContext } from './action.ts';
import { isBooted } from './booted.ts';
import { reasonOf } from './wording.ts';

export const daemonUnit = 'nix-daemon.service';
/** systemd's own start and stop timeouts are 90 s each. */
const patienceMs = 190_000;

export const restartDaemon: Action<'restart-daemon'> = (_intent, context) =>
  restart(daemonUnit, 'the daemon', context);

/** As systemd.unit(5) names them: what is no name is no argument of ours. */
const unitName = /^[\w:.@\\-]+\.[a-z]+$/;

export const restartUnit: Action<'restart-unit'> = async ({ unit }, context) =>
  unitName.test(unit) && !unit.startsWith('-')
    ? restart(unit, unit, context)
    : { status: 'refused', summary: `'${unit}' is no name of a unit`, details: [] };

async function restart(unit: string, title: string, context: ActionContext): Promise<Outcome> {
  const { files, native, spawn } = context.ports;
  // Unknown is not absent: systemctl says itself what it lacks.
  if ((await isBooted(files)) === false) {
    return {
      status: 'refused',
      summary: `systemd does not run here: restart ${title} as it was started`,
      details: [],
    };
  }
  if (!native.may('administer')) {
    const details = [`sudo systemctl restart ${unit}`];
    return { status: 'denied', summary: `restarting ${title} needs root`, details };
  }
  const before = buildsNow(context);
  context.report({ text: `systemctl restart ${unit}` });
  const args = ['--no-ask-password', 'restart', unit];
  const run = await spawn.run('systemctl', args, { timeoutMs: patienceMs });
  if (!run.ok) return { status: 'failed', summary: `systemctl: ${reasonOf(run.problem)}`, details: [] };
  const { exitCode, signal, stderr } = run.value;
  const said = stderr.split('\n').filter((line) => line.trim() !== '');
  if (exitCode !== 0) {
    const how = exitCode === null ? `was ended by ${signal}` : `failed with exit code ${exitCode}`;
    return { status: 'failed', summary: `systemctl restart ${unit} ${how}`, details: said };
  }
  return done(unit, before, context);
}

function done(unit: string, before: ReadonlySet<number>, context: ActionContext): Outcome {
  const still = [...buildsNow(context)].filter((pid) => before.has(pid)).length;
  // Of another unit only what it took along is worth a word.
  const silent = before.size === 0 || (unit !== daemonUnit && still === before.size);
  const builds = silent ? '' : `; ${buildsText(still, before.size)}`;
  return { status: 'done', summary: `restarted ${unit}${builds}`, details: [] };
}

function buildsText(still: number, before: number): string {
  if (before === 1) return `the running build ${still === 1 ? 'goes on' : 'has ended'}`;
  return `${still} of ${before} running builds ${still === 1 ? 'goes' : 'go'} on`;
}

function buildsNow(context: ActionContext): ReadonlySet<number> {
  const raw = context.readForest();
  return new Set(raw === null ? [] : growForest(raw).builds.map(({ root }) => root.pid));
}
