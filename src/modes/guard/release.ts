/** `nixpulse guard release`: undoes what guards, and dashboards, that are gone have paused, lowered or limited. */
import { restore } from '../../actions/restore.ts';
import { resume } from '../../actions/resume.ts';
import { intentTitle } from '../../format/intent-title.ts';
import { exitCodeOf } from '../../model/intents/outcome.ts';
import { createJournal } from '../../perform/journal.ts';
import { createPerformer } from '../../perform/performer.ts';
import { undoingLeftBehind } from '../../perform/undo-changes.ts';
import { createProcSources } from '../../watch/sources.ts';
import { depsOf, type Given } from '../mode.ts';
import { isRunning } from './guard-directory.ts';
import { releaseOf } from './releaser.ts';

/** Who closed the pipe is about to end: so long at most that is waited for. */
const mostRounds = 500;
const roundMs = 20;

export async function runGuardRelease(given: Given): Promise<number> {
  const { invocation, ports, environment, complain, write } = given;
  const { files, ownFiles, clock } = ports;
  const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const [pid, startTime] = (environment[releaseOf] ?? '').split(':').map(Number);
  if (pid !== undefined && startTime !== undefined) {
    for (let round = 0; round < mostRounds && isRunning({ pid, startTime }, files); round += 1)
      await wait(roundMs);
  }
  const { sources, readForest } = createProcSources(ports);
  const deps = depsOf(given, readForest, { resume, restore });
  const { stateDirectory } = deps;
  await ports.signals.rehearse();
  try {
    const intents = await undoingLeftBehind(deps);
    // Of who runs it for a guard that is gone nobody waits for an answer.
    if (intents.length === 0 && startTime === undefined) await write('nothing is left to undo\n');
    if (invocation.dryRun) {
      const lines = intents.map((intent) => `would ${intentTitle(intent)}`);
      if (lines.length > 0) await write(`${lines.join('\n')}\n`);
      return 0;
    }
    const journal = createJournal({ ownFiles, stateDirectory, onProblem: () => {} });
    const performer = createPerformer({ deps, via: 'guard', journal });
    let exitCode = 0;
    for (const intent of intents) {
      const entry = await performer.perform(intent);
      if (entry === null) continue;
      exitCode = Math.max(exitCode, exitCodeOf[entry.status]);
      if (entry.status === 'done') await write(`${entry.summary}\n`);
      else for (const line of [entry.summary, ...entry.details]) complain(line);
    }
    await performer.end();
    return exitCode;
  } finally {
    for (const source of sources) source.close();
  }
}
