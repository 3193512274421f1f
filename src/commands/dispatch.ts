/** From a key to a step, through the command table: the one place that decides what a key does. */
import { blockedReason, type Command, type KeyMode, type Situation, textModes } from './command.ts';
import type { Step } from './step.ts';
import { commands } from './table.ts';

/** What the key decoder gives. */
export type Input = { readonly name: string } | { readonly paste: string };

/** The command of a key in a mode; where several share it, the one that works in this view. */
export function commandFor(
  key: string,
  mode: KeyMode,
  table: readonly Command[] = commands,
): Command | undefined {
  return table.find((command) => command.modes.includes(mode) && command.keys.includes(key));
}

/** null: the key means nothing here. */
export function dispatch(
  input: Input,
  situation: Situation,
  table: readonly Command[] = commands,
): Step | null {
  const typing = textModes.includes(situation.mode);
  // A paste is text or nothing: it never runs commands.
  if ('paste' in input) return typing ? pasted(input.paste) : null;
  const command = commandFor(input.name, situation.mode, table);
  if (command === undefined) {
    const text = typing ? textOf(input.name) : null;
    return text === null ? null : { type: 'type', text };
  }
  const reason = blockedReason(command, situation);
  if (reason !== undefined) return { type: 'notify', text: `${command.title}: ${reason}` };
  return command.step(situation);
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
