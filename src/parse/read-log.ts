/**
 * A log stream, in pieces of any size, to events: internal-json of every version (`--log-format internal-json`, with
 * `@nix `), what json-log-path writes (without), Nix's lines for people, and any mixture of them, because nixos-rebuild
 * and its kind write their own lines to the same stderr.
 */

import { ownText } from '../base/text.ts';
import type { LogEvent, ProgressEvent } from '../model/rebuild/log-event.ts';
import type { NixEvent } from './internal-json.ts';
import { LogBatch } from './log-batch.ts';
import { amountOf, logEventOf } from './log-document.ts';
import { cutLines, emptyLine, type OpenLine, textOf } from './log-lines.ts';
import { type CutDocuments, readPieces } from './log-pieces.ts';
import { noText, TextLines, type TextState } from './text-lines.ts';
import { nothingTold, type TwiceTold, TwiceToldStep } from './twice-told.ts';

/** What a reader remembers between two pieces of a stream. Plain data: a step never changes the one before it. */
export interface LogReader {
  readonly line: OpenLine;
  readonly cut: CutDocuments;
  readonly text: TextState;
  /** Of a file of many writers; null: what comes twice was said twice. */
  readonly told: TwiceTold | null;
}

export const newLogReader: LogReader = { line: emptyLine, cut: [], text: noText, told: null };
/** Of json-log-path. */
export const newLogReaderOfMany: LogReader = { ...newLogReader, told: nothingTold };

export interface LogRead {
  readonly reader: LogReader;
  readonly events: readonly LogEvent[];
}

/** The next bytes of the stream. Never throws, whatever they are. */
export function readLog(reader: LogReader, bytes: Uint8Array): LogRead {
  const { open, lines } = cutLines(reader.line, bytes);
  return readLines(reader, open, lines, false);
}

/** The stream is over: what is left of a line counts as one. `exitCode` null: not known. */
export function endLog(reader: LogReader, exitCode: number | null): LogRead {
  const rest = reader.line.bytes > 0 ? [textOf(reader.line)] : [];
  const read = readLines(reader, emptyLine, rest, true);
  return { reader: read.reader, events: [...read.events, { kind: 'end', exitCode }] };
}

function readLines(reader: LogReader, line: OpenLine, lines: readonly string[], over: boolean): LogRead {
  const batch = new LogBatch();
  const text = new TextLines(reader.text, (event) => batch.add(event));
  const sink = {
    event(event: NixEvent) {
      const read = logEventOf(event);
      if (read !== null) {
        text.endError();
        batch.add(read);
      } else batch.add({ kind: 'skipped', broken: 1, talkative: 0 });
    },
    text: (line: string) => text.line(ownText(line)),
  };
  let { cut } = reader;
  const told = reader.told === null ? null : new TwiceToldStep(reader.told);
  for (const one of lines) {
    const progress = progressOf(one);
    if (progress !== null) {
      if (!told?.isToldProgress(one, progress.id)) batch.add(progress);
      continue;
    }
    if (told?.isTold(one)) continue;
    const read = readPieces(one, cut, sink);
    cut = read.cut;
    if (read.broken > 0) batch.add({ kind: 'skipped', broken: read.broken, talkative: 0 });
  }
  if (over && cut.length > 0) batch.add({ kind: 'skipped', broken: cut.length, talkative: 0 });
  if (over) text.endError();
  else text.tell();
  return {
    reader: { line, cut: over ? [] : cut, text: text.state, told: told?.state ?? null },
    events: batch.events,
  };
}

/** 98 of 100 lines of a large rebuild are of this form: no document is made of them. */
const progressLine =
  /^(?:@nix )?\{"action":"result","fields":\[(\d+),(\d+),(\d+),(\d+)\],"id":(\d{1,20}),"type":105\}$/;

function progressOf(line: string): ProgressEvent | null {
  const match = progressLine.exec(line);
  if (match === null) return null;
  return {
    kind: 'progress',
    id: match[5] as string,
    done: amountOf(Number(match[1])),
    expected: amountOf(Number(match[2])),
    running: amountOf(Number(match[3])),
    failed: amountOf(Number(match[4])),
  };
}
