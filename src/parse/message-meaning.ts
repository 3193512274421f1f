/** A message of Nix: what it says, as data. */

import type { Severity } from '../model/rebuild/log-event.ts';
import type { Meaning } from '../model/rebuild/meaning.ts';
import type { Position, TraceEntry } from '../model/rebuild/position.ts';
import { evaluationError, innermostError } from './evaluation-words.ts';
import { downloadOf, failureSaid } from './failure-words.ts';
import { waitOfText } from './wait-words.ts';
import { quoted } from './words.ts';

export interface MessageText extends Position {
  /** Without colours, as it is printed, `error:` included. */
  readonly text: string;
  /** The error alone, where the document has it. */
  readonly raw: string | null;
  readonly trace: readonly TraceEntry[];
}

/** Level 0 is no failure: locks, hooks that died and cache troubles have it, too. The text says it. */
export function severityOf(text: string): Severity {
  if (text.startsWith('error:')) return 'error';
  return text.startsWith('warning:') ? 'warning' : 'note';
}

export function meaningOf(message: MessageText): Meaning | null {
  const severity = severityOf(message.text);
  return severity === 'error' ? errorMeaning(message) : noteMeaning(message.text);
}

function errorMeaning({ text, raw, trace, file, line, column }: MessageText): Meaning | null {
  const innermost = raw ?? innermostError(text);
  const said = failureSaid(innermost);
  const busy = waitOfText(said.text);
  if (busy?.kind === 'database') return { kind: 'wait', for: busy };
  if (said.failure.kind !== 'other') return { kind: 'failure', ...said };
  const evaluation = evaluationError(text, innermost.replace(/^error: ?/, ''), { file, line, column }, trace);
  return { kind: 'failure', ...said, failure: evaluation ?? said.failure };
}

/** What a warning, a notice or a talkative line says. */
function noteMeaning(printed: string): Meaning | null {
  const text = printed.replace(/^warning: /, '').replace(/^error: /, '');
  return troubleOf(text) ?? remoteOf(text) ?? sentOf(text) ?? waitMeaning(text);
}

function waitMeaning(text: string): Meaning | null {
  const waiting = waitOfText(text);
  return waiting === null ? null : { kind: 'wait', for: waiting };
}

function troubleOf(text: string): Meaning | null {
  const download = downloadOf(text);
  if (download !== null) {
    const retry = /retrying(?: from offset \d+)? in (\d+) ms(?: \(attempt (\d+)\/(\d+)\))?/.exec(text);
    return {
      kind: 'download-trouble',
      ...download,
      retryMs: numberOf(retry?.[1]),
      attempt: numberOf(retry?.[2]),
      attempts: numberOf(retry?.[3]),
    };
  }
  const off = new RegExp(`^disabling binary cache ${quoted} for (\\d+) seconds`).exec(text);
  if (off !== null) return { kind: 'cache-off', url: off[1] ?? '', seconds: Number(off[2]) };
  const unsigned = new RegExp(
    `^ignoring substitute for ${quoted}(?: from ${quoted})?, as it's not signed`,
  ).exec(text);
  return unsigned === null ? null : { kind: 'unsigned', path: unsigned[1] ?? '', from: unsigned[2] ?? null };
}

/** Not errors by themselves: Nix goes on to the next machine, or builds here. */
function remoteOf(text: string): Meaning | null {
  if (
    !/^(?:cannot build on |Failed to find a machine for remote build!|build of .* on .* failed: )/.test(text)
  )
    return null;
  return { kind: 'failure', ...failureSaid(text) };
}

/** Said just before the copy to a binary cache stops; its activity has no progress. */
function sentOf(text: string): Meaning | null {
  const sent = new RegExp(`^copying path ${quoted} \\((\\d+) bytes, compressed`).exec(text);
  return sent === null ? null : { kind: 'sent', path: sent[1] ?? '', bytes: Number(sent[2]) };
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
