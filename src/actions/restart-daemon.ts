/** Restart the daemon where systemd runs; elsewhere nobody but who started it knows how. */

import { growForest } from '../model/forest/forest.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { Action, ActionContext } from './action.ts';
import { isBooted } from './booted.ts';
import { reasonOf } from './wording.ts';

const unit = 'nix-daemon.service';
/** systemd's own start and stop timeouts are 90 s each. */
const patienceMs = 190_000;

export const restartDaemon: Action<'restart-daemon'> = async (_intent, context) => {
  const { files, native, spawn } = context.ports;
  // Unknown is not absent: systemctl says itself what it lacks.
  if ((await isBooted(files)) === false) {
    return {
      status: 'refused',
      summary: 'systemd does not run here: restart the daemon as it was started',
      details: [],
    };
  }
  if (!native.may('administer')) {
    const details = [`sudo systemctl restart ${unit}`];
    return { status: 'denied', summary: 'restarting the daemon needs root', details };
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
  return done(before, context);
};

function done(before: ReadonlySet<number>, context: ActionContext): Outcome {
  const still = [...buildsNow(context)].filter((pid) => before.has(pid)).length;
  const builds = before.size === 0 ? '' : `; ${buildsText(still, before.size)}`;
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
