/**
 * A line of a log stream to what it holds. Most are one document or one text, but not all: a progress bar leaves
 * `\r` before `@nix `, a password prompt has no line end, json-log-path writes no `@nix `, and two processes that
 * write to one file can cut each other's documents.
 */
import { lastWritten } from '../base/coloured-line.ts';
import { type NixEvent, parseLogDocument } from './internal-json.ts';

export interface PieceSink {
  event(event: NixEvent): void;
  text(text: string): void;
}

/** Beginnings of documents whose ends have not come: each waits for its other half in one of the next lines. */
export type CutDocuments = readonly string[];

const mostCut = 8;
const longestCut = 65_536;
/** Nix writes its keys in order, so `action` is the first; within a string its quotes would be escaped. */
const begins = /(?:@nix )?\{\s*"action"\s*:/g;
/** What stdenv's setup prints is a line of a build, which a name may stand before. */
const printedPhase = /@nix \{\s*"action":\s*"setPhase"/;

/** What is cut is returned, to be given to the next line; what is lost of it is told as `broken`. */
export function readPieces(
  line: string,
  cut: CutDocuments,
  sink: PieceSink,
): { readonly cut: CutDocuments; readonly broken: number } {
  const whole = wholeDocument(line);
  if (whole !== null) {
    sink.event(whole);
    return { cut, broken: 0 };
  }
  if (printedPhase.test(line)) {
    sink.text(line);
    return { cut, broken: 0 };
  }
  if (!line.includes('{"action"') && !line.includes('@nix {')) return readText(line, cut, sink);
  let rest = cut;
  let broken = 0;
  const keep = (text: string) => {
    if (text.length > longestCut) broken += 1;
    else rest = [...rest, text];
    if (rest.length > mostCut) {
      rest = rest.slice(1);
      broken += 1;
    }
  };
  const starts = [...line.matchAll(begins)].map((match) => match.index);
  const before = line.slice(0, starts[0] ?? line.length);
  if (before.trim() !== '') {
    const read = readText(before, rest, sink);
    rest = read.cut;
    broken += read.broken;
  }
  starts.forEach((start, i) => {
    const text = line.slice(start, starts[i + 1] ?? line.length).replace(/^@nix /, '');
    const end = text.lastIndexOf('}') + 1;
    const event = parseLogDocument(text.slice(0, end));
    if (end === 0 || (event.kind === 'other' && event.action === null)) {
      keep(text);
      return;
    }
    sink.event(event);
    const after = text.slice(end).trim();
    if (after !== '') sink.text(after);
  });
  return { cut: rest, broken };
}

function wholeDocument(line: string): NixEvent | null {
  const offset = line.startsWith('@nix {"') ? 5 : line.startsWith('{"action"') ? 0 : -1;
  if (offset < 0) return null;
  const event = parseLogDocument(offset === 0 ? line : line.slice(offset));
  return event.kind === 'other' && event.action === null ? null : event;
}

function readText(
  line: string,
  cut: CutDocuments,
  sink: PieceSink,
): { readonly cut: CutDocuments; readonly broken: number } {
  if (cut.length > 0 && line.trimEnd().endsWith('}')) {
    const head = cut.findIndex((text) => {
      const event = parseLogDocument(text + line);
      if (event.kind === 'other' && event.action === null) return false;
      sink.event(event);
      return true;
    });
    if (head >= 0) return { cut: cut.filter((_, i) => i !== head), broken: 0 };
    // Half a document whose other half is nowhere is no text for people.
    if (/"(?:action|id|type|level|msg|fields)"/.test(line)) return { cut, broken: 1 };
  }
  const shown = lastWritten(line);
  if (shown.trim() !== '') sink.text(shown);
  else if (line === '') sink.text('');
  return { cut, broken: 0 };
}
