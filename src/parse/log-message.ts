/** A message of Nix as an event. */

import { ownText } from '../base/text.ts';
import type { LogEvent } from '../model/rebuild/log-event.ts';
import { type MessageText, meaningOf, severityOf } from './message-meaning.ts';
import { planOf } from './plan-lines.ts';

/** A build that fails repeats its last lines in the message; a trace can have thousands. */
const longestMessage = 16_384;
/** A line may have 1 MiB, and no pattern is tried on that much: the head says what failed, the end of a trace where. */
const readHead = 24_576;
const readEnd = 8_192;
const mostTrace = 32;
/** `-v`, and a module system that reads thousands of files. */
const evaluating = /^evaluating file ['"‘](.{0,4096})['"’]$/;
const talkative = 4;

export function messageEvent(whole: MessageText, level: number | null): LogEvent {
  const message = {
    ...whole,
    text: withoutMiddle(whole.text),
    raw: whole.raw === null ? null : withoutMiddle(whole.raw),
    trace: whole.trace.slice(0, mostTrace),
  };
  const last = evaluating.exec(message.text)?.[1];
  if (last !== undefined) return { kind: 'evaluated', files: 1, last };
  const plan = planOf(message.text);
  if (plan !== null) return plan;
  const meaning = meaningOf(message);
  const severity = severityOf(message.text);
  if (meaning === null && severity === 'note' && (level ?? 0) >= talkative)
    return { kind: 'skipped', broken: 0, talkative: 1 };
  const { file, line, column, trace } = message;
  const text = message.text.replace(/^(?:error|warning): ?/, '');
  return {
    kind: 'message',
    level,
    text: text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text,
    severity,
    trace,
    file,
    line,
    column,
    meaning,
    revises: false,
  };
}

function withoutMiddle(text: string): string {
  if (text.length <= readHead + readEnd) return text;
  return ownText(`${text.slice(0, readHead)}\n…\n${text.slice(-readEnd)}`);
}
