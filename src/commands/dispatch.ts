/** From a key to a step, through the command table: the one place that decides what a key does. */
import { type KeyMode, keyModes } from '../model/ui/modes.ts';
import { blockedReason, type Command, type Situation } from './command.ts';
import type { Step } from './step.ts';
import { commands } from './table.ts';

/** What the key decoder gives. */
export type Input = { readonly name: string } | { readonly paste: string };

/** The command of a key in a mode; where several share it, the one that works in this view, live or not. */
export function commandFor(
  key: string,
  { mode, view, replay }: Pick<Situation, 'mode' | 'view' | 'replay'>,
  table: readonly Command[] = commands,
): Command | undefined {
  const now = replay === null ? 'live' : 'replay';
  const found = table.filter((command) => command.modes.includes(mode) && command.keys.includes(key));
  const fitting = found.filter(({ when = now }) => when === now);
  return fitting.find(({ views }) => views === undefined || views.includes(view)) ?? fitting[0] ?? found[0];
}

/** null: the key means nothing here. */
export function dispatch(
  input: Input,
  situation: Situation,
  table: readonly Command[] = commands,
): Step | null {
  const { mode } = situation;
  const { types: typing = false, asks } = keyModes[mode];
  // A paste is text or nothing: it never runs commands, and never answers a question.
  if ('paste' in input) return typing && asks === undefined ? pasted(input.paste) : null;
  const key = input.name;
  const command = commandFor(key, situation, table);
  // Whoever sent several keys at once has not read the question, or pasted without saying so.
  if (!situation.alone && isAnswer(command, mode)) return null;
  if (command === undefined) {
    if (asks === 'yes') return { type: 'leave' };
    const text = typing ? textOf(key) : null;
    return text === null ? null : { type: 'type', text };
  }
  const reason = blockedReason(command, situation);
  if (reason !== undefined) {
    // The question stands where the notice would.
    if (asks === 'yes') return { type: 'give-up', text: reason };
    if (asks === 'word') return null;
    // Beside what is typed there is little room, and no doubt what it is about.
    return { type: 'notify', text: mode === 'jump' ? reason : `${nameOf(command)}: ${reason}` };
  }
  const step = command.step(situation);
  return opens(step) ? { ...step, openedBy: key } : step;
}

/** A title without what it says of itself behind its first words. */
function nameOf({ title }: Command): string {
  return title.split(/[:;]| \(/, 1).join('');
}

/** Of a question: y, or any other key; of one that wants a word: Enter. */
function isAnswer(command: Command | undefined, mode: KeyMode): boolean {
  const { asks } = keyModes[mode];
  if (asks === 'yes' && command === undefined) return true;
  return asks !== undefined && command?.id.startsWith('yes') === true;
}

function opens(step: Step): step is Extract<Step, { readonly openedBy?: string }> {
  return step.type === 'ask' || step.type === 'choose' || step.type === 'ask-quit';
}

/** The text of a printable key. */
function textOf(name: string): string | null {
  if (name === 'space') return ' ';
  return [...name].length === 1 ? name : null;
}

/** A paste is typed as one line: its first one that is not blank, without control characters. */
function pasted(text: string): Step | null {
  const line = text.split(/[\r\n]/).find((part) => part.trim() !== '');
  return line === undefined ? null : { type: 'type', text: line.replace(/\p{Cc}/gu, ' ') };
}
