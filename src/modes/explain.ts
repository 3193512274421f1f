/** `nixpulse explain`: a log, a paste or standard input in; what it comes from and the way out on stdout. */

import { createReadStream } from 'node:fs';
import { jsonDocument } from '../base/json-text.ts';
import { shellWord } from '../base/shell-word.ts';
import { explain } from '../explain/explain.ts';
import { explanationDocument } from '../format/explanation-json.ts';
import { formatExplanation } from '../format/explanation-text.ts';
import { colorPaint, noPaint } from '../format/paint.ts';
import { pastedLines } from '../parse/paste.ts';
import { textOf, unpackerOf } from '../parse/pasted-text.ts';
import type { Given } from './mode.ts';

/** Of a longer text the end is read, where the error is. */
const mostBytes = 32 << 20;

/** 0: a cause is known; 1: none is; 2: it could not be read. */
export async function runExplainMode(given: Given): Promise<number> {
  const { invocation, complain, look, process, write } = given;
  const { operand, json } = invocation;
  const fromInput = operand === null || operand === '-';
  if (fromInput && process.stdin.isTTY === true) {
    complain('paste the error, then Ctrl-D; or: nixpulse explain FILE, CMD |& nixpulse explain');
  }
  const name = fromInput ? 'standard input' : operand;
  let input: Input;
  try {
    input = await read(fromInput ? process.stdin : createReadStream(operand));
  } catch (error) {
    complain(`${name}: ${reasonOf(error)}`);
    return 2;
  }
  const unpack = unpackerOf(input.bytes);
  if (unpack !== null && input.skippedLines === 0) {
    complain(`${name}: is packed: ${unpack} ${fromInput ? '' : `${shellWord(operand)} `}| nixpulse explain`);
    return 2;
  }
  const text = textOf(input.bytes);
  const lines = pastedLines(text).map((line) => ({ ...line, at: line.at + input.skippedLines }));
  const explanation = explain(lines);
  if (text.includes('\0') && explanation.explained.length === 0) {
    complain(`${name}: is not text`);
    return 2;
  }
  const shown = json
    ? jsonDocument(explanationDocument(explanation, name))
    : formatExplanation(explanation, {
        ...{
          name: input.skippedLines === 0 ? name : `the last 32 MB of ${name}`,
          columns: process.stdout.columns ?? 100,
          unicode: look.unicode,
        },
        color: look.color ? colorPaint(look) : noPaint,
        skippedLines: input.skippedLines,
      });
  await write(`${shown}\n`);
  return explanation.known ? 0 : 1;
}

interface Input {
  readonly bytes: Uint8Array;
  /** Ends of lines in what stands before them, which is not read. */
  readonly skippedLines: number;
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<Input> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  let skippedLines = 0;
  for await (const part of stream) {
    parts.push(part);
    bytes += part.length;
    while (bytes - (parts[0]?.length ?? 0) >= mostBytes) {
      const dropped = parts.shift() ?? new Uint8Array();
      bytes -= dropped.length;
      skippedLines += newlinesIn(dropped);
    }
  }
  return { bytes: Buffer.concat(parts), skippedLines };
}

function newlinesIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'not permitted to read it';
  return code === 'EISDIR' ? 'is a directory; name a file' : message;
}
