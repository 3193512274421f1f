/** Once the store is whole: equal files become one, and garbage goes, every generation kept. */
import { collectGarbage } from '../../actions/collect-garbage.ts';
import { bytesText } from '../../base/bytes.ts';
import { plural } from '../../base/plural.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import { endWords } from '../../nix-store/cancellable.ts';
import { estimateGarbage } from '../../nix-store/estimate-garbage.ts';
import { runProgram } from '../../probes/run-program.ts';
import type { RecoverContext, Step } from '../step.ts';
import { copyNote, setChanged } from './notes.ts';
import { failed } from './outcomes.ts';
import { whyNot } from './places.ts';
import { findLost } from './register.ts';

export const optimise: Step = {
  id: 'optimise',
  title: 'Make equal files one',
  why: 'gives space back',
  needs: ['root', 'minutes'],
  once: true,
  optional: true,
  async plan(context) {
    const lines = ['nix-store --optimise: reads every file, last in line for CPU and disk'];
    return whyNot(context) ?? { state: 'todo', asks: 'yes', lines };
  },
  async act(context): Promise<Outcome> {
    const { notes, report } = context;
    await setChanged(notes);
    let last = '';
    const run = await runProgram(context, ['nix-store', '--optimise', '-v'], {
      from: 'nix',
      onLine(line) {
        if (line.trim() === '') return;
        last = line;
        report({ text: line });
      },
    });
    if (!run.ok) return failed(run.problem, context);
    if (context.cancelled.aborted) return { status: 'cancelled', summary: 'it was interrupted', details: [] };
    if (run.value.exitCode === 0) return { status: 'done', summary: last || 'done', details: [] };
    return { status: 'failed', summary: `nix-store --optimise ${endWords(run.value)}`, details: [last] };
  },
};

export const collect: Step = {
  id: 'collect',
  title: 'Collect garbage',
  why: 'every generation is kept; what nothing refers to goes for good',
  needs: ['root', 'minutes'],
  once: true,
  optional: true,
  async plan(context) {
    const no = whyNot(context);
    if (no !== null) return no;
    // Of a look at what would be: nothing is opened.
    if (context.notes.get(copyNote) === null)
      return { state: 'todo', asks: { word: 'collect' }, lines: ['nix-collect-garbage'] };
    const lost = await findLost(context);
    if (!lost.ok) return { state: 'impossible', why: 'whether all that is needed is known cannot be told' };
    if (lost.value.referrers.length + lost.value.roots.length > 0)
      return { state: 'impossible', why: 'it would take away what is needed and not registered' };
    return {
      state: 'todo',
      asks: { word: 'collect' },
      lines: [`nix-collect-garbage${await garbageText(context)}`],
    };
  },
  async act(context): Promise<Outcome> {
    const lost = await findLost(context);
    if (!lost.ok || lost.value.referrers.length + lost.value.roots.length > 0)
      return {
        status: 'refused',
        summary: 'it would take away what is needed and not registered',
        details: [],
      };
    await setChanged(context.notes);
    return collectGarbage({ type: 'collect-garbage', olderThanDays: null }, context);
  },
};

async function garbageText({ ports, cancelled }: RecoverContext): Promise<string> {
  const garbage = await estimateGarbage({ ports, cancelled });
  if (!garbage.ok) return '';
  const { deadPaths, deadBytes } = garbage.value;
  return `: ${plural(deadPaths, 'path')}, about ${bytesText(deadBytes)}`;
}
