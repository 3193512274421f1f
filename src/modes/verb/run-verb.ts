/** `nixpulse kill`, `pause`, `resume`, `lower`, `limit`, `restore`, `cancel`, `rollback`, `verify`: the keys' Intents without the screen. */

import { plannedChanges } from '../../actions/planned-changes.ts';
import { jsonDocument } from '../../base/json-text.ts';
import type { Invocation } from '../../cli/table.ts';
import { isVerb } from '../../cli/table.ts';
import { questionText } from '../../format/question.ts';
import type { Intent } from '../../model/intents/intent.ts';
import { exitCodeOf, type JournalEntry, type Progress } from '../../model/intents/outcome.ts';
import type { Model } from '../../model/model.ts';
import { type ActionDeps, contextOf } from '../../perform/action-deps.ts';
import { createJournal } from '../../perform/journal.ts';
import { createPerformer } from '../../perform/performer.ts';
import { chooseIntent } from './choose-intent.ts';
import { planOf } from './plan.ts';
import { createProgressLine } from './progress-line.ts';
import { damageLeft, repairIntent } from './repair-intent.ts';
import type { VerbIo } from './verb-io.ts';

export interface VerbOptions {
  readonly invocation: Invocation;
  readonly deps: ActionDeps;
  /** What the machine is like now. */
  readonly look: () => Promise<Model>;
  readonly io: VerbIo;
}

/** What is damaged is known only when it has been looked for. */
const repairLine = 'would then ask whether to repair what it found damaged';

/** Resolves with the exit code. */
export async function runVerb(options: VerbOptions): Promise<number> {
  const { invocation, deps, io } = options;
  const { command, dryRun } = invocation;
  if (!isVerb(command)) throw new Error(`${command} is no verb`);
  const repairs = command === 'verify' && invocation.repair;
  if ((command !== 'verify' || repairs) && !invocation.yes && !dryRun && io.ask === null) {
    io.say(`nixpulse: '${command}' asks first, and this is no terminal: add --yes`);
    return 2;
  }
  const model = await options.look();
  const chosen = await chooseIntent({ command, invocation, deps, model });
  if (chosen.kind === 'refused') {
    io.say(`nixpulse: ${chosen.message}`);
    return chosen.exitCode;
  }
  const { intent, word } = chosen;
  if (dryRun) {
    const planned = await planOf(intent, model, deps);
    const plan = repairs ? { ...planned, lines: [...planned.lines, repairLine] } : planned;
    await io.write(invocation.json ? `${jsonDocument(plan)}\n` : `${plan.lines.join('\n')}\n`);
    return plan.possible ? 0 : exitCodeOf[plan.denied === true ? 'denied' : 'refused'];
  }
  const asks = !invocation.yes && !invocation.json && io.ask !== null;
  const refused = asks ? await refusedLimit(intent, deps) : null;
  if (refused !== null) {
    for (const line of refused.lines) io.say(`nixpulse: ${line}`);
    return exitCodeOf[refused.status];
  }
  const answer = command === 'verify' ? 'yes' : await agreed(intent, model, word, options);
  if (answer !== 'yes') return answer === 'no' ? 1 : 130;
  const done = await perform(intent, options);
  await tell(done, options);
  if (!repairs || done.intent.type !== 'verify') return exitCodeOf[done.status];
  return repairAfter(done, model, options);
}

/** Where nothing can be limited nobody is asked whether to. */
async function refusedLimit(intent: Intent, deps: ActionDeps) {
  if (intent.type !== 'limit') return null;
  const { changes, refusals, denied } = await plannedChanges(intent, contextOf(deps));
  if (changes.length > 0) return null;
  return { lines: refusals, status: denied ? 'denied' : 'refused' } as const;
}

async function agreed(
  intent: Intent,
  model: Model,
  word: string | null,
  { invocation, io }: VerbOptions,
): Promise<'yes' | 'no' | 'interrupted'> {
  // Without a terminal --yes was asked for already.
  if (invocation.yes || io.ask === null) return 'yes';
  io.say(questionText({ intent, model }));
  const answer = await io.ask(word === null ? 'Do it? [y/N] ' : `Type ${word} to do it: `);
  const text = answer?.trim() ?? '';
  if (word === null ? /^(?:y|yes)$/i.test(text) : text === word) return 'yes';
  io.say('nixpulse: nothing was done');
  return answer === null ? 'interrupted' : 'no';
}

async function perform(intent: Intent, { deps, io, invocation }: VerbOptions): Promise<JournalEntry> {
  const { ports, stateDirectory } = deps;
  const journal = createJournal({ ownFiles: ports.ownFiles, stateDirectory, onProblem: () => {} });
  const line = createProgressLine(io, ports.clock, invocation.json);
  const progress = (_: number, report: Progress) => line.report(report);
  const performer = createPerformer({ deps, via: 'command', journal, progress });
  const release = io.onInterrupt(performer.cancelNewest);
  try {
    await journal.load();
    const entry = await performer.perform(intent);
    if (entry === null) throw new Error('nothing else runs that could be in its way');
    await journal.flushed();
    return entry;
  } finally {
    line.end();
    release();
  }
}

/** What was done is the answer and goes to stdout; what was not is a complaint. */
async function tell(entry: JournalEntry, { invocation, io }: VerbOptions): Promise<void> {
  const { status, summary, details } = entry;
  if (invocation.json) {
    await io.write(`${jsonDocument(entry)}\n`);
    return;
  }
  const good = status === 'done' || status === 'incomplete';
  if (good) await io.write(`${summary}\n`);
  else io.say(`nixpulse: ${summary}`);
  for (const line of details) io.say(line);
}

async function repairAfter(verified: JournalEntry, model: Model, options: VerbOptions): Promise<number> {
  const intent = await repairIntent(options.deps);
  if (intent === null) return exitCodeOf[verified.status];
  const answer = await agreed(intent, model, 'repair', options);
  if (answer !== 'yes') return answer === 'no' ? exitCodeOf[verified.status] : 130;
  const repaired = await perform(intent, options);
  await tell(repaired, options);
  const left = await damageLeft(options.deps);
  if (left > 0 && repaired.status === 'done')
    options.io.say(`nixpulse: ${left} of what was found bad cannot be read, and was not repaired`);
  return left > 0 ? Math.max(1, exitCodeOf[repaired.status]) : exitCodeOf[repaired.status];
}
