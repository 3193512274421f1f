/** A procedure in lines: what a step would do, the question, what became of it; or all of it as one document. */

import { minuteText } from '../../base/clock-time.ts';
import { jsonDocument } from '../../base/json-text.ts';
import { colorPaint, noPaint } from '../../format/paint.ts';
import { type RecoverStyle, stepEndText, stepText } from '../../format/recover-text.ts';
import type { RunScreen, StepResult } from '../../recover/run.ts';
import type { Plan, Procedure, Step } from '../../recover/step.ts';
import type { Given } from '../mode.ts';
import type { ProgressLine } from '../verb/progress-line.ts';
import type { VerbIo } from '../verb/verb-io.ts';

export interface RecoverScreen extends RunScreen {
  opened(): void;
  closed(results: readonly StepResult[]): Promise<void>;
}

export interface ScreenOptions {
  readonly given: Given;
  readonly io: VerbIo;
  readonly procedure: Procedure;
  readonly progress: ProgressLine;
  /** When the run that is gone on with was begun, Unix ms; null: now. */
  readonly since: number | null;
}

export function createRecoverScreen({ given, io, procedure, progress, since }: ScreenOptions): RecoverScreen {
  const { invocation } = given;
  const style = styleOf(given);
  const { steps } = procedure;

  function say(text: string): void {
    progress.end();
    // What others wrote was made safe in it, and its colours are ours.
    given.process.stderr.write(`${text}\n`);
  }

  return {
    opened() {
      say(`nixpulse recover ${procedure.id}: ${procedure.title}`);
      if (since !== null) say(`Begun ${minuteText(since)}; it goes on where it stood.`);
    },
    begun: (step, number, plan) => say(stepText(shown(step, plan), { number, of: steps.length }, style)),
    async ask(asks, step) {
      // What cannot be taken back is agreed to by nobody beforehand.
      if (invocation.yes && asks === 'yes') return 'yes';
      if (io.ask === null) {
        const word = asks === 'yes' ? 'y' : asks.word;
        io.say(`nixpulse: '${step.title}' asks for the word '${word}', and this is no terminal`);
        return 'no';
      }
      const answer = await io.ask(asks === 'yes' ? '    Do it? [y/N] ' : `    Type ${asks.word} to do it: `);
      if (answer === null) return 'interrupted';
      const text = answer.trim();
      const agreed = asks === 'yes' ? /^(?:y|yes)$/i.test(text) : text === asks.word;
      return agreed ? 'yes' : 'no';
    },
    ended: (result) => say(stepEndText(result, style)),
    async closed(results) {
      if (invocation.json) await given.write(`${jsonDocument(documentOf(procedure, results))}\n`);
      const last = results.at(-1);
      const isWhole = results.length === steps.length && last?.state !== 'interrupted';
      if (!isWhole) say(`\nIt goes on where it stood with: nixpulse recover ${procedure.id}`);
    },
  };
}

/** `--dry-run`. */
export async function tellPlanned(
  procedure: Procedure,
  planned: readonly { readonly step: Step; readonly plan: Plan }[],
  given: Given,
): Promise<void> {
  const { invocation, write } = given;
  const style = styleOf(given);
  const of = procedure.steps.length;
  if (invocation.json) {
    const steps = planned.map(({ step: { id, title, why, needs }, plan }) => ({
      ...{ id, title, why, needs, plan },
    }));
    const { id, title } = procedure;
    await write(`${jsonDocument({ version: 1, dryRun: true, procedure: id, title, steps })}\n`);
    return;
  }
  const text = planned.map(({ step, plan }, i) =>
    stepText(shown(step, plan), { number: i + 1, of, words: true }, style),
  );
  const rest = procedure.steps.slice(planned.length).map(({ title }) => title);
  const end = rest.length === 0 ? '' : `It would end there, before: ${rest.join('; ')}.\n`;
  await write(`nixpulse recover ${procedure.id}: ${procedure.title}\n${text.join('\n')}\n${end}`);
}

function shown({ title, why, needs }: Step, plan: Plan) {
  return { title, why, needs, plan };
}

function documentOf({ id, title }: Procedure, steps: readonly StepResult[]) {
  return { version: 1, procedure: id, title, steps };
}

function styleOf({ look, process }: Given): RecoverStyle {
  const columns = process.stderr.columns ?? process.stdout.columns ?? 80;
  return { columns, unicode: look.unicode, color: look.color ? colorPaint(look) : noPaint };
}
