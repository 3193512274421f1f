/** `nixpulse recover [PROCEDURE]`: the emergency procedures, step by step. */
import { resolve } from 'node:path';
import { actions } from '../actions/registry.ts';
import { isProcedureId } from '../model/recover/procedure.ts';
import { contextOf } from '../perform/action-deps.ts';
import { createJournal } from '../perform/journal.ts';
import { createPerformer } from '../perform/performer.ts';
import { procedureOf } from '../recover/procedures.ts';
import { openProgress } from '../recover/progress.ts';
import { createRecoverStep } from '../recover/recover-step.ts';
import { planProcedure, runProcedure, type StepResult } from '../recover/run.ts';
import type { Procedure, RecoverContext } from '../recover/step.ts';
import { lookTwice } from '../watch/look-twice.ts';
import { absoluteReference } from './flake-reference.ts';
import { depsOf, type Given } from './mode.ts';
import { listProcedures, unknownProcedure } from './recover/list.ts';
import { createRecoverScreen } from './recover/screen.ts';
import { createProgressLine } from './verb/progress-line.ts';
import { createVerbIo } from './verb/verb-io.ts';
import { sourcesOf } from './wiring.ts';

/** Long enough for two looks to tell who is who; no rate is wanted. */
const lookMs = 150;

export async function runRecoverMode(given: Given): Promise<number> {
  const { invocation, ports, process, write, environment } = given;
  const { operand } = invocation;
  const procedure = operand !== null && isProcedureId(operand) ? procedureOf(operand) : null;
  if (operand !== null && procedure === null) {
    given.complain(unknownProcedure(operand));
    return 2;
  }
  const { sources, readForest, settled } = await sourcesOf(given);
  await ports.signals.rehearse();
  const cancel = new AbortController();
  const io = createVerbIo({ process, write });
  const progress = createProgressLine(io, ports.clock, invocation.json);
  const more = {
    wishes: wishesOf(given),
    environment,
    look: () => lookTwice({ sources, clock: ports.clock, intervalMs: lookMs, settled }),
  };
  const release = io.onInterrupt(() => cancel.abort());
  try {
    const deps = depsOf(given, readForest, actions);
    const base = { ...contextOf(deps, progress.report, cancel.signal), ...more, notes: noNotes };
    if (procedure === null) return await listProcedures(base, given);
    if (invocation.dryRun) return await tellPlan(procedure, base, given, progress.end);
    if (io.ask === null && !invocation.yes) {
      io.say("nixpulse: 'recover' asks before every step, and this is no terminal: add --yes or --dry-run");
      return 2;
    }
    return await carryOut(procedure, base);
  } finally {
    release();
    progress.end();
    for (const source of sources) source.close();
  }

  async function carryOut(wanted: Procedure, base: RecoverContext): Promise<number> {
    const { stateDirectory } = base;
    const opened = await openProgress({
      ...{ ports, stateDirectory, procedure: wanted.id, afresh: invocation.again },
      // Of another root directory it is no progress of this machine.
      readOnly: !ports.files.live,
      onProblem: ({ where, cause, kind }) =>
        io.say(`nixpulse: how far it came is not recorded: ${where}: ${cause ?? kind}`),
    });
    if ('busy' in opened) {
      io.say(`nixpulse: another nixpulse (pid ${opened.busy.pid}) carries it out`);
      return 1;
    }
    const context: RecoverContext = { ...base, notes: opened.progress.notes };
    const { look, notes, wishes } = context;
    const recover = createRecoverStep({ look, notes, wishes, environment });
    const journal = createJournal({ ownFiles: ports.ownFiles, stateDirectory, onProblem: () => {} });
    const performer = createPerformer({
      deps: depsOf(given, readForest, { ...actions, recover }),
      ...{ via: 'command', journal },
      progress: (_, one) => progress.report(one),
    });
    cancel.signal.addEventListener('abort', performer.cancelNewest, { once: true });
    await journal.load();
    const screen = createRecoverScreen({
      given,
      io,
      procedure: wanted,
      progress,
      since: opened.progress.resumedAtMs,
    });
    screen.opened();
    const results = await runProcedure({
      ...{ procedure: wanted, context, progress: opened.progress, screen },
      perform: performer.perform,
    });
    await journal.flushed();
    await screen.closed(results);
    return exitCodeOf(results);
  }
}

function wishesOf({ invocation: { output, to, flake }, process }: Given): RecoverContext['wishes'] {
  const directory = startedIn(process);
  return {
    output: output === null ? null : resolve(directory, output),
    to,
    flake: flake === null ? null : absoluteReference(flake, directory),
    directory,
  };
}

/** `/` where that directory is gone. */
function startedIn(process: Given['process']): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

/** Of a look at what would be: nothing was noted, and nothing is. */
const noNotes: RecoverContext['notes'] = { get: () => null, set: async () => {} };

async function tellPlan(
  procedure: Procedure,
  context: RecoverContext,
  given: Given,
  endProgress: () => void,
): Promise<number> {
  const { tellPlanned } = await import('./recover/screen.ts');
  const planned = await planProcedure({ procedure, context });
  endProgress();
  await tellPlanned(procedure, planned, given);
  const first = planned.find(({ step, plan }) => plan.state === 'impossible' && step.optional !== true);
  if (first?.plan.state !== 'impossible') return 0;
  return first.plan.denied === true ? 3 : 1;
}

function exitCodeOf(results: readonly StepResult[]): number {
  const states = results.map(({ state }) => state);
  if (states.includes('interrupted')) return 130;
  if (states.includes('denied')) return 3;
  return states.every((state) => state === 'done' || state === 'needless') ? 0 : 1;
}
